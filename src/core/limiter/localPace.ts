/** The times of a request that succeeded, in ms. */
export interface WindowedRequest {
  readonly sentAtMs: number;
  /** When its response began, or when it ended where that is not known. */
  readonly beganAtMs: number;
  readonly nowMs: number;
}

/** Minimum gain in throughput for doubling the requests in flight. */
const payingGain = 1.15;
/**
 * A request counts as queued by the server when its response began this many times later than the first of its
 * round, and at least `queuedMs` later.
 */
const queuedTimes = 2.5;
const queuedMs = 500;
/** Two, so that the next request is on its way while the server answers one. */
const minWindow = 2;
/** Rounds at one size before a larger size is tried again. */
const restingRounds = 8;

/** As many requests as the window holds, with their results. */
interface Round {
  readonly sinceMs: number;
  ended: number;
  minDelayMs: number;
  maxDelayMs: number;
  isUsed: boolean;
}

/**
 * Finds the best number of requests in flight at a local server: doubles it after each round, as long as
 * throughput grows and the server queues none of them.
 */
export class LocalPace {
  #round: Round | undefined;
  /** Best throughput so far, in requests per ms. */
  #best = 0;
  #resting = 0;

  /** A request succeeded at this size of the window. Returns the size from now on. */
  ended({ sentAtMs, beganAtMs, nowMs }: WindowedRequest, size: number, isUsed: boolean): number {
    this.#round ??= newRound(sentAtMs);
    const round = this.#round;
    const delayMs = Math.max(0, beganAtMs - sentAtMs);
    round.ended++;
    round.minDelayMs = Math.min(round.minDelayMs, delayMs);
    round.maxDelayMs = Math.max(round.maxDelayMs, delayMs);
    round.isUsed ||= isUsed;
    if (round.ended < size) return size;
    this.#round = newRound(nowMs);
    return round.isUsed ? this.#judge(round, size, nowMs) : size;
  }

  #judge(round: Round, size: number, nowMs: number): number {
    const { minDelayMs, maxDelayMs } = round;
    const done = round.ended / Math.max(1, nowMs - round.sinceMs);
    const isQueued = maxDelayMs > Math.max(queuedMs, minDelayMs * queuedTimes);
    if (isQueued) {
      this.#resting = restingRounds;
      return Math.max(minWindow, Math.floor(size / 2));
    }
    if (this.#resting > 0) {
      this.#resting--;
      return size;
    }
    const isWorthIt = done >= this.#best * payingGain;
    this.#best = Math.max(this.#best, done);
    if (isWorthIt) return size * 2;
    // The last doubling gained too little.
    this.#resting = restingRounds;
    this.#best = 0;
    return Math.max(minWindow, Math.floor(size / 2));
  }
}

function newRound(sinceMs: number): Round {
  return {
    sinceMs,
    ended: 0,
    minDelayMs: Number.POSITIVE_INFINITY,
    maxDelayMs: 0,
    isUsed: false,
  };
}
