import type { ReasoningEffort } from '../base/reasoningEffort.ts';

/** A way of thinking that a request can ask for, by its name in the Messages API. */
export type ThinkingMode = 'adaptive' | 'enabled' | 'disabled' | 'between_tools';

/** What a server says of one of its models. What it does not say is absent. */
export interface ModelInfo {
  /** What a request calls it. */
  readonly id: string;
  /** What people call it. */
  readonly name?: string;
  /** Tokens of a request and its answer together. */
  readonly contextTokens?: number;
  /** Tokens of one answer. */
  readonly maxOutputTokens?: number;
  /** Efforts it takes, least first; empty when it takes none. */
  readonly efforts?: readonly ReasoningEffort[];
  /** Ways of thinking a request may ask for. */
  readonly thinking?: readonly ThinkingMode[];
  readonly toolCalling?: boolean;
}
