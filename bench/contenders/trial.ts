/** The API that a contender speaks. */
export type Protocol = 'anthropic' | 'openai';

/** What a contender is asked to do. */
export interface Trial {
  readonly protocol: Protocol;
  /** Of the simulator: `http://host:port`. */
  readonly url: string;
  readonly conversations: number;
  readonly system: string;
  /** Where the contender paces itself: its own judgement, or none at all. */
  readonly concurrency: 'auto' | 'unlimited';
  /** Where the contender has a limit for silence in a response, in ms. */
  readonly idleTimeoutMs: number;
  /** Where the contender runs so many conversations at once, and no more. */
  readonly parallel: number;
  /** When to stop waiting, in ms from the start. */
  readonly deadlineMs: number;
}

/** How one conversation ended, as the contender sees it. */
export type Outcome = { readonly answer: string } | { readonly error: string };

/** What a contender hands back. */
export interface TrialReport {
  /** From the start to the last conversation's end, or to the deadline. */
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Resident memory before the start, with everything loaded, and at its highest. */
  readonly baseRssBytes: number;
  readonly peakRssBytes: number;
  /** In prompt order; null for a conversation that had not ended at the deadline. */
  readonly outcomes: readonly (Outcome | null)[];
  /** Times that a tool was run. */
  readonly toolRuns: number;
}

/** Where a contender tells what happens. */
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
