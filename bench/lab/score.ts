import type { Outcome, Protocol, TrialReport } from '../contenders/trial.ts';
import type { SimulatorSettings } from '../simulator/settings.ts';
import type { SimulatorStatistics } from '../simulator/statistics.ts';
import { expectedAnswer } from '../workload/workload.ts';

/** Counts of a trial's conversations by outcome. */
export interface Score {
  readonly right: number;
  /** Ended with a wrong answer. */
  readonly wrong: number;
  readonly failed: number;
  /** Had not ended at the deadline. */
  readonly hung: number;
  /** One of the errors, as an example. */
  readonly firstError?: string;
}

/** One contender's trial, as reported. */
export interface TrialResult {
  readonly contender: string;
  readonly protocol: Protocol;
  readonly report: TrialReport;
  readonly statistics: SimulatorStatistics;
  readonly score: Score;
  /** Of all rounds, in order; the first round runs cold code. */
  readonly wallsMs: readonly number[];
}

/** Compares every answer with the one right answer. */
export function scoreOf(
  outcomes: readonly (Outcome | null)[],
  { seed, shape }: Pick<SimulatorSettings, 'seed' | 'shape'>,
): Score {
  let right = 0;
  let wrong = 0;
  let hung = 0;
  const errors: string[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome === null) hung += 1;
    else if ('error' in outcome) errors.push(outcome.error);
    else if (outcome.answer === expectedAnswer(seed, index, shape)) right += 1;
    else wrong += 1;
  }
  const [firstError] = errors;
  const score = { right, wrong, failed: errors.length, hung };
  return firstError === undefined ? score : { ...score, firstError };
}

/** The wall time, or NaN for an unfinished trial, whose time cannot be compared. */
export function finishedWallMs({ report, score }: TrialResult): number {
  return score.right === report.outcomes.length ? report.wallMs : Number.NaN;
}

/** Tool runs that no complete response asked for, or that were repeated. */
export function needlessToolRuns({ report, statistics }: TrialResult): number {
  return Math.max(0, report.toolRuns - statistics.toolCalls);
}
