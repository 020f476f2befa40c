import type { LimitValues } from '../../base/limits.ts';
import { defaultLimitValues } from '../../base/limits.ts';

/** Max sizes of a response. */
export interface ResponseCaps {
  /** Bytes of one event of a stream. */
  readonly maxEventBytes: number;
  /** Bytes of one streamed response. */
  readonly maxTurnBytes: number;
  /** Bytes of an error body that are read. */
  readonly maxErrorBytes: number;
  /** UTF-16 units of an error message that quotes the server. */
  readonly maxMessage: number;
}

/** Max sizes and times of a response. */
export interface ResponseLimits extends ResponseCaps {
  /** Time until the head must have arrived, in ms. Servers nearby get more than the default value. */
  readonly headersTimeoutMs: number;
  /** Max time without a byte, in ms. */
  readonly idleTimeoutMs: number;
  /** Max time without an event or a heartbeat (a comment or an empty line), in ms. */
  readonly contentTimeoutMs: number;
}

/** The limits of responses, from the user's settings. */
export function responseLimits(values: LimitValues): ResponseLimits {
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

/** The default limits of responses. */
export const defaultResponseLimits = responseLimits(defaultLimitValues);
