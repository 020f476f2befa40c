import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isUnreachable } from '../providers/providerError.ts';
import { notRefused, type Released } from './requestSlots.ts';

/** How failed model requests are retried. Times in ms. */
export interface RetryPolicy {
  /**
   * Max attempts for one turn, the first included. Server errors and connection errors count separately. Also the max
   * consecutive rate-limit refusals of the endpoint, over all conversations. An unreachable server does not count.
   */
  readonly maxAttempts: number;
  /** Max attempts for one turn that get an empty or unreadable answer or a web page. */
  readonly maxUnreadable: number;
  /** Max attempts for one turn that hit a rate limit while requests of other conversations do not. */
  readonly maxRateLimited: number;
  /** Upper bound of the first backoff. It doubles with each attempt. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /**
   * Max time of a turn's retries, backoff included. Waits for a slot, a rate limit or the network do not count.
   */
  readonly budgetMs: number;
  /** Pauses before the first probes of an unreachable server. After these probes the outage is shown. */
  readonly firstProbesMs: readonly number[];
  /** Pause between later probes. */
  readonly laterProbesMs: number;
}

/** The part of the policy that comes from the user's settings. */
export function retryLimits(
  values: Pick<LimitValues, 'attempts' | 'retrySeconds'>,
): Pick<RetryPolicy, 'maxAttempts' | 'budgetMs'> {
  return { maxAttempts: values.attempts, budgetMs: values.retrySeconds * 1000 };
}

/** The default policy. */
export const defaultRetryPolicy: RetryPolicy = {
  ...retryLimits(defaultLimitValues),
  maxUnreadable: 3,
  maxRateLimited: 20,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  firstProbesMs: [1_000, 10_000, 10_000],
  laterProbesMs: 30_000,
};

/** A group of failures that count together. */
export type FailureFamily =
  | 'rate_limit'
  | 'unreachable'
  | 'unreadable'
  | 'woken'
  | 'broken_off'
  | 'unanswered';

/** The error code of an answer without content. */
export const emptyAnswerCode = 'empty_answer';

/** The error code of a request that was aborted because the machine had been asleep. */
export const wokenCode = 'woken';

/** The family of a failure. */
export function familyOf(failure: ProviderError): FailureFamily {
  if (failure.kind === 'rate_limit') return 'rate_limit';
  if (failure.code === wokenCode) return 'woken';
  if (isUnreachable(failure)) return 'unreachable';
  if (failure.kind === 'protocol' || failure.foreign) return 'unreadable';
  return failure.kind === 'network' ? 'broken_off' : 'unanswered';
}

/** Number and max of attempts. */
export interface AttemptCount {
  readonly attempt: number;
  readonly of: number;
}

/** The attempt that follows a failure. */
export interface NextAttempt {
  /** Backoff; 0 when the limiter decides how long to wait. */
  readonly delayMs: number;
  /** Number and max of attempts, for failures that count. */
  readonly count?: AttemptCount;
  /** Number and max of consecutive refusals, for a rate limit. */
  readonly refused?: AttemptCount;
}

/** Whether the endpoint has refused so many consecutive requests that the conversation gives up. */
export function isRefusedForGood(
  failure: ProviderError,
  inRow: number,
  { maxAttempts }: RetryPolicy,
): boolean {
  return failure.kind === 'rate_limit' && inRow >= maxAttempts;
}

/** Counts the failures of one turn, and decides about the next attempt. */
export class FailureCount {
  readonly #policy: RetryPolicy;
  readonly #random: () => number;
  readonly #alike = new Map<FailureFamily, number>();
  #rateLimited = 0;
  /** Counted failures of all families. */
  #passing = 0;
  #spentMs = 0;

  /** `random` returns numbers in [0, 1). */
  constructor(policy: RetryPolicy, random: () => number) {
    this.#policy = policy;
    this.#random = random;
  }

  /**
   * Counts a failure and decides about the next attempt; undefined means giving up. `heldMs` is how long the request
   * was in flight, and `released` is the limiter's response to its end. Waits for all conversations are left to the
   * limiter. Otherwise the delay is an exponential backoff with jitter, so that conversations that failed together do
   * not retry together.
   */
  next(
    failure: ProviderError,
    heldMs: number,
    released: Released = notRefused,
  ): NextAttempt | undefined {
    if (!failure.retryable) return undefined;
    const family = familyOf(failure);
    if (family === 'unreachable' || family === 'woken') return { delayMs: 0 };
    if (family === 'rate_limit') return this.#afterRefusal(failure, released);
    const { maxAttempts, maxUnreadable, budgetMs } = this.#policy;
    if (this.#passing > 0) this.#spentMs += heldMs;
    this.#passing++;
    const alike = (this.#alike.get(family) ?? 0) + 1;
    this.#alike.set(family, alike);
    const of = family === 'unreadable' ? Math.min(maxAttempts, maxUnreadable) : maxAttempts;
    if (alike >= of) return undefined;
    const delayMs = isPaced(failure) ? 0 : this.#backOff(this.#passing);
    this.#spentMs += delayMs;
    if (this.#spentMs > budgetMs) return undefined;
    return { delayMs, count: { attempt: alike + 1, of } };
  }

  #afterRefusal(failure: ProviderError, released: Released): NextAttempt | undefined {
    this.#rateLimited++;
    if (this.#rateLimited >= this.#policy.maxRateLimited) return undefined;
    const inRow = Math.max(1, released.refusalsInRow);
    const delayMs = isPaced(failure) ? released.ownWaitMs : this.#backOff(inRow);
    const refused = { attempt: inRow + 1, of: this.#policy.maxAttempts };
    return inRow < 2 ? { delayMs } : { delayMs, refused };
  }

  #backOff(failures: number): number {
    const { maxDelayMs, baseDelayMs } = this.#policy;
    const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** (failures - 1));
    return ceiling * (0.5 + this.#random() / 2);
  }
}

function isPaced({ kind, retryAfterMs }: ProviderError): boolean {
  return (retryAfterMs ?? 0) > 0 && (kind === 'rate_limit' || kind === 'overloaded');
}
