/** Share of the server's pace that is used. It is below 1, so that few requests are refused. */
const margin = 0.95;
/**
 * Relative growth of the pace with each request that waits for it. It grows faster while few requests have
 * been counted, and doubles after each `growthDoubling` requests without a refusal.
 */
const minGrowth = 0.0002;
const maxGrowth = 0.004;
const growthDoubling = 500;
/** Growth factor for each second while the pace is searched for from below. */
const searchGrowth = 1.6;
/** The same after the server has reported that requests grew too fast. */
const rampGrowth = 1.1;
/** Min requests between two refusals from which the fill rate of the server's bucket is computed. */
const minTaken = 5;
/** Min time for a first guess, in ms. */
const minGuessMs = 1_000;
/** Max wait, in ms, from which the pace is learned. The server asks for a longer one for other reasons. */
const maxPauseMs = 60_000;
/** A pace that is still searched for expires after this long without a request, in ms. */
const forgottenAfterMs = 600_000;
/** Min pace: one request in ten seconds. A slower server asks for waits itself. */
const minPerMs = 1 / 10_000;

/** A request's number, and when it was sent. */
export interface PacedRequest {
  readonly sequence: number;
  readonly sentAtMs: number;
}

/** The circumstances of a refusal. */
export interface Refusal {
  /** Number of the last request sent. */
  readonly newest: number;
  readonly nowMs: number;
  /** The wait that the server asks for; 0 when it does not say. */
  readonly waitMs: number;
}

/**
 * The pace of a server that does not report its limits, learned from its refusals. A refusal means that the
 * server's token bucket is empty. The requests it accepts between two refusals show its fill rate. Requests are
 * then sent slightly below that rate, and slowly faster until the next refusal.
 */
export class LearnedPace {
  #perMs: number | undefined;
  /** Requests from which the pace was computed. */
  #known = 1;
  /** Max requests in one burst after a pause. */
  #burst = 1;
  #level = 0;
  #atMs = 0;
  #first: PacedRequest | undefined;
  /** The last request that met an empty bucket. */
  #empty: PacedRequest | undefined;
  /** Requests up to this one were sent at an earlier pace. */
  #settledAt = 0;
  #sinceRefusal = 0;
  /** Growth factor for each second while the pace is searched for; undefined when it is known. */
  #search: number | undefined;
  /** The pace at which the slow start after a ramp refusal ends, whatever limits the server reports meanwhile. */
  #rampEndPerMs: number | undefined;
  /** How many of the requests in flight at the start of the search were accepted, and the wait, in ms. */
  #waveTaken = 0;
  #waveMs = minGuessMs;
  /** Requests sent since a time, for the current rate. */
  #sent = { count: 0, sinceMs: 0, perMs: 0 };

  /** Milliseconds until this many more requests may be sent; 0 before the first refusal. */
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
    // The pace is not too slow while no request waits for it.
    if (this.#level >= 1) return;
    if (this.#search !== undefined) {
      this.#perMs *= this.#search ** Math.min(1, 1 / (this.#perMs * minGuessMs));
      if (this.#perMs >= (this.#rampEndPerMs ?? Number.POSITIVE_INFINITY)) this.#endSearch();
      return;
    }
    const minStep = Math.max(minGrowth, 0.1 / this.#known);
    const step = minStep * 2 ** Math.floor(this.#sinceRefusal / growthDoubling);
    this.#perMs *= 1 + Math.min(maxGrowth, step);
  }

  /** A request was refused. Returns whether too many were in flight, rather than too many per second. */
  refused(request: PacedRequest, { newest, nowMs, waitMs }: Refusal): boolean {
    const empty = this.#empty;
    if (empty === undefined || request.sequence > empty.sequence) this.#empty = request;
    // Requests in flight at the last refusal were refused for the same reason.
    if (request.sequence <= this.#settledAt) return false;
    this.#settledAt = newest;
    this.#sinceRefusal = 0;
    if (waitMs > maxPauseMs) {
      // A limit per hour or day, which is full again after the wait.
      this.#empty = undefined;
      return false;
    }
    const taken = request.sequence - 1 - (empty?.sequence ?? 0);
    if (this.#perMs === undefined) this.#guess(taken, nowMs + waitMs, waitMs);
    else if (this.#search === searchGrowth && taken < minTaken) this.#searchOn(waitMs);
    else this.#learn(taken, request, empty);
    // After a wait that the server asked for, one request may be sent, however slow the pace.
    const isLong = waitMs >= minGuessMs;
    this.#level = isLong ? Math.max(0, 1 - (this.#perMs ?? 0) * waitMs) : 0;
    this.#atMs = nowMs;
    return taken < 2;
  }

  /**
   * Request number `sequence` was accepted. During a search this counts the requests that were in flight at the
   * refusal: when most of them are accepted, the pace was not the reason for the refusal.
   */
  accepted(sequence: number): void {
    if (this.#search !== searchGrowth || sequence > this.#settledAt) return;
    this.#perMs = Math.max(this.#perMs ?? 0, ++this.#waveTaken / this.#waveMs);
  }

  /** The server reports its limits, which replace the learned pace. */
  forget(): void {
    if (this.#rampEndPerMs === undefined) this.#perMs = undefined;
  }

  /** The request rate grew too fast: halves the pace and then increases it slowly. */
  ramp(nowMs: number): void {
    const recent = Math.max(this.#sent.perMs, this.#sent.count / minGuessMs, minPerMs);
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
    if (passedMs >= minGuessMs) {
      this.#sent = { count: 0, sinceMs: nowMs, perMs: this.#sent.count / passedMs };
    }
    this.#sent.count++;
  }

  /** The first refusal. The initial level of the bucket is not known. */
  #guess(taken: number, untilMs: number, waitMs: number): void {
    if (taken < minTaken) {
      // Too few to compute a pace: start with one per second, and search.
      this.#burst = 1;
      this.#search = searchGrowth;
      this.#searchOn(waitMs);
      return;
    }
    this.#perMs = taken / Math.max(minGuessMs, untilMs - (this.#first?.sentAtMs ?? untilMs));
    this.#burst = taken / 2;
  }

  /** Searches again below the pace so far, which was too fast. */
  #searchOn(waitMs: number): void {
    this.#perMs = Math.max(1 / minGuessMs, (this.#perMs ?? 0) / 2);
    this.#waveTaken = 0;
    this.#waveMs = Math.max(minGuessMs, waitMs);
  }

  #learn(taken: number, refused: PacedRequest, empty: PacedRequest | undefined): void {
    // A search ends with the first pace that is too fast.
    if (this.#rampEndPerMs === undefined) this.#search = undefined;
    if (taken < minTaken || empty === undefined) {
      this.#perMs = Math.max(minPerMs, (this.#perMs ?? 0) * (taken === 0 ? 0.5 : 0.8));
      return;
    }
    // The bucket held between zero and one unit when it refused: half on average.
    const observed = (taken + 0.5) / Math.max(1, refused.sentAtMs - empty.sentAtMs);
    this.#burst = Math.max(1, Math.min(taken / 2, observed * minGuessMs));
    this.#perMs = margin * observed;
    this.#known = taken;
  }

  #levelAt(nowMs: number): number {
    const perMs = this.#perMs ?? 0;
    return Math.min(this.#burst, this.#level + Math.max(0, nowMs - this.#atMs) * perMs);
  }
}
