import type { Trial } from '../contenders/trial.ts';
import { defaultSettings, type SimulatorSettings } from '../simulator/settings.ts';
import type { ContenderChoice } from './contenders.ts';
import type { Lab } from './processes.ts';
import { scoreOf, type TrialResult } from './score.ts';

/** A trial, and how often it is run. */
export type RepeatedTrial = Omit<Trial, 'url' | 'parallel'> & { readonly rounds?: number };

/**
 * Runs one contender's trial: warm-up against an undisturbed simulator, then the trial itself with
 * the settings, in one process for all rounds. Rejects when a process breaks.
 */
export async function measureTrial(
  { simulator, startContender }: Lab,
  { name, program, parallel }: ContenderChoice,
  settings: SimulatorSettings,
  { rounds = 1, ...trial }: RepeatedTrial,
): Promise<TrialResult> {
  await simulator.reset(defaultSettings);
  const contender = await startContender(program, { ...trial, url: simulator.url, parallel });
  const results: Omit<TrialResult, 'wallsMs'>[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      await simulator.reset(settings);
      const report = await contender.go();
      const statistics = await simulator.statistics();
      const score = scoreOf(report, settings.seed);
      results.push({ contender: name, protocol: trial.protocol, report, statistics, score });
    }
  } finally {
    contender.end();
  }
  return representative(results);
}

/** The round of median time, or a worse one in which fewer answers were right. */
function representative(results: readonly Omit<TrialResult, 'wallsMs'>[]): TrialResult {
  const wallsMs = results.map(({ report }) => report.wallMs);
  const byTime = results.toSorted((a, b) => a.report.wallMs - b.report.wallMs);
  const median = byTime[Math.floor(byTime.length / 2)];
  const worst = results.toSorted((a, b) => a.score.right - b.score.right)[0];
  if (median === undefined || worst === undefined) throw new Error('no round was run');
  return { ...(worst.score.right < median.score.right ? worst : median), wallsMs };
}

/** What a table cannot say: the first error of each contender, and what was invalid. */
export function printRemarks(results: readonly TrialResult[]): void {
  for (const { contender, score, statistics } of results) {
    if (score.firstError !== undefined) console.log(`${contender}: "${score.firstError}"`);
    for (const message of statistics.invalidMessages) console.log(`${contender}: ${message}`);
  }
}
