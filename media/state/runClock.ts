/**
 * The run's time in the webview. The extension host may be on another machine, so every event sets this clock,
 * and it counts the time between events.
 */
export class RunClock {
  #runMs = 0;
  #localMs = 0;

  /** Sets the run's time to `runMs` at the local time `localMs`, in ms of a monotonic clock. */
  set(runMs: number, localMs: number): void {
    this.#runMs = runMs;
    this.#localMs = localMs;
  }

  /** Ms since the run's start at the local time `localMs`. */
  at(localMs: number): number {
    return this.#runMs + Math.max(0, localMs - this.#localMs);
  }
}
