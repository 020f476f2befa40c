import type { Outcome, Trial } from './trial.ts';

/** The task of a contender that is measured as a whole process. */
export interface WholeTrial {
  readonly trial: Trial;
  /** Where the process writes how its conversations ended. */
  readonly outcomesFile: string;
}

/** What is in that file: one entry per conversation, in prompt order. */
export type WholeOutcomes = readonly (Outcome | null)[];

/** Names the variable with the task, as JSON. */
export const wholeTrialVariable = 'INTERLEAVE_BENCH_TRIAL';
