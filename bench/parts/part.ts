import type { Protocol } from '../contenders/trial.ts';
import type { ProgramName } from '../lab/bundle.ts';
import type { ContenderChoice } from '../lab/contenders.ts';
import type { Figure } from '../lab/figures.ts';
import type { Lab } from '../lab/processes.ts';
import type { Table } from '../lab/table.ts';

/** Options from the command line; each part's own values replace absent ones. */
export interface PartOptions {
  readonly protocols: readonly Protocol[];
  readonly contenders?: readonly ContenderChoice[];
  /** Contenders in addition to those that a part has by default. */
  readonly peers: readonly ContenderChoice[];
  readonly conversations?: readonly number[];
  readonly rounds: number;
  readonly seed: number;
  readonly eventGapMs: number;
  readonly deadlineMs: number;
}

/** What a part of the benchmark shows. */
export interface PartResult {
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
}

/** One kind of measurement of `npm run bench`. */
export interface Part {
  readonly name: string;
  /** What is measured, in a line. */
  readonly describe: string;
  /** The programs it runs. */
  programs(options: PartOptions): readonly ProgramName[];
  /** Measures, and prints remarks on what went wrong. */
  measure(lab: Lab, options: PartOptions): Promise<PartResult>;
}

/** The contenders of a part: those chosen, or its own with the peers. */
export function contendersOf(
  { contenders, peers }: PartOptions,
  own: readonly ContenderChoice[],
): readonly ContenderChoice[] {
  return contenders ?? [...own, ...peers];
}

/** The chosen number of conversations, for a part that measures one: the last one given. */
export function oneNumber({ conversations }: PartOptions, fallback: number): number {
  return conversations?.at(-1) ?? fallback;
}
