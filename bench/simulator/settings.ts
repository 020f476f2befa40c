/** What can go wrong with a request on purpose. */
export type FaultKind =
  | 'rate_limited'
  | 'overloaded'
  | 'internal'
  | 'reset'
  | 'error_event'
  | 'stall'
  /** A clean end in mid-stream. Not among those of the benchmark. */
  | 'cut';

export const faultKinds: readonly FaultKind[] = [
  'rate_limited',
  'overloaded',
  'internal',
  'reset',
  'error_event',
  'stall',
];

/** How the simulator behaves; sent with `POST /reset`. */
export interface SimulatorSettings {
  /** Chooses the workload's numbers and which requests fail. */
  readonly seed: number;
  /** Milliseconds until the first byte of an answer. */
  readonly ttfbMs: number;
  /** Milliseconds between two events of an answer; 0 sends them all in one go. */
  readonly eventGapMs: number;
  /** Tokens that a prefix needs for the prompt cache, for each API. */
  readonly cacheMinimum: { readonly anthropic: number; readonly openai: number };
  readonly limit: RateLimitSettings;
  /** No faults when absent. */
  readonly faults?: FaultSettings;
}

/** A bucket that holds `burst` requests and is refilled without steps. */
export interface RateLimitSettings {
  readonly requestsPerMinute: number;
  readonly burst: number;
  /**
   * Whether the numbers in the headers are those of the moment in which the request was counted, as at
   * a gateway that counts and then passes on, or those of the moment in which the response begins.
   * `none` leaves them out, as many gateways and compatible servers do.
   */
  readonly headers: 'arrival' | 'response' | 'none';
}

export interface FaultSettings {
  /** The share of conversations, or of requests, that each kind hits. */
  readonly rate: number;
  readonly kinds: readonly FaultKind[];
  /**
   * `conversation`: each kind hits exactly its share of conversations, once, in one of their turns.
   * `request`: every request is drawn anew, repeated ones too.
   */
  readonly per: 'conversation' | 'request';
  /** Conversations that will come. */
  readonly conversations: number;
}

/**
 * The vendors publish requests a minute and say that a limit may be enforced over shorter times, such
 * as a second. The bucket therefore holds one second's worth.
 */
export function burstFor(requestsPerMinute: number): number {
  return Math.max(1, Math.round(requestsPerMinute / 60));
}

/** Answers after 200 ms, with limits that are told but never reached, and without faults. */
export const defaultSettings: SimulatorSettings = {
  seed: 1,
  ttfbMs: 200,
  eventGapMs: 0,
  cacheMinimum: { anthropic: 512, openai: 1024 },
  limit: { requestsPerMinute: 600_000, burst: 10_000, headers: 'arrival' },
};
