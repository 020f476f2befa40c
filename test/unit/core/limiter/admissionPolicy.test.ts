import { describe, expect, it } from 'vitest';
import type { PolicyOptions, SentRequest } from '../../../../src/core/limiter/admissionPolicy.ts';
import { AdmissionPolicy } from '../../../../src/core/limiter/admissionPolicy.ts';
import type { ProviderErrorDetails } from '../../../../src/core/providers/providerError.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';

const failure = (details: ProviderErrorDetails, message: string = details.kind) =>
  new ProviderError(message, details);
const unreachable = failure({ kind: 'network', code: 'ECONNREFUSED' }, 'Nothing answers.');
const busy = failure({ kind: 'overloaded', httpStatus: 529 });
const quota = failure({ kind: 'quota' });
const refusal = (retryAfterMs?: number, code?: string) =>
  failure({ kind: 'rate_limit', retryAfterMs, code });

const headers =
  (remaining: number, limit = 1_000) =>
  (name: string) =>
    new Map([
      ['anthropic-ratelimit-requests-limit', String(limit)],
      ['anthropic-ratelimit-requests-remaining', String(remaining)],
    ]).get(name);

/** A policy and what waiting requests heard of it. Backoff is at its upper bound. */
function harness(options: PolicyOptions = {}) {
  const clock = new ManualClock(() => 1);
  const heard: string[] = [];
  const policy = new AdmissionPolicy(
    clock,
    { pauses: { firstProbesMs: [100, 200], laterProbesMs: 700 }, wallNow: clock.now, ...options },
    {
      onBlocked: ({ message }) => heard.push(`blocked ${message}`),
      onOffline: () => heard.push('offline'),
      onClosed: (forMs) => heard.push(`closed ${forMs}`),
      onRecovered: ({ message }) => heard.push(`recovered ${message}`),
    },
  );
  const send = (maxRefusals = 8): SentRequest => policy.sent(maxRefusals);
  /** A response with these headers and status, and then its end. */
  const answer = (status: number, remaining: number, end: ProviderError | undefined, max = 8) => {
    const sent = send(max);
    policy.learn(sent, status, headers(remaining));
    return policy.ended(sent, end === undefined ? { usage: oneToken } : { failure: end }, 1);
  };
  return { clock, policy, heard, send, answer };
}

describe('an unreachable server', () => {
  it.each([
    ['an answer', { usage: oneToken }, true],
    ['an error of the server', { failure: busy }, true],
    ['a request that was cancelled', {}, false],
    ['another failure to connect', { failure: unreachable }, false],
  ])('is reachable again after %s: %s', (_, end, isReachable) => {
    const { policy, heard, send } = harness();
    policy.ended(send(), { failure: unreachable }, 1);
    expect(heard).toEqual(['offline']);
    const probe = send();
    expect(policy.isOpen).toBe(false);
    policy.ended(probe, end, 1);
    expect(policy.outage === undefined).toBe(isReachable);
    expect(policy.isOpen).toBe(true);
  });

  it('is reachable again when a response begins, whatever its status', () => {
    const { policy, send } = harness();
    policy.ended(send(), { failure: unreachable }, 1);
    policy.learn(send(), 500, () => undefined);
    expect(policy.outage).toBeUndefined();
  });

  it('is probed after a pause, while the rates are as before', () => {
    const { policy, send } = harness();
    policy.ended(send(), { failure: unreachable }, 1);
    expect(policy.msUntilNext()).toBe(100);
    expect(policy.msUntil(1)).toBe(0);
  });

  it('blocks all requests after enough probes, and says once when that is over', async () => {
    const { policy, heard, send } = harness();
    for (let probe = 0; probe < 3; probe++) policy.ended(send(), { failure: unreachable }, 1);
    expect(policy.block).toBe(unreachable);
    // That it is long is reported by the last of the first probes, later ones say nothing.
    expect(heard).toEqual(['offline', 'offline', 'offline']);
    policy.ended(send(), { failure: unreachable }, 1);
    expect(heard).toHaveLength(3);
    policy.ended(send(), { usage: oneToken }, 1);
    expect(heard.slice(3)).toEqual(['recovered Nothing answers.']);
    expect(policy.block).toBeUndefined();
  });

  it('is probed at once when the user asks, or forgotten where nobody waits', () => {
    const { policy, send } = harness();
    for (let probe = 0; probe < 3; probe++) policy.ended(send(), { failure: unreachable }, 1);
    policy.resume(true);
    expect(policy.outage).toBeDefined();
    expect(policy.msUntilNext()).toBe(0);
    expect(policy.maxActive).toBe(Number.POSITIVE_INFINITY);
    policy.resume(false);
    expect(policy.outage).toBeUndefined();
  });
});

