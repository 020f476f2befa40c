import { usualShape, type WorkShape } from '../workload/workload.ts';

/** Kinds of deliberate faults. */
export type FaultKind =
  | 'rate_limited'
  | 'overloaded'
  | 'internal'
  | 'reset'
  | 'error_event'
  | 'stall'
  /** A clean end in mid-stream. Not used in the benchmark. */
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
  /** Chooses the workload's numbers and the failing requests. */
  readonly seed: number;
  /** How long the conversations are. */
  readonly shape: WorkShape;
  /** Milliseconds until the first byte of an answer. */
  readonly ttfbMs: number;
  /** Milliseconds between two events of an answer; 0 sends them all at once. */
  readonly eventGapMs: number;
  /** Min tokens of a cacheable prefix, per API. */
  readonly cacheMinimum: { readonly anthropic: number; readonly openai: number };
  readonly limit: RateLimitSettings;
  /** For programs that have no key for a server on this machine: headers are not checked. */
  readonly anyHeaders?: boolean;
  /** No faults when absent. */
  readonly faults?: FaultSettings;
}

/** A bucket that holds `burst` requests and refills continuously. */
export interface RateLimitSettings {
  readonly requestsPerMinute: number;
  readonly burst: number;
  /**
   * When the numbers in the headers are taken: when the request is counted (`arrival`, as at a
   * gateway that counts and then forwards), or when the response begins (`response`). `none` leaves
   * the headers out, as many gateways and compatible servers do.
   */
  readonly headers: 'arrival' | 'response' | 'none';
}

export interface FaultSettings {
  /** The share of conversations, or of requests, that each kind hits. */
  readonly rate: number;
  readonly kinds: readonly FaultKind[];
  /**
   * `conversation`: each kind hits exactly its share of conversations, once, in one of their turns.
   * `request`: every request is drawn by itself, retries included.
   */
  readonly per: 'conversation' | 'request';
  /** Expected number of conversations. */
  readonly conversations: number;
}

/**
 * The vendors publish limits per minute and say that they may enforce them over shorter times, such
 * as a second. The bucket therefore holds one second's worth.
 */
export function burstFor(requestsPerMinute: number): number {
  return Math.max(1, Math.round(requestsPerMinute / 60));
}

/** A limit that no number of conversations reaches. */
export const unlimited: RateLimitSettings = {
  requestsPerMinute: 60_000_000,
  burst: 1_000_000,
  headers: 'arrival',
};

/** Answers after 200 ms, with rate limits that are never reached, and without faults. */
export const defaultSettings: SimulatorSettings = {
  seed: 1,
  shape: usualShape,
  ttfbMs: 200,
  eventGapMs: 0,
  cacheMinimum: { anthropic: 512, openai: 1024 },
  limit: { requestsPerMinute: 600_000, burst: 10_000, headers: 'arrival' },
};
