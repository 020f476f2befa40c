/** A timeout that can be paused. */
export class ToolClock {
  readonly #onEnd: () => void;
  #leftMs: number;
  #pauses = 0;
  #isStarted = false;
  #sinceMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number, onEnd: () => void) {
    this.#leftMs = limitMs;
    this.#onEnd = onEnd;
  }

  start(): void {
    this.#isStarted = true;
    this.#run();
  }

  stop(): void {
    this.#isStarted = false;
    clearTimeout(this.#timer);
  }

  /** Pauses the timeout. It resumes when the functions returned by all pauses have been called. */
  pause(): () => void {
    if (this.#pauses === 0 && this.#isStarted) {
      clearTimeout(this.#timer);
      this.#leftMs -= performance.now() - this.#sinceMs;
    }
    this.#pauses += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#pauses -= 1;
      if (this.#isStarted) this.#run();
    };
  }

  #run(): void {
    if (this.#pauses > 0) return;
    this.#sinceMs = performance.now();
    this.#timer = setTimeout(this.#onEnd, Math.max(0, this.#leftMs));
  }
}