describe('an error that blocks all requests', () => {
  it('keeps its first failure until the user asks for another attempt, which is a probe', () => {
    const { policy, heard, send } = harness();
    policy.ended(send(), { failure: quota }, 1);
    policy.ended(send(), { failure: failure({ kind: 'auth' }) }, 1);
    expect(policy.block).toBe(quota);
    expect(heard).toEqual(['blocked quota', 'blocked auth']);
    expect(policy.isOpen).toBe(false);
    policy.resume(true);
    expect(policy.block).toBeUndefined();
    expect(policy.isOpen).toBe(true);
    expect(policy.maxActive).toBe(1);
    policy.ended(send(), { failure: busy }, 1);
    expect(policy.maxActive).toBe(1);
    policy.ended(send(), { usage: oneToken }, 1);
    expect(policy.maxActive).toBe(Number.POSITIVE_INFINITY);
  });

  it('does not make a probe of a request when there was none', () => {
    const { policy } = harness();
    policy.resume(true);
    expect(policy.maxActive).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('refusals while the limits have room', () => {
  it('delay the conversation alone at first, and then everyone', () => {
    const { policy, heard, answer } = harness();
    expect(answer(429, 900, refusal(5_000))).toBe(5_000);
    expect(policy.msUntil(1)).toBe(0);
    expect(answer(429, 900, refusal(5_000))).toBe(0);
    expect(policy.msUntil(1)).toBe(5_000);
    expect(heard).toEqual(['closed 5000']);
  });

  it('without a wait make everyone back off from the second on', () => {
    const { policy, heard, answer } = harness();
    expect(answer(429, 900, refusal())).toBe(0);
    expect(heard).toEqual([]);
    answer(429, 900, refusal());
    expect(heard).toEqual(['closed 1000']);
    answer(429, 900, refusal());
    expect(heard).toEqual(['closed 1000', 'closed 2000']);
    expect(policy.refusalsInRow).toBe(3);
  });

  it('make the window smaller, which those of a used-up limit do not', () => {
    const roomy = harness();
    roomy.answer(429, 900, refusal());
    expect(roomy.policy.windowSize).toBe(22);
    const usedUp = harness();
    usedUp.answer(429, 0, refusal());
    expect(usedUp.policy.windowSize).toBe(32);
  });

  it('end with an accepted request', () => {
    const { policy, heard, answer, send } = harness();
    answer(429, 900, refusal());
    policy.learn(send(), 399, headers(900));
    expect(policy.refusalsInRow).toBe(0);
    answer(429, 900, refusal());
    policy.learn(send(), 400, headers(900));
    expect(policy.refusalsInRow).toBe(1);
    expect(heard).toEqual([]);
  });

  it('block all requests after as many as a request allows, until the user asks again', () => {
    const { policy, heard, answer } = harness();
    for (let count = 0; count < 2; count++) answer(429, 900, refusal(), 3);
    expect(policy.block).toBeUndefined();
    expect(answer(429, 900, refusal(9_000), 3)).toBe(0);
    expect(policy.block?.kind).toBe('rate_limit');
    expect(heard.at(-1)).toBe('blocked rate_limit');
    policy.resume(true);
    expect(policy.refusalsInRow).toBe(0);
  });

  it('because requests grew too fast delay everyone at once', () => {
    const { policy, answer } = harness();
    expect(answer(429, 900, refusal(5_000, 'ramp_limit_exceeded'))).toBe(0);
    expect(policy.msUntil(1)).toBeGreaterThanOrEqual(5_000);
    expect(policy.windowSize).toBe(22);
  });
});

describe('refusals without reported limits', () => {
  it('delay everyone as long as the server asks', () => {
    const { policy, heard, send } = harness();
    const sent = send();
    policy.learn(sent, 429, () => undefined);
    expect(policy.ended(sent, { failure: refusal(5_000) }, 1)).toBe(0);
    expect(heard).toEqual(['closed 5000']);
    expect(policy.msUntil(1)).toBe(5_000);
  });

  it('start a pace that is below one request a second', () => {
    const { policy, send } = harness();
    policy.ended(send(), { failure: refusal() }, 1);
    expect(policy.msUntil(1)).toBe(1_000);
    expect(policy.msUntil(2)).toBe(2_000);
  });

  it('start a pace that reported limits replace', () => {
    const { policy, send } = harness();
    policy.ended(send(), { failure: refusal() }, 1);
    policy.learn(send(), 200, headers(900));
    expect(policy.msUntil(1)).toBe(0);
  });
});

describe('other failures', () => {
  it.each([
    ['overloaded', busy, 27],
    ['unavailable', failure({ kind: 'overloaded', httpStatus: 503 }), 27],
    ['broken', failure({ kind: 'overloaded', httpStatus: 500 }), 32],
    ['invalid', failure({ kind: 'invalid_request', httpStatus: 400 }), 32],
  ])('of a server that is %s leave a window of %i', (_, one, size) => {
    const { policy, send } = harness();
    policy.ended(send(), { failure: one }, 1);
    expect(policy.windowSize).toBe(size);
  });

  it.each<[ProviderErrorDetails, readonly string[]]>([
    [{ kind: 'overloaded', retryAfterMs: 3_000 }, ['closed 3000']],
    [{ kind: 'overloaded' }, []],
    [{ kind: 'network', retryAfterMs: 3_000 }, []],
  ])('%j make everyone wait as long as an overloaded server asks', (details, expected) => {
    const { policy, heard, send } = harness();
    expect(policy.ended(send(), { failure: failure(details) }, 1)).toBe(0);
    expect(heard).toEqual(expected);
  });

  it('report a longer wait and not a shorter one', () => {
    const { policy, heard, send } = harness();
    for (const retryAfterMs of [3_000, 2_000, 4_000]) {
      policy.ended(send(), { failure: failure({ kind: 'overloaded', retryAfterMs }) }, 1);
    }
    expect(heard).toEqual(['closed 3000', 'closed 4000']);
  });
});

describe('answers', () => {
  it('enlarge the window while it is used', () => {
    const { policy, send } = harness();
    for (let count = 0; count < 2; count++) policy.ended(send(), { usage: oneToken }, 32);
    expect(policy.windowSize).toBe(33);
    for (let count = 0; count < 2; count++) policy.ended(send(), { usage: oneToken }, 1);
    expect(policy.windowSize).toBe(33);
  });

  it('with limits enlarge it at once, unlike refusals with limits', () => {
    const accepted = harness();
    accepted.policy.learn(accepted.send(), 200, headers(900));
    expect(accepted.policy.windowSize).toBe(64);
    const refused = harness();
    refused.policy.learn(refused.send(), 429, headers(900));
    expect(refused.policy.windowSize).toBe(32);
  });

  it('of a local server are timed from their beginning', async () => {
    const { clock, policy, send } = harness({ isLocal: true });
    const round = [send(), send(), send(), send()];
    await clock.advance(100);
    for (const sent of round) policy.began(sent);
    // A long answer is no queue.
    await clock.advance(60_000);
    for (const sent of round) policy.ended(sent, { usage: oneToken }, 4);
    expect(policy.windowSize).toBe(8);
  });

  it('keep to the limits that they report, and to those of the user', async () => {
    const { clock, policy, send } = harness();
    policy.learn(send(), 200, headers(2, 60));
    send();
    send();
    expect(policy.msUntil(1)).toBe(1_000);
    policy.cap({ requestsPerMinute: 6 });
    await clock.advance(1_000);
    expect(policy.msUntil(1)).toBe(0);
    send();
    expect(policy.msUntil(1)).toBe(10_000);
    policy.cap({});
    expect(policy.msUntil(1)).toBe(1_000);
  });
});
