/** A request that succeeded, as far as the window is concerned. Times in ms. */
export interface WindowedRequest {
  readonly sentAtMs: number;
  /** When its response began; when it ended where that is not known. */
  readonly beganAtMs: number;
  readonly nowMs: number;
}

/** By how much more must get done, compared with half as many at once, to be worth it. */
const payingGain = 1.15;
/** Responses that begin so many times later than the first of a round, and this much in ms, stood in a queue. */
const queuedTimes = 2.5;
const queuedMs = 500;
/** Fewest at once: one is answered while the next one is on its way. */
const fewest = 2;
/** Rounds at one size before a larger one is tried again. */
const restingRounds = 8;

/** As many requests as were let go at once, and what came of them. */
interface Round {
  readonly sinceMs: number;
  ended: number;
  leastDelayMs: number;
  mostDelayMs: number;
  isUsed: boolean;
}

/**
 * How many requests at once a local server is worth: twice as many after each round, as long as that gets
 * more done in the same time and none of them waits in the server's own queue.
 */
export class LocalPace {
  #round: Round | undefined;
  /** The most that got done, in requests a ms, at any size so far. */
  #best = 0;
  #resting = 0;

  /** A request succeeded, at this size of the window. The size from now on. */
  ended({ sentAtMs, beganAtMs, nowMs }: WindowedRequest, size: number, isUsed: boolean): number {
    this.#round ??= newRound(sentAtMs);
    const round = this.#round;
    const delayMs = Math.max(0, beganAtMs - sentAtMs);
    round.ended++;
    round.leastDelayMs = Math.min(round.leastDelayMs, delayMs);
    round.mostDelayMs = Math.max(round.mostDelayMs, delayMs);
    round.isUsed ||= isUsed;
    if (round.ended < size) return size;
    this.#round = newRound(nowMs);
    return round.isUsed ? this.#judge(round, size, nowMs) : size;
  }

  #judge(round: Round, size: number, nowMs: number): number {
    const { leastDelayMs, mostDelayMs } = round;
    const done = round.ended / Math.max(1, nowMs - round.sinceMs);
    const isQueued = mostDelayMs > Math.max(queuedMs, leastDelayMs * queuedTimes);
    if (isQueued) {
      this.#resting = restingRounds;
      return Math.max(fewest, Math.floor(size / 2));
    }
    if (this.#resting > 0) {
      this.#resting--;
      return size;
    }
    const isWorthIt = done >= this.#best * payingGain;
    this.#best = Math.max(this.#best, done);
    if (isWorthIt) return size * 2;
    // What the last doubling brought was not worth it.
    this.#resting = restingRounds;
    this.#best = 0;
    return Math.max(fewest, Math.floor(size / 2));
  }
}

function newRound(sinceMs: number): Round {
  return {
    sinceMs,
    ended: 0,
    leastDelayMs: Number.POSITIVE_INFINITY,
    mostDelayMs: 0,
    isUsed: false,
  };
}
