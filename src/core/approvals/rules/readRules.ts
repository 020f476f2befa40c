import { checkExample, type RuleExample, readExample } from './examples.ts';
import type { RuleReading } from './parseRule.ts';
import { parseRule } from './parseRule.ts';
import type { Rule, RuleProblem } from './rule.ts';

/** Rules and what is wrong with them. */
export interface RuleFile {
  /** Undefined when there is an error: rules that deny might be missing then, so none count. */
  readonly rules: readonly Rule[] | undefined;
  /** In the order of their lines. */
  readonly problems: readonly RuleProblem[];
  /** How many examples were checked and hold. */
  readonly examplesHeld: number;
}

/** Limits of a rules file. */
const maxLines = 5_000;
const maxLength = 1_000_000;

/** Reads rules, one a line, and checks their examples. */
export function readRules(text: string, reading: RuleReading): RuleFile {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  if (text.length > maxLength || lines.length > maxLines) return tooLong();
  const reader = new RuleReader(reading);
  for (const [index, line] of lines.entries()) reader.read(line, index);
  const { rules, problems, examplesHeld } = reader;
  const isBroken = problems.some(({ severity }) => severity === 'error');
  return { rules: isBroken ? undefined : rules, problems, examplesHeld };
}

class RuleReader {
  readonly rules: Rule[] = [];
  readonly problems: RuleProblem[] = [];
  examplesHeld = 0;
  readonly #reading: RuleReading;
  /** What the next example is about: the last rule, or a line that is no rule and has been told of. */
  #above: Rule | 'refused' | undefined;

  constructor(reading: RuleReading) {
    this.#reading = reading;
  }

  read(line: string, index: number): void {
    if (line.trim() === '') return;
    if (line.trimStart().startsWith('#')) this.#comment(line, index);
    else this.#rule(line, index);
  }

  #rule(line: string, index: number): void {
    const { rule, problem } = parseRule(line, index, this.#reading);
    this.#above = rule ?? 'refused';
    if (rule !== undefined) this.rules.push(rule);
    if (problem !== undefined) this.problems.push(problem);
  }

  #comment(line: string, index: number): void {
    const example = readExample(line, index);
    if (example === undefined || this.#above === 'refused') return;
    const problem = problemOf(example, this.#above, this.#reading);
    if (problem === undefined) this.examplesHeld++;
    else this.problems.push(problem);
  }
}

function problemOf(
  example: RuleExample,
  rule: Rule | undefined,
  reading: RuleReading,
): RuleProblem | undefined {
  const { line, column, endColumn } = example;
  const message =
    rule === undefined
      ? 'An example stands below a rule. There is none above this one.'
      : checkExample(example, rule, reading);
  if (message === undefined) return undefined;
  return { severity: 'error', line, column, endColumn, message };
}

function tooLong(): RuleFile {
  const message = `Rules have at most ${maxLines} lines and ${maxLength} characters. Remove some.`;
  const problem = { severity: 'error', line: 0, column: 0, endColumn: 0, message } as const;
  return { rules: undefined, problems: [problem], examplesHeld: 0 };
}
