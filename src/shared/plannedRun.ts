import type { ModelPrice } from './modelPrice.ts';

/** A conversation as planned, before it starts. */
export interface PlannedConversation {
  /** The text form of its prompt's `PromptId`. */
  readonly id: string;
  readonly name: string;
  /** The prompt as it is sent. */
  readonly prompt: string;
  /** The values that the prompt has, by the names of variables and columns; absent where there are none. */
  readonly vars?: { readonly [name: string]: string };
  readonly provider: string;
  readonly model: string;
  /** Absent if unknown; then the cost is unknown, too. */
  readonly price?: ModelPrice;
  /** Where the prompt is, for *Go to Prompt*. Lines count from 0. */
  readonly source?: { readonly uri: string; readonly line: number };
  /** SHA-256 of `prompt`, in hex. Absent from runs of earlier versions, as is `agent`. */
  readonly promptHash?: string;
  /** Its agent: an index of `RunOrigin.agents`. */
  readonly agent?: number;
  /** The name of that agent; absent where none was chosen. */
  readonly agentName?: string;
  /** The journal's record of it is damaged: the prompt is unknown, so the conversation never runs again. */
  readonly lost?: true;
}

/** The agent and how the run is executed, as the result reports it. */
export interface RunAgent {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  readonly tools: readonly string[];
  readonly mode: 'concurrent' | 'serial';
  readonly toolExecution: 'serial' | 'parallel';
  readonly concurrency: 'auto' | 'unlimited' | number;
}

/** The minimum that a run will send: the first request of every conversation. */
export interface RunEstimate {
  /** A rough count, from the length of the texts. */
  readonly inputTokens: number;
  /** US dollars for that input; null if a price is unknown. */
  readonly costUsd: number | null;
}
