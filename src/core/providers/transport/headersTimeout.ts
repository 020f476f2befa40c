/** Default headers timeout, in ms, of a local server, which may have to load its model first. */
export const localHeadersTimeoutMs = 600_000;

/** How far repeated timeouts may raise the headers timeout. */
const maxFactor = { local: 8, public: 2 } as const;

/**
 * Time until the head of a response must have arrived. It doubles with each timeout, up to a max:
 * the server starts over for a repeated request, so the same timeout would expire again.
 */
export class HeadersTimeout {
  readonly #maxMs: number;
  #ms: number;

  constructor(ms: number, isLocal: boolean) {
    this.#ms = ms;
    this.#maxMs = ms * (isLocal ? maxFactor.local : maxFactor.public);
  }

  get ms(): number {
    return this.#ms;
  }

  /** A request timed out after `waitedMs`. Of several sent at the same time, only the first counts. */
  timedOut(waitedMs: number): void {
    if (waitedMs >= this.#ms) this.#ms = Math.min(this.#maxMs, waitedMs * 2);
  }
}
