import { describe, expect, it } from 'vitest';
import type { Waiter } from '../../../../src/core/limiter/waitingLines.ts';
import { WaitNotices } from '../../../../src/core/limiter/waitNotices.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';

const failure = new ProviderError('Refused.', { kind: 'auth' });

/** A queue of waiters, what each is told, and what the policy says. */
function harness(count = 1) {
  const told: string[] = [];
  const waiterOf = (name: string, whenBlocked = 'pause') =>
    ({
      request: {
        whenBlocked,
        onWait: (reason: string, ms?: number) =>
          told.push([name, reason, ...(ms === undefined ? [] : [ms])].join(' ')),
      },
    }) as unknown as Waiter;
  const waiters = Array.from({ length: count }, (_, index) => waiterOf(`w${index}`));
  const policy = {
    block: undefined as ProviderError | undefined,
    outage: undefined as object | undefined,
    perRequestMs: 0,
    msUntil: (place: number) => policy.perRequestMs * place,
  };
  const clock = { ms: 0, now: () => clock.ms };
  const lines = {
    get size() {
      return waiters.length;
    },
    all: () => waiters,
  };
  const giveUp = (_: Waiter, error: ProviderError) => told.push(`gave up: ${error.message}`);
  const notices = new WaitNotices({ lines, clock, policy, giveUp } as never);
  const outageOf = (isLong: boolean) => ({
    ...{ isLong, failure },
    msUntilProbe: (nowMs: number) => 7_000 - nowMs,
  });
  const say = (act: () => void) => {
    act();
    return told.splice(0);
  };
  return { notices, policy, clock, waiters, waiterOf, outageOf, say };
}

describe('who joins a queue', () => {
  it.each([
    [999, ['w0 slot']],
    [1_000, ['w0 rate_limit 1000']],
  ])('waits for a slot, or for a limit that is used up for %i ms', (ms, said) => {
    const { notices, policy, waiters, say } = harness();
    policy.perRequestMs = ms;
    expect(say(() => notices.joined(waiters[0]!))).toEqual(said);
  });

  it.each([false, true])('waits for a server that cannot be reached (for long: %s)', (isLong) => {
    const { notices, policy, clock, waiters, outageOf, say } = harness();
    policy.outage = outageOf(isLong);
    clock.ms = 2_000;
    const said = isLong ? 'w0 blocked' : 'w0 offline 5000';
    expect(say(() => notices.joined(waiters[0]!))).toEqual([said]);
    expect(say(() => notices.offline(outageOf(isLong) as never))).toEqual([said]);
  });

  it('waits for the user, or gives up where it may not', () => {
    const { notices, policy, waiters, waiterOf, say } = harness();
    policy.block = failure;
    expect(say(() => notices.joined(waiters[0]!))).toEqual(['w0 blocked']);
    expect(say(() => notices.joined(waiterOf('x', 'fail')))).toEqual(['gave up: Refused.']);
    expect(say(() => notices.blocked(failure))).toEqual(['w0 blocked']);
  });
});

describe('a queue that a server holds up', () => {
  it('is told of waits of a second and more, to everyone', () => {
    const { notices, say } = harness(2);
    expect(say(() => notices.closed(999))).toEqual([]);
    expect(say(() => notices.closed(1_000))).toEqual(['w0 rate_limit 1000', 'w1 rate_limit 1000']);
  });

  it('is told of another end only where that is a second later at least', () => {
    const { notices, clock, say } = harness();
    expect(say(() => notices.closed(5_000))).toHaveLength(1);
    clock.ms = 500;
    expect(say(() => notices.closed(5_000))).toEqual([]);
    expect(say(() => notices.closed(5_499))).toEqual([]);
    expect(say(() => notices.closed(5_500))).toEqual(['w0 rate_limit 5500']);
    // The end that was told last counts.
    clock.ms = 1_500;
    expect(say(() => notices.closed(5_499))).toEqual([]);
    expect(say(() => notices.closed(5_500))).toHaveLength(1);
  });

  it('is told once of a limit that is used up for ten seconds, by place in the queue', () => {
    const { notices, policy, waiters, waiterOf, say } = harness(2);
    policy.perRequestMs = 9_999;
    expect(say(() => notices.limited())).toEqual([]);
    policy.perRequestMs = 10_000;
    expect(say(() => notices.limited())).toEqual(['w0 rate_limit 10000', 'w1 rate_limit 20000']);
    expect(say(() => notices.limited())).toEqual([]);
    waiters.push(waiterOf('late'));
    expect(say(() => notices.joined(waiters[2]!))).toEqual(['late rate_limit 30000']);
    expect(say(() => notices.limited())).toEqual([]);
  });

  it('is not told of a limit while something else holds it up', () => {
    const { notices, policy, outageOf, say } = harness();
    policy.perRequestMs = 10_000;
    policy.block = failure;
    expect(say(() => notices.limited())).toEqual([]);
    policy.block = undefined;
    policy.outage = outageOf(false);
    expect(say(() => notices.limited())).toEqual([]);
    policy.outage = undefined;
    expect(say(() => notices.limited())).toHaveLength(1);
  });
});
