/** A measured number and its goal. NaN means that it could not be measured; the goal is missed. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly goal: `${'<=' | '>=' | '='} ${number}`;
  /** Decimals to print; the comparison uses the exact value. */
  readonly digits: number;
}

/** One line per figure: `figure <name> <value> goal <goal> met|missed`. */
export function figureLine({ name, value, goal, digits }: Figure): string {
  const [relation, bound] = goal.split(' ');
  const limit = Number(bound);
  const met =
    relation === '<=' ? value <= limit : relation === '>=' ? value >= limit : value === limit;
  const shown = Number.isFinite(value) ? value.toFixed(digits) : '-';
  return `figure ${name} ${shown} goal ${relation}${bound} ${met ? 'met' : 'missed'}`;
}

export function printFigures(figures: readonly Figure[]): void {
  console.log('');
  for (const figure of figures) console.log(figureLine(figure));
}
