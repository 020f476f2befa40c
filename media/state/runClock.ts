/**
 * The run's time in the webview. The extension host can be on another machine, so each event sets
 * the clock anew and the time between events is counted here.
 */
export class RunClock {
  #runMs = 0;
  #localMs = 0;

  /** The run's time is `runMs` at the local time `localMs` (ms of a monotonic clock). */
  set(runMs: number, localMs: number): void {
    this.#runMs = runMs;
    this.#localMs = localMs;
  }

  /** Ms since the run's start at the local time `localMs`. */
  at(localMs: number): number {
    return this.#runMs + Math.max(0, localMs - this.#localMs);
  }
}
