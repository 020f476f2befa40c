import type { SendRequest } from './exchange.ts';
import { isHeadersTimeout } from './timeoutErrors.ts';

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

/** Wraps `send` so that timeouts of turns raise `timeout`. Other requests (GET) do not count. */
export function withHeadersTimeout(send: SendRequest, timeout: HeadersTimeout): SendRequest {
  return async (url, init) => {
    const waitedMs = timeout.ms;
    const outcome = await send(url, init);
    if (init.method === 'POST' && 'error' in outcome && isHeadersTimeout(outcome.error)) {
      timeout.timedOut(waitedMs);
    }
    return outcome;
  };
}
