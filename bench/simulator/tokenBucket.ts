/** A token bucket with continuous refill. Times are in ms of a monotonic clock. */
export class TokenBucket {
  readonly capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #atMs: number;

  constructor(perMinute: number, capacity: number, nowMs: number) {
    this.capacity = capacity;
    this.#perMs = perMinute / 60_000;
    this.#tokens = capacity;
    this.#atMs = nowMs;
  }

  /** Takes one token if available. A refusal takes nothing. */
  take(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Whole tokens available now. */
  remaining(nowMs: number): number {
    this.#refill(nowMs);
    return Math.floor(this.#tokens);
  }

  /** Milliseconds until a token is available. */
  untilNextMs(nowMs: number): number {
    this.#refill(nowMs);
    return Math.max(0, (1 - this.#tokens) / this.#perMs);
  }

  /** Milliseconds until the bucket is full. */
  untilFullMs(nowMs: number): number {
    this.#refill(nowMs);
    return (this.capacity - this.#tokens) / this.#perMs;
  }

  #refill(nowMs: number): void {
    const gained = Math.max(0, nowMs - this.#atMs) * this.#perMs;
    this.#tokens = Math.min(this.capacity, this.#tokens + gained);
    this.#atMs = nowMs;
  }
}
