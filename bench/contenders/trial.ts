/** The API that a contender uses. */
export type Protocol = 'anthropic' | 'openai';

/** The task of a contender. */
export interface Trial {
  readonly protocol: Protocol;
  /** The simulator: `http://host:port`. */
  readonly url: string;
  readonly conversations: number;
  readonly system: string;
  /** For contenders that pace themselves: their own limit, or none. */
  readonly concurrency: 'auto' | 'unlimited' | number;
  /** For contenders with an idle timeout: max silence in a response, in ms. */
  readonly idleTimeoutMs: number;
  /** For contenders with a fixed concurrency: max conversations at once. */
  readonly parallel: number;
  /** How long the tool calls of a turn take together, in ms; no time when absent. */
  readonly toolMs?: number;
  /** Stop waiting after this time from the start, in ms. */
  readonly deadlineMs: number;
}

/** How one conversation ended, as the contender sees it. */
export type Outcome = { readonly answer: string } | { readonly error: string };

/** A contender's result. */
export interface TrialReport {
  /** From the start to the end of the last conversation, or to the deadline. */
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Resident memory before the start, with everything loaded. */
  readonly baseRssBytes: number;
  readonly peakRssBytes: number;
  /** In prompt order; null for conversations that had not ended at the deadline. */
  readonly outcomes: readonly (Outcome | null)[];
  /** Number of tool runs. */
  readonly toolRuns: number;
}

/** Records what happens in a contender. */
export interface Recorder {
  ended(index: number, outcome: Outcome): void;
  toolRan(): void;
}

/** Runs the conversations 0 to n - 1 of a trial and resolves when all have ended. */
export type Contender = (trial: Trial, recorder: Recorder) => Promise<void>;

/** The models and the key that every contender uses. */
export const trialModels = { anthropic: 'claude-sonnet-5-5', openai: 'gpt-6.1-sol' } as const;
export const trialKey = 'bench-key';
export const trialMaxTokens = 16_000;

/** From the bench to a contender's process. */
export type ToContender =
  | { readonly type: 'prepare'; readonly trial: Trial }
  | { readonly type: 'go' };

/** From a contender's process to the bench. */
export type FromContender =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly report: TrialReport }
  | { readonly type: 'broken'; readonly message: string };
