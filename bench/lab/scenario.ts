import type { Protocol, Trial } from '../contenders/trial.ts';
import type { RateLimitSettings, SimulatorSettings } from '../simulator/settings.ts';
import type { Figure } from './figures.ts';
import type { TrialResult } from './score.ts';

/** What the person chose; what is absent is the scenario's own. */
export interface ScenarioOptions {
  readonly conversations: number;
  readonly seed: number;
  readonly requestsPerMinute: number;
  readonly rateHeaders: RateLimitSettings['headers'];
  readonly idleTimeoutMs: number;
  readonly faultsPer: 'conversation' | 'request';
}

/** One thing that happens to programs which run many conversations. */
export interface Scenario {
  readonly name: string;
  readonly defaultConversations: number;
  /** How often a contender runs it; what is reported is the round of median time. */
  readonly defaultRounds: number;
  /** Says in a line or two what is measured and what it is measured against. */
  describe(options: ScenarioOptions): string;
  settings(options: ScenarioOptions): SimulatorSettings;
  trial(options: ScenarioOptions): Pick<Trial, 'system' | 'concurrency' | 'idleTimeoutMs'>;
  readonly heads: readonly string[];
  row(result: TrialResult, options: ScenarioOptions): readonly string[];
  /** What Interleave is to reach. */
  figures(result: TrialResult, options: ScenarioOptions): readonly Figure[];
}

/** `<scenario>/<protocol>/<figure>` */
export function figureName(scenario: Scenario, protocol: Protocol, name: string): string {
  return `${scenario.name}/${protocol}/${name}`;
}
