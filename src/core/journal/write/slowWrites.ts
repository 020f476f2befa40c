/** A write that takes longer than this, in ms, is slow. */
const slowMs = 50;
/** Max total of slow writes within `memoryMs`, in ms; see docs/decisions/0006-journal.md. */
const maxBlockedMs = 200;
/** How long a slow write counts, and how long writes to a slow disk stay in the background, in ms. */
const memoryMs = 60_000;

/** Decides whether the disk is fast enough for blocking writes. */
export class SlowWrites {
  #recent: readonly { readonly endMs: number; readonly tookMs: number }[] = [];
  #slowUntilMs = Number.NEGATIVE_INFINITY;

  isSlow(nowMs: number): boolean {
    return nowMs < this.#slowUntilMs;
  }

  /** Notes a blocking write. */
  note(startMs: number, endMs: number): void {
    const tookMs = endMs - startMs;
    if (tookMs <= slowMs) return;
    this.#recent = this.#recent.filter((one) => endMs - one.endMs < memoryMs);
    this.#recent = [...this.#recent, { endMs, tookMs }];
    if (this.#recent.reduce((sum, one) => sum + one.tookMs, 0) <= maxBlockedMs) return;
    this.#recent = [];
    this.#slowUntilMs = endMs + memoryMs;
  }
}
