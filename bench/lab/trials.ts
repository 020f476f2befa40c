import type { Trial } from '../contenders/trial.ts';
import { defaultSettings, type SimulatorSettings } from '../simulator/settings.ts';
import type { ContenderChoice } from './contenders.ts';
import type { Lab } from './processes.ts';
import { scoreOf, type TrialResult } from './score.ts';

/**
 * Runs one contender's trial: warm-up against an undisturbed simulator, then the trial itself with
 * the settings. Rejects when a process breaks.
 */
export async function measureTrial(
  { simulator, runTrial }: Lab,
  { name, program, parallel }: ContenderChoice,
  settings: SimulatorSettings,
  trial: Omit<Trial, 'url' | 'parallel'>,
): Promise<TrialResult> {
  await simulator.reset(defaultSettings);
  const whole = { ...trial, url: simulator.url, parallel };
  const report = await runTrial(program, whole, () => simulator.reset(settings));
  const statistics = await simulator.statistics();
  const score = scoreOf(report, settings.seed);
  return { contender: name, protocol: trial.protocol, report, statistics, score };
}

/** What a table cannot say: the first error of each contender, and what was invalid. */
export function printRemarks(results: readonly TrialResult[]): void {
  for (const { contender, score, statistics } of results) {
    if (score.firstError !== undefined) console.log(`${contender}: "${score.firstError}"`);
    for (const message of statistics.invalidMessages) console.log(`${contender}: ${message}`);
  }
}
