import type { Table } from './table.ts';

/** A measured number and its goal. NaN means that it could not be measured; the goal is missed. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly goal: `${'<=' | '>=' | '='} ${number}`;
  /** Decimals to print; the comparison uses the exact value. */
  readonly digits: number;
}

/** One line per figure: `figure <name> <value> goal <goal> met|missed`. */
export function figureLine(figure: Figure): string {
  const { name, goal } = figure;
  return `figure ${name} ${shownValue(figure)} goal ${goal.replace(' ', '')} ${outcomeOf(figure)}`;
}

/** The figures as a table for a document. */
export function figureTable(figures: readonly Figure[]): Table {
  return {
    title: 'Goals',
    heads: ['figure', 'measured', 'goal', ''],
    rows: figures.map((figure) => [
      figure.name,
      shownValue(figure),
      figure.goal.replace('<=', '≤').replace('>=', '≥').replace('= ', ''),
      outcomeOf(figure),
    ]),
  };
}

function shownValue({ value, digits }: Figure): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '-';
}

function outcomeOf({ value, goal }: Figure): 'met' | 'missed' {
  const [relation, bound] = goal.split(' ');
  const limit = Number(bound);
  const met =
    relation === '<=' ? value <= limit : relation === '>=' ? value >= limit : value === limit;
  return met ? 'met' : 'missed';
}

export function printFigures(figures: readonly Figure[]): void {
  console.log('');
  for (const figure of figures) console.log(figureLine(figure));
}
