import type { ReasoningEffort } from '../base/reasoningEffort.ts';

/** A thinking mode of the Messages API. */
export type ThinkingMode = 'adaptive' | 'enabled' | 'disabled' | 'between_tools';

/** What a server says about one of its models. Fields it does not report are absent. */
export interface ModelInfo {
  /** The id used in requests. */
  readonly id: string;
  /** The display name. */
  readonly name?: string;
  /** Tokens of a request and its answer together. */
  readonly contextTokens?: number;
  /** Tokens of one answer. */
  readonly maxOutputTokens?: number;
  /** Supported efforts, lowest first; empty when the model supports none. */
  readonly efforts?: readonly ReasoningEffort[];
  /** Supported thinking modes. */
  readonly thinking?: readonly ThinkingMode[];
  readonly toolCalling?: boolean;
}
