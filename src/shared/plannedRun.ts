import type { ModelPrice } from './modelPrice.ts';

/** What is known of a conversation before it starts. */
export interface PlannedConversation {
  /** The text form of its prompt's `PromptId`. */
  readonly id: string;
  readonly name: string;
  /** The prompt as it is sent. */
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
  /** Absent when it is not known; then no cost is, either. */
  readonly price?: ModelPrice;
  /** Where the prompt stands, for going back to it. Lines count from 0. */
  readonly source?: { readonly uri: string; readonly line: number };
}

/** The agent and the way of running, as the result reports them. */
export interface RunAgent {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  readonly tools: readonly string[];
  readonly mode: 'concurrent' | 'serial';
  readonly toolExecution: 'serial' | 'parallel';
  readonly concurrency: 'auto' | 'unlimited' | number;
}

/** What a run will send at least: the first request of every conversation. */
export interface RunEstimate {
  /** A rough count, from the length of the texts. */
  readonly inputTokens: number;
  /** US dollars for that input; null when a price is not known. */
  readonly costUsd: number | null;
}
