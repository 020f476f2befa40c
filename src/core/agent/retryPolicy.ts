import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isUnreachable } from '../providers/providerError.ts';

/** How failed model requests are repeated. Times in ms. */
export interface RetryPolicy {
  /**
   * Requests for one turn that the server cannot answer, the first included; and as many whose
   * connection breaks off, for the one says nothing about the other; and as many refusals for the rate
   * in a row, whosever requests they were. A server that nothing answers at does not count.
   */
  readonly maxAttempts: number;
  /** Requests for one turn that may bring an empty or unreadable answer, or a web page. */
  readonly maxUnreadable: number;
  /** Requests for one turn that may be refused for their rate while those of others are not. */
  readonly maxRateLimited: number;
  /** Upper bound of the first wait; each later one may be twice as long. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /**
   * Time that a turn's further attempts and the waits between them may take. What it waits for others,
   * for a rate limit or for the network does not count.
   */
  readonly budgetMs: number;
  /** Before each of the first probes at a server that nothing answers at; then it is said. */
  readonly firstProbesMs: readonly number[];
  /** Between the probes after that. */
  readonly laterProbesMs: number;
}

/** The part of the policy that people set. */
export function retryLimits(
  values: Pick<LimitValues, 'attempts' | 'retrySeconds'>,
): Pick<RetryPolicy, 'maxAttempts' | 'budgetMs'> {
  return { maxAttempts: values.attempts, budgetMs: values.retrySeconds * 1000 };
}

export const defaultRetryPolicy: RetryPolicy = {
  ...retryLimits(defaultLimitValues),
  maxUnreadable: 3,
  maxRateLimited: 20,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  firstProbesMs: [1_000, 10_000, 10_000],
  laterProbesMs: 30_000,
};

/** What may be tried how often; failures of one family count together. */
export type FailureFamily =
  | 'rate_limit'
  | 'unreachable'
  | 'unreadable'
  | 'woken'
  | 'broken_off'
  | 'unanswered';

/** The code of the failure that an answer without any content is. */
export const emptyAnswerCode = 'empty_answer';

/** The code of a request that was given up because the machine had been asleep. */
export const wokenCode = 'woken';

/** The family a failure belongs to. */
export function familyOf(failure: ProviderError): FailureFamily {
  if (failure.kind === 'rate_limit') return 'rate_limit';
  if (failure.code === wokenCode) return 'woken';
  if (isUnreachable(failure)) return 'unreachable';
  if (failure.kind === 'protocol' || failure.foreign) return 'unreadable';
  return failure.kind === 'network' ? 'broken_off' : 'unanswered';
}

export interface AttemptCount {
  readonly attempt: number;
  readonly of: number;
}

/** What follows a failure that may pass. */
export interface NextAttempt {
  /** To wait before it; 0 where the limiter knows how long. */
  readonly delayMs: number;
  /** Which one it is of how many, for failures that are counted. */
  readonly count?: AttemptCount;
  /** The same where it is the rate that was refused, and not for the first time in a row. */
  readonly refused?: AttemptCount;
}

/** Whether the endpoint has refused so often in a row that nothing more is sent for a conversation. */
export function isRefusedForGood(
  failure: ProviderError,
  inRow: number,
  { maxAttempts }: RetryPolicy,
): boolean {
  return failure.kind === 'rate_limit' && inRow >= maxAttempts;
}

/** Counts the failures of one turn, and says what follows each. */
export class FailureCount {
  readonly #policy: RetryPolicy;
  readonly #random: () => number;
  readonly #alike = new Map<FailureFamily, number>();
  #rateLimited = 0;
  /** Failures that may pass, of all families. */
  #passing = 0;
  #spentMs = 0;

  /** `random` gives numbers in [0, 1). */
  constructor(policy: RetryPolicy, random: () => number) {
    this.#policy = policy;
    this.#random = random;
  }

  /**
   * Takes a failure that comes after `heldMs` of trying, and after so many refusals in a row at the
   * endpoint, whosever requests they were. Undefined when there have been enough. A wait
   * that the server asks for is the limiter's business, which makes everyone wait. Otherwise, and when
   * the server asks for no wait at all, the wait doubles each time, with jitter, so that conversations
   * that failed together do not come back together.
   */
  next(failure: ProviderError, heldMs: number, inRow = 1): NextAttempt | undefined {
    if (!failure.retryable) return undefined;
    const family = familyOf(failure);
    if (family === 'unreachable' || family === 'woken') return { delayMs: 0 };
    if (family === 'rate_limit') return this.#afterRefusal(failure, inRow);
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

  #afterRefusal(failure: ProviderError, inRow: number): NextAttempt | undefined {
    this.#rateLimited++;
    if (this.#rateLimited >= this.#policy.maxRateLimited) return undefined;
    const delayMs = isPaced(failure) ? 0 : this.#backOff(inRow);
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
