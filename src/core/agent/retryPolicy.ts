import type { ProviderError } from '../providers/providerError.ts';

/** How failed model requests are repeated. Times in ms. */
export interface RetryPolicy {
  /**
   * Requests for one turn, the first included, that the server cannot answer; and as many whose
   * connection breaks off, for the one says nothing about the other.
   */
  readonly maxAttempts: number;
  /** Requests for one turn while nothing answers at all: a wrong address stays wrong. */
  readonly maxUnreachable: number;
  /** Requests for one turn that may bring an empty or unreadable answer. */
  readonly maxUnreadable: number;
  /** Requests for one turn that may be refused for their rate: the limiter sees to their pace. */
  readonly maxRateLimited: number;
  /** Upper bound of the first wait; each later one may be twice as long. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** From the first failure of a turn on; no attempt begins later. Rate limits do not count. */
  readonly budgetMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 8,
  maxUnreachable: 3,
  maxUnreadable: 3,
  maxRateLimited: 100,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  budgetMs: 300_000,
};

/** What is known when an attempt has failed. */
export interface FailedAttempt {
  readonly failure: ProviderError;
  /** Attempts of this turn that failed in the same way, this one included. */
  readonly alike: number;
  /** Time since the turn's first failure. */
  readonly spentMs: number;
}

/** What may be tried how often; failures of one family count together. */
export type FailureFamily = 'rate_limit' | 'unreachable' | 'unreadable' | 'broken_off' | 'other';

/** The code of the failure that an answer without any content is. */
export const emptyAnswerCode = 'empty_answer';

const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** The family a failure belongs to. */
export function familyOf({ kind, code }: ProviderError): FailureFamily {
  if (kind === 'rate_limit') return 'rate_limit';
  if (kind === 'protocol') return 'unreadable';
  if (kind !== 'network') return 'other';
  return code !== undefined && unreachableCodes.has(code) ? 'unreachable' : 'broken_off';
}

/**
 * Milliseconds to wait before the next attempt, or undefined when there is to be none. A wait that the
 * server asks for is the limiter's business, which makes everyone wait; here it is 0. Otherwise, and
 * when the server asks for no wait at all, the wait doubles each time, with jitter, so that conversations that failed together do not come back
 * together. `random` is in [0, 1).
 */
export function retryDelayMs(
  policy: RetryPolicy,
  { failure, alike, spentMs }: FailedAttempt,
  random: number,
): number | undefined {
  const family = familyOf(failure);
  if (!failure.retryable || alike >= mostOf(policy, family)) return undefined;
  if ((failure.retryAfterMs ?? 0) > 0 && isPaced(failure)) return 0;
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (alike - 1));
  const delay = ceiling * (0.5 + random / 2);
  if (family === 'rate_limit') return delay;
  return spentMs + delay > policy.budgetMs ? undefined : delay;
}

function isPaced({ kind }: ProviderError): boolean {
  return kind === 'rate_limit' || kind === 'overloaded';
}

function mostOf(policy: RetryPolicy, family: FailureFamily): number {
  switch (family) {
    case 'rate_limit':
      return policy.maxRateLimited;
    case 'unreachable':
      return policy.maxUnreachable;
    case 'unreadable':
      return policy.maxUnreadable;
    case 'broken_off':
    case 'other':
      return policy.maxAttempts;
  }
}
