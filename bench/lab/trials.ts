import type { Trial } from '../contenders/trial.ts';
import { defaultSettings, type SimulatorSettings } from '../simulator/settings.ts';
import type { ContenderChoice } from './contenders.ts';
import { UsageError } from './options.ts';
import type { Lab } from './processes.ts';
import { scoreOf, type TrialResult } from './score.ts';

/** A trial and its number of rounds. */
export type RepeatedTrial = Omit<Trial, 'url' | 'parallel'> & { readonly rounds?: number };

/**
 * Runs one contender's trial: a warm-up against a simulator without limits and faults, then the
 * trial with its settings. All rounds run in one process. Rejects when a process breaks.
 */
export async function measureTrial(
  { simulator, startContender }: Lab,
  { name, program, isCommandLine, parallel }: ContenderChoice,
  settings: SimulatorSettings,
  { rounds = 1, ...trial }: RepeatedTrial,
): Promise<TrialResult> {
  if (isCommandLine) throw new UsageError(`${name} can only be measured as a whole process.`);
  await simulator.reset(defaultSettings);
  const contender = await startContender(program, { ...trial, url: simulator.url, parallel });
  const results: Omit<TrialResult, 'wallsMs'>[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      await simulator.reset(settings);
      const report = await contender.go();
      const statistics = await simulator.statistics();
      const score = scoreOf(report.outcomes, settings);
      results.push({ contender: name, protocol: trial.protocol, report, statistics, score });
    }
  } finally {
    contender.end();
  }
  return representative(results);
}

/** The round with the median time, or a worse one with fewer right answers. */
function representative(results: readonly Omit<TrialResult, 'wallsMs'>[]): TrialResult {
  const wallsMs = results.map(({ report }) => report.wallMs);
  const byTime = results.toSorted((a, b) => a.report.wallMs - b.report.wallMs);
  const median = byTime[Math.floor(byTime.length / 2)];
  const worst = results.toSorted((a, b) => a.score.right - b.score.right)[0];
  if (median === undefined || worst === undefined) throw new Error('no rounds');
  return { ...(worst.score.right < median.score.right ? worst : median), wallsMs };
}

/** Prints what the table does not show: each contender's first error, and invalid requests. */
export function printRemarks(
  results: readonly Pick<TrialResult, 'contender' | 'score' | 'statistics'>[],
): void {
  for (const { contender, score, statistics } of results) {
    if (score.firstError !== undefined) console.log(`${contender}: "${score.firstError}"`);
    for (const message of statistics.invalidMessages) console.log(`${contender}: ${message}`);
  }
}
