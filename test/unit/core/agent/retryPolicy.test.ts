import { describe, expect, it } from 'vitest';
import {
  defaultRetryPolicy,
  emptyAnswerCode,
  FailureCount,
  familyOf,
  isRefusedForGood,
  type RetryPolicy,
  retryLimits,
  wokenCode,
} from '../../../../src/core/agent/retryPolicy.ts';
import {
  ProviderError,
  type ProviderErrorDetails,
} from '../../../../src/core/providers/providerError.ts';

const failure = (details: ProviderErrorDetails) => new ProviderError('It failed.', details);
const busy = failure({ kind: 'overloaded' });
const torn = failure({ kind: 'network' });
const unreadable = failure({ kind: 'protocol' });
const refusal = failure({ kind: 'rate_limit' });
const told = (inRow: number) => ({ refusalsInRow: inRow, ownWaitMs: 0 });

const policy: RetryPolicy = {
  ...defaultRetryPolicy,
  ...{ maxAttempts: 5, maxUnreadable: 3, maxRateLimited: 4 },
  ...{ baseDelayMs: 100, maxDelayMs: 300, budgetMs: 10_000 },
};

/** Delays are at their upper bound. */
const counting = (changes: Partial<RetryPolicy> = {}, random = 1) =>
  new FailureCount({ ...policy, ...changes }, () => random);

describe('the family of a failure', () => {
  it.each<[string, ProviderErrorDetails]>([
    ['rate_limit', { kind: 'rate_limit' }],
    ['woken', { kind: 'network', code: wokenCode }],
    ['unreachable', { kind: 'network', code: 'ECONNREFUSED' }],
    ['unreadable', { kind: 'protocol' }],
    ['unreadable', { kind: 'overloaded', foreign: true }],
    ['unreadable', { kind: 'protocol', code: emptyAnswerCode }],
    ['broken_off', { kind: 'network', code: 'ECONNRESET' }],
    ['broken_off', { kind: 'network', code: 'ECONNREFUSED', httpStatus: 502 }],
    ['unanswered', { kind: 'overloaded' }],
  ])('is %s for %j', (family, details) => {
    expect(familyOf(failure(details))).toBe(family);
  });
});

describe('attempts at a turn', () => {
  it('are repeated up to the max, with a backoff that doubles up to its max', () => {
    const count = counting();
    const next = [1, 2, 3, 4, 5].map(() => count.next(busy, 0));
    expect(next).toEqual([
      { delayMs: 100, count: { attempt: 2, of: 5 } },
      { delayMs: 200, count: { attempt: 3, of: 5 } },
      { delayMs: 300, count: { attempt: 4, of: 5 } },
      { delayMs: 300, count: { attempt: 5, of: 5 } },
      undefined,
    ]);
  });

  it('vary their backoff down to a half', () => {
    expect(counting({}, 0).next(busy, 0)?.delayMs).toBe(50);
  });

  it('count by the family of the failure, while the backoff grows with all of them', () => {
    const count = counting();
    count.next(busy, 0);
    expect(count.next(torn, 0)).toEqual({ delayMs: 200, count: { attempt: 2, of: 5 } });
    expect(count.next(busy, 0)).toMatchObject({ count: { attempt: 3, of: 5 } });
  });

  it('are fewer for answers that cannot be read', () => {
    const count = counting();
    const next = [1, 2, 3].map(() => count.next(unreadable, 0));
    expect(next.map((one) => one?.count)).toEqual([
      { attempt: 2, of: 3 },
      { attempt: 3, of: 3 },
      undefined,
    ]);
    const few = counting({ maxAttempts: 2 });
    expect(few.next(unreadable, 0)?.count).toEqual({ attempt: 2, of: 2 });
    expect(few.next(unreadable, 0)).toBeUndefined();
  });

  it('are not repeated after a failure that a retry does not mend', () => {
    expect(counting().next(failure({ kind: 'invalid_request' }), 0)).toBeUndefined();
  });

  it.each([
    failure({ kind: 'network', code: 'ENOTFOUND' }),
    failure({ kind: 'network', code: wokenCode }),
  ])('do not count while the limiter waits for the server ($code)', (down) => {
    const count = counting({ maxAttempts: 2 });
    for (let time = 0; time < 10; time++) expect(count.next(down, 0)).toEqual({ delayMs: 0 });
  });

  it('wait as long as the server asks for through the limiter alone', () => {
    const asked = failure({ kind: 'overloaded', retryAfterMs: 5_000 });
    expect(counting().next(asked, 0)).toMatchObject({ delayMs: 0 });
    const none = failure({ kind: 'overloaded', retryAfterMs: 0 });
    expect(counting().next(none, 0)).toMatchObject({ delayMs: 100 });
    const other = failure({ kind: 'network', retryAfterMs: 5_000 });
    expect(counting().next(other, 0)).toMatchObject({ delayMs: 100 });
  });
});

describe('the time for retries of a turn', () => {
  it('does not count the first attempt', () => {
    expect(counting({ budgetMs: 500 }).next(busy, 60_000)).toBeDefined();
  });

  it.each([
    [500, true],
    [501, false],
  ])(
    'counts backoff and further attempts: after %i ms, another one follows: %s',
    (heldMs, goesOn) => {
      // 100 ms and 200 ms of backoff.
      const count = counting({ budgetMs: 800 });
      count.next(busy, 0);
      expect(count.next(busy, heldMs) !== undefined).toBe(goesOn);
    },
  );
});

describe('refusals of a turn', () => {
  it('back off by how many the endpoint has refused in a row, and say so from the second on', () => {
    const count = counting();
    expect(count.next(refusal, 0, told(0))).toEqual({ delayMs: 100 });
    expect(count.next(refusal, 0, told(1))).toEqual({ delayMs: 100 });
    expect(count.next(refusal, 0, told(2))).toEqual({
      delayMs: 200,
      refused: { attempt: 3, of: 5 },
    });
  });

  it('wait for the time that the limiter names when the server asks for a wait', () => {
    const asked = failure({ kind: 'rate_limit', retryAfterMs: 5_000 });
    const released = { refusalsInRow: 1, ownWaitMs: 700 };
    expect(counting().next(asked, 0, released)).toEqual({ delayMs: 700 });
    expect(counting().next(asked, 0)).toEqual({ delayMs: 0 });
  });

  it('end after a max of their own, and do not count as failed attempts', () => {
    const count = counting();
    const goesOn = [1, 2, 3, 4].map(() => count.next(refusal, 0, told(1)) !== undefined);
    expect(goesOn).toEqual([true, true, true, false]);
    expect(count.next(busy, 0)).toMatchObject({ count: { attempt: 2, of: 5 } });
  });

  it.each([
    [refusal, 4, false],
    [refusal, 5, true],
    [busy, 5, false],
  ])(
    'are for good after as many in a row as attempts are allowed (%#)',
    (one, inRow, isForGood) => {
      expect(isRefusedForGood(one, inRow, policy)).toBe(isForGood);
    },
  );
});

describe('the default policy', () => {
  it('takes its limits from the settings', () => {
    expect(retryLimits({ attempts: 3, retrySeconds: 20 })).toEqual({
      maxAttempts: 3,
      budgetMs: 20_000,
    });
  });
});
