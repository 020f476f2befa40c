import type { LimitValues } from '../core/base/limits.ts';
import { defaultLimitValues } from '../core/base/limits.ts';

/** The parsed values of the options that set limits. */
export interface LimitOptions {
  readonly maxTurns?: number;
  readonly maxTokens?: number;
  /** Seconds. */
  readonly timeout?: number;
  /** US dollars. */
  readonly maxCost?: number;
  /** Seconds. */
  readonly maxWait?: number;
  /** The limits that have no option of their own: `--limit name=value`. */
  readonly limit?: Partial<LimitValues>;
}

/** The value of every limit: the given one, else the default. */
export function limitValues(options: LimitOptions): LimitValues {
  return { ...defaultLimitValues, ...givenLimits(options) };
}

/** The limits that were given. */
export function givenLimits(options: LimitOptions): Partial<LimitValues> {
  const { maxTurns, maxTokens, timeout, maxCost, maxWait, limit } = options;
  return {
    ...limit,
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(maxWait === undefined ? {} : { maxWaitSeconds: maxWait }),
    ...(maxCost === undefined ? {} : { maxCostUsd: maxCost }),
  };
}
