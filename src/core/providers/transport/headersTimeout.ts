import { ProviderError } from '../providerError.ts';
import { stallRemedy } from './bodyReader.ts';
import type { SendRequest } from './exchange.ts';

/** Milliseconds that a server on this machine or network gets by default: it may have to load its model. */
export const localHeadersTimeoutMs = 600_000;

/** How many times as long as at first is waited at most, after requests that were given up. */
const mostTimes = { local: 8, public: 2 } as const;

/**
 * How long a server gets to begin its answer. A request that was given up has it begin again from
 * nothing, so that the next one waits longer.
 */
export class HeaderPatience {
  readonly #most: number;
  #ms: number;

  constructor(ms: number, isLocal: boolean) {
    this.#ms = ms;
    this.#most = ms * (isLocal ? mostTimes.local : mostTimes.public);
  }

  get ms(): number {
    return this.#ms;
  }

  /** A request was given up after so many milliseconds. Those that were sent with it change nothing more. */
  gaveUp(waitedMs: number): void {
    if (waitedMs >= this.#ms) this.#ms = Math.min(this.#most, waitedMs * 2);
  }
}

/** The code of a request that was given up before its answer began. */
const headersTimeoutCode = 'headers_timeout';

/** A server that did not begin to answer in time. */
export function headersTimeout(host: string, waitedMs: number): ProviderError {
  const seconds = Math.round(waitedMs / 1000);
  return new ProviderError(
    `${host} did not begin to answer within ${seconds} s. If it is only slow, raise the limit headersSeconds. ${stallRemedy}`,
    { kind: 'network', code: headersTimeoutCode, brief: `no data for ${seconds} s` },
  );
}

/** The same sending, from whose time-outs `patience` learns. Other questions than turns say nothing of it. */
export function patientSend(send: SendRequest, patience: HeaderPatience): SendRequest {
  return async (url, init) => {
    const waitedMs = patience.ms;
    const outcome = await send(url, init);
    if (init.method === 'POST' && 'error' in outcome && isHeadersTimeout(outcome.error)) {
      patience.gaveUp(waitedMs);
    }
    return outcome;
  };
}

function isHeadersTimeout(error: unknown): boolean {
  return error instanceof ProviderError && error.code === headersTimeoutCode;
}
