import type { LimitValues } from '../../base/limits.ts';
import { defaultLimitValues } from '../../base/limits.ts';

/** How much of a response is taken. */
export interface HttpCaps {
  /** Bytes of one event of a stream. */
  readonly maxEventBytes: number;
  /** Bytes of one streamed response. */
  readonly maxTurnBytes: number;
  /** Bytes of an error's body that are read. */
  readonly maxErrorBytes: number;
  /** UTF-16 units of an error's message with the server's own words. */
  readonly maxMessage: number;
}

/** How much of a response is taken, and how long it is waited for. */
export interface HttpLimits extends HttpCaps {
  /**
   * Milliseconds until the head of a response must have arrived; the default means some minutes where the
   * server is on this machine or network.
   */
  readonly headersTimeoutMs: number;
  /** Milliseconds that a response may go without a byte. */
  readonly idleTimeoutMs: number;
  /** Milliseconds that a response may go without an event, a comment or another sign of life. */
  readonly contentTimeoutMs: number;
}

/** The limits of providers over HTTP, from those that people set. */
export function httpLimits(values: LimitValues): HttpLimits {
  return {
    maxEventBytes: values.eventKB * 1000,
    maxTurnBytes: values.responseKB * 1000,
    maxErrorBytes: values.errorKB * 1000,
    maxMessage: values.errorCharacters,
    headersTimeoutMs: values.headersSeconds * 1000,
    idleTimeoutMs: values.idleSeconds * 1000,
    contentTimeoutMs: values.contentSeconds * 1000,
  };
}

export const defaultHttpLimits = httpLimits(defaultLimitValues);
