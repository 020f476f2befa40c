/** A write that takes longer than this, in ms, is slow. */
const slowMs = 50;
/** Max time, in ms, that slow writes may block within `memoryMs`; see docs/decisions/0006-journal.md. */
const maxBlockedMs = 200;
/** How long a slow write is remembered, and how long a slow disk is written to in the background, in ms. */
const memoryMs = 60_000;

/** Decides whether the disk is quick enough for writes that block the process. */
export class SlowWrites {
  #recent: readonly { readonly endMs: number; readonly tookMs: number }[] = [];
  #slowUntilMs = Number.NEGATIVE_INFINITY;

  isSlow(nowMs: number): boolean {
    return nowMs < this.#slowUntilMs;
  }

  /** A write has blocked. */
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
