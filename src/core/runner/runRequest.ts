import type { AgentDefinition } from '../base/agentDefinition.ts';
import type { LimitValues } from '../base/limits.ts';
import type { PromptOptions } from '../base/promptOptions.ts';
import type { RunChoice } from '../base/runChoices.ts';
import type { Concurrency } from '../limiter/limiter.ts';

/** A prompt to run: its id, the text to send, and its own options. */
export interface RunPrompt {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly options: PromptOptions;
  /** The values that its text has, by the names of variables and columns. */
  readonly vars?: { readonly [name: string]: string };
  /** Where the prompt stands. Lines count from 0. */
  readonly source?: { readonly uri: string; readonly line: number };
}

/** Every setting of a run. The options of a prompt come before them. */
export interface RunSettings {
  readonly provider: RunChoice<'provider'>;
  /** The provider's own default when empty. */
  readonly model: string;
  /** The name of the agent that answers prompts which name none; empty for none. */
  readonly agent: string;
  readonly reasoningEffort: RunChoice<'reasoningEffort'>;
  readonly systemPrompt: string;
  /** Names of the tools that conversations may use; when empty, those that change nothing. */
  readonly tools: readonly string[];
  readonly toolExecution: RunChoice<'toolExecution'>;
  readonly cpuTools: RunChoice<'cpuTools'>;
  readonly concurrency: Concurrency;
  readonly mode: RunChoice<'mode'>;
  readonly failure: RunChoice<'failure'>;
  readonly warmUpCache: boolean;
  readonly limits: LimitValues;
}

/** Settings that are overridden for one run. */
export type RunOverrides = Partial<Omit<RunSettings, 'limits'>> & {
  readonly limits?: Partial<LimitValues>;
};

/**
 * What was asked to be run: plain data, without a key. A journal keeps it as its definition, so that the run
 * can be resumed, or run once more as a new run.
 */
export interface RunRequest {
  readonly title: string;
  readonly prompts: readonly RunPrompt[];
  /** The agents that conversations may come to, as their files were. */
  readonly agents?: readonly AgentDefinition[];
  /** As they stood when the run was asked for. */
  readonly settings: RunSettings;
  /** The settings that were overridden for this run. *Rerun Last Run* uses them again. */
  readonly overrides?: RunOverrides;
  /**
   * Whether the user asked for it, who can fix what pauses the run. Otherwise conversations fail at a
   * refused key or a used-up quota.
   */
  readonly interactive: boolean;
}

/** The settings with the overrides of one run applied. */
export function withOverrides(settings: RunSettings, overrides: RunOverrides = {}): RunSettings {
  return { ...settings, ...overrides, limits: { ...settings.limits, ...overrides.limits } };
}
