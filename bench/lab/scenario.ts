import type { Protocol, Trial } from '../contenders/trial.ts';
import type { RateLimitSettings, SimulatorSettings } from '../simulator/settings.ts';
import type { Figure } from './figures.ts';
import type { TrialResult } from './score.ts';

/** Options from the command line; the scenario's own values replace absent ones. */
export interface ScenarioOptions {
  readonly conversations: number;
  readonly seed: number;
  readonly requestsPerMinute: number;
  readonly rateHeaders: RateLimitSettings['headers'];
  readonly idleTimeoutMs: number;
  readonly faultsPer: 'conversation' | 'request';
}

/** A situation for programs that run many conversations. */
export interface Scenario {
  readonly name: string;
  readonly defaultConversations: number;
  /** Rounds per contender; the report shows the round with the median time. */
  readonly defaultRounds: number;
  /** Describes in a line or two what is measured, and the ideal value. */
  describe(options: ScenarioOptions): string;
  settings(options: ScenarioOptions): SimulatorSettings;
  trial(options: ScenarioOptions): Pick<Trial, 'system' | 'concurrency' | 'idleTimeoutMs'>;
  readonly heads: readonly string[];
  row(result: TrialResult, options: ScenarioOptions): readonly string[];
  /** Interleave's goals. */
  figures(result: TrialResult, options: ScenarioOptions): readonly Figure[];
}

/** `<scenario>/<protocol>/<figure>` */
export function figureName(scenario: Scenario, protocol: Protocol, name: string): string {
  return `${scenario.name}/${protocol}/${name}`;
}
