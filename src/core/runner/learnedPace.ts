/** A share of the pace that the server takes: below it, so that few requests are refused. */
const margin = 0.95;
/**
 * By what share of itself the pace grows with each request that has to wait for it. It grows faster while
 * few requests tell of it, and twice as fast after each so many requests without a refusal.
 */
const slowestGrowth = 0.0002;
const fastestGrowth = 0.004;
const growthDoubling = 500;
/** So many times as fast after each second, while the right pace is searched for from below. */
const searchGrowth = 1.6;
/** The same after the server has said that requests became more too fast. */
const rampGrowth = 1.1;
/** Requests taken between two refusals that say how fast the server's bucket fills. */
const enoughTaken = 5;
/** No first guess is made from a shorter time, in ms. */
const shortestGuessMs = 1_000;
/** A pause that a server asks for is a matter of pace up to this, in ms. */
const longestPauseMs = 60_000;
/** A pace that was only searched for says nothing any more when nothing was sent for so long, in ms. */
const forgottenAfterMs = 600_000;
/** One request in ten seconds; slower ones are asked to wait by the server itself. */
const slowestPerMs = 1 / 10_000;

/** A request as far as the pace is concerned: the number it was sent under, and when. */
export interface PacedRequest {
  readonly sequence: number;
  readonly sentAtMs: number;
}

/** What is known when a request is refused. */
export interface Refusal {
  /** The last number that was given out. */
  readonly newest: number;
  readonly nowMs: number;
  /** How long the server asks to wait; 0 when it does not say. */
  readonly waitMs: number;
}

/**
 * The pace that a server takes which does not tell its limits, learned from what it refuses. With each
 * refusal its bucket is known to be empty; what it takes between two of them is what flows in. It is
 * sent a little less than that, and then slowly more, until it refuses again.
 */
export class LearnedPace {
  #perMs: number | undefined;
  /** Requests that tell of it: the more they are, the better it is known. */
  #known = 1;
  /** What may be sent in one go after a pause. */
  #burst = 1;
  #level = 0;
  #atMs = 0;
  #first: PacedRequest | undefined;
  /** The last request that is known to have met an empty bucket. */
  #empty: PacedRequest | undefined;
  /** What was sent up to this one says nothing of the pace that is kept to now. */
  #settledAt = 0;
  #sinceRefusal = 0;
  /** By what the pace grows each second while it is searched for; undefined when it is known. */
  #search: number | undefined;
  /** The pace at which a ramp that was too steep is over, whatever limits the server tells meanwhile. */
  #rampEndPerMs: number | undefined;
  /** Of those under way at the refusal that began the search: how many were taken; and the wait, in ms. */
  #waveTaken = 0;
  #waveMs = shortestGuessMs;
  /** Requests sent since a time, to know how many they were a second. */
  #sent = { count: 0, sinceMs: 0, perMs: 0 };

