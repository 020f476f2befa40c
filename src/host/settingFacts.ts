import type { LimitSettingName } from '../core/base/limits.ts';
import { runChoices } from '../core/base/runChoices.ts';

/** Scope, default and allowed values of a setting. `contributions/` adds the texts for the manifest. */
export interface SettingFact {
  /**
   * `application`: user settings only. `machine`: user settings; in a remote window, those of the remote machine.
   * `window`: workspace settings, too.
   */
  readonly scope: 'application' | 'machine' | 'window';
  readonly default: unknown;
  /** The allowed values of a setting with a closed list. */
  readonly choices?: readonly string[];
  /** The range of a number. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** All settings except limits, by their names without `interleave.`. */
export const settingFacts = {
  provider: { scope: 'application', default: 'auto', choices: runChoices.provider },
  /** The provider's own default when empty. */
  model: { scope: 'application', default: '' },
  reasoningEffort: {
    scope: 'application',
    default: 'default',
    choices: runChoices.reasoningEffort,
  },
  systemPrompt: { scope: 'application', default: '' },
  /** None when empty. */
  agent: { scope: 'application', default: '' },
  // Scope `machine`, because `localhost` differs between machines.
  'anthropic.baseUrl': { scope: 'machine', default: '' },
  'openai.baseUrl': { scope: 'machine', default: '' },
  prices: { scope: 'application', default: {} },
  mode: { scope: 'window', default: 'concurrent', choices: runChoices.mode },
  concurrency: { scope: 'application', default: 'auto' },
  failure: { scope: 'window', default: 'keepPartial', choices: runChoices.failure },
  tools: { scope: 'application', default: [] },
  rules: { scope: 'application', default: [] },
  toolExecution: { scope: 'application', default: 'serial', choices: runChoices.toolExecution },
  cpuTools: { scope: 'application', default: 'auto', choices: runChoices.cpuTools },
  warmUpCache: { scope: 'window', default: true },
  confirmAbove: { scope: 'application', default: 20, minimum: 0, maximum: 100_000 },
  codeLens: { scope: 'window', default: true },
  'log.order': { scope: 'window', default: 'interleaved', choices: ['interleaved', 'grouped'] },
  'history.maxRuns': { scope: 'application', default: 50, minimum: 1, maximum: 1_000 },
} as const satisfies { readonly [name: string]: SettingFact };

type Facts = typeof settingFacts;

/** Settings that are not limits. */
export type PlainSettingName = keyof Facts;
/** Settings with a closed list of values. */
export type ChoiceName = {
  [N in PlainSettingName]: Facts[N] extends { readonly choices: unknown } ? N : never;
}[PlainSettingName];
/** The values of such a setting. */
export type Choice<N extends ChoiceName> = Facts[N]['choices'][number];
/** Settings that are numbers. */
export type NumberName = {
  [N in PlainSettingName]: Facts[N] extends { readonly minimum: number } ? N : never;
}[PlainSettingName];

/** All settings, by their names without `interleave.`. */
export type SettingName = PlainSettingName | LimitSettingName;

/** The full setting id, as in settings.json. */
export function settingId(name: SettingName): `interleave.${SettingName}` {
  return `interleave.${name}`;
}