  /** Milliseconds until that many more requests may be sent; 0 as long as nothing was refused. */
  msUntil(requests: number, nowMs: number): number {
    const isOld = this.#search !== undefined && nowMs - this.#atMs > forgottenAfterMs;
    if (isOld) this.#endSearch();
    if (this.#perMs === undefined) return 0;
    return Math.max(0, (requests - this.#levelAt(nowMs)) / this.#perMs);
  }

  /** A request is sent. */
  take(request: PacedRequest): void {
    this.#first ??= request;
    this.#count(request.sentAtMs);
    if (this.#perMs === undefined) return;
    this.#level = this.#levelAt(request.sentAtMs) - 1;
    this.#atMs = request.sentAtMs;
    this.#sinceRefusal++;
    // A pace that nobody has to wait for is not found to be too slow.
    if (this.#level >= 1) return;
    if (this.#search !== undefined) {
      this.#perMs *= this.#search ** Math.min(1, 1 / (this.#perMs * shortestGuessMs));
      if (this.#perMs >= (this.#rampEndPerMs ?? Number.POSITIVE_INFINITY)) this.#endSearch();
      return;
    }
    const least = Math.max(slowestGrowth, 0.1 / this.#known);
    const step = least * 2 ** Math.floor(this.#sinceRefusal / growthDoubling);
    this.#perMs *= 1 + Math.min(fastestGrowth, step);
  }

  /** A request was refused. Whether that says that too many are under way, and not too many a second. */
  refused(request: PacedRequest, { newest, nowMs, waitMs }: Refusal): boolean {
    const empty = this.#empty;
    if (empty === undefined || request.sequence > empty.sequence) this.#empty = request;
    // Whatever was under way at the last refusal was refused for the same reason.
    if (request.sequence <= this.#settledAt) return false;
    this.#settledAt = newest;
    this.#sinceRefusal = 0;
    if (waitMs > longestPauseMs) {
      // Such a limit is counted by the hour or the day, and is whole again after the wait.
      this.#empty = undefined;
      return false;
    }
    const taken = request.sequence - 1 - (empty?.sequence ?? 0);
    if (this.#perMs === undefined) this.#guess(taken, nowMs + waitMs, waitMs);
    else if (this.#search === searchGrowth && taken < enoughTaken) this.#searchOn(waitMs);
    else this.#learn(taken, request, empty);
    // After a wait that the server asks for, one more may come, however slow the pace.
    const isLong = waitMs >= shortestGuessMs;
    this.#level = isLong ? Math.max(0, 1 - (this.#perMs ?? 0) * waitMs) : 0;
    this.#atMs = nowMs;
    return taken < 2;
  }

  /**
   * Request number `sequence` was accepted. Where the pace is searched for, those count that were under
   * way at the refusal: when most of them are taken, it was no matter of the pace.
   */
  accepted(sequence: number): void {
    if (this.#search !== searchGrowth || sequence > this.#settledAt) return;
    this.#perMs = Math.max(this.#perMs ?? 0, ++this.#waveTaken / this.#waveMs);
  }

  /** The server tells its limits: they are kept to instead. */
  forget(): void {
    if (this.#rampEndPerMs === undefined) this.#perMs = undefined;
  }

  /** Requests became more too fast: half as many a second, and slowly more from there. */
  ramp(nowMs: number): void {
    const recent = Math.max(this.#sent.perMs, this.#sent.count / shortestGuessMs, slowestPerMs);
    this.#perMs = Math.min(this.#perMs ?? recent, recent) / 2;
    this.#burst = 1;
    this.#level = 0;
    this.#atMs = nowMs;
    this.#search = rampGrowth;
    this.#rampEndPerMs = 2 * recent;
  }

  #endSearch(): void {
    this.#rampEndPerMs = undefined;
    this.#search = undefined;
    this.#perMs = undefined;
  }

  #count(nowMs: number): void {
    const passedMs = nowMs - this.#sent.sinceMs;
    if (passedMs >= shortestGuessMs) {
      this.#sent = { count: 0, sinceMs: nowMs, perMs: this.#sent.count / passedMs };
    }
    this.#sent.count++;
  }

  /** The first refusal: how full the bucket was at the beginning is not known. */
  #guess(taken: number, untilMs: number, waitMs: number): void {
    if (taken < enoughTaken) {
      // Too few to tell: one a second, and soon more.
      this.#burst = 1;
      this.#search = searchGrowth;
      this.#searchOn(waitMs);
      return;
    }
    this.#perMs = taken / Math.max(shortestGuessMs, untilMs - (this.#first?.sentAtMs ?? untilMs));
    this.#burst = taken / 2;
  }

  /** What was known of the pace so far was too much. */
  #searchOn(waitMs: number): void {
    this.#perMs = Math.max(1 / shortestGuessMs, (this.#perMs ?? 0) / 2);
    this.#waveTaken = 0;
    this.#waveMs = Math.max(shortestGuessMs, waitMs);
  }

  #learn(taken: number, refused: PacedRequest, empty: PacedRequest | undefined): void {
    // A pace that was searched for is found as soon as it is too fast.
    if (this.#rampEndPerMs === undefined) this.#search = undefined;
    if (taken < enoughTaken || empty === undefined) {
      this.#perMs = Math.max(slowestPerMs, (this.#perMs ?? 0) * (taken === 0 ? 0.5 : 0.8));
      return;
    }
    // What was in the bucket when the next one was too many is somewhere between none and one.
    const observed = (taken + 0.5) / Math.max(1, refused.sentAtMs - empty.sentAtMs);
    this.#burst = Math.max(1, Math.min(taken / 2, observed * shortestGuessMs));
    this.#perMs = margin * observed;
    this.#known = taken;
  }

  #levelAt(nowMs: number): number {
    const perMs = this.#perMs ?? 0;
    return Math.min(this.#burst, this.#level + Math.max(0, nowMs - this.#atMs) * perMs);
  }
}
