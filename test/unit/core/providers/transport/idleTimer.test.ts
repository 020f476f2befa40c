import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../../src/core/base/clock.ts';
import { startIdleTimer } from '../../../../../src/core/providers/transport/idleTimer.ts';
import { ManualClock } from '../../../../support/manualClock.ts';

describe('startIdleTimer', () => {
  it('fires once after the limit, and not before', async () => {
    const clock = new ManualClock();
    let calls = 0;
    startIdleTimer(clock, 100, () => {
      calls += 1;
    });
    await clock.advance(99);
    expect(calls).toBe(0);
    await clock.advance(1);
    expect(calls).toBe(1);
    await clock.advance(1000);
    expect(calls).toBe(1);
  });

  it('counts from the last reset', async () => {
    const clock = new ManualClock();
    let calls = 0;
    const timer = startIdleTimer(clock, 100, () => {
      calls += 1;
    });
    await clock.advance(60);
    timer.reset();
    await clock.advance(99);
    expect(calls).toBe(0);
    await clock.advance(1);
    expect(calls).toBe(1);
  });

  it('does not fire once stopped, even after a reset', async () => {
    const clock = new ManualClock();
    let calls = 0;
    const timer = startIdleTimer(clock, 100, () => {
      calls += 1;
    });
    await clock.advance(60);
    timer.reset();
    await clock.advance(60);
    timer.stop();
    await clock.advance(1000);
    expect(calls).toBe(0);
  });

  it('starts again after the machine has slept', async () => {
    const clock = new ManualClock();
    let calls = 0;
    startIdleTimer(clock, 60_000, () => {
      calls += 1;
    });
    await clock.sleep(86_400_000);
    expect(calls).toBe(0);
    await clock.advance(59_999);
    expect(calls).toBe(0);
    await clock.advance(1);
    expect(calls).toBe(1);
  });
});

describe('a restarted idle timer', () => {
  it.each([
    ['shorter', 100_000, 50],
    ['longer', 50, 100_000],
  ])('has a %s limit from then on', async (_, firstMs, secondMs) => {
    const clock = new ManualClock();
    const calls: string[] = [];
    const timer = startIdleTimer(clock, firstMs, () => calls.push('first'));
    await clock.advance(40);
    timer.restart(secondMs, () => calls.push('second'));
    await clock.advance(secondMs - 1);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(calls).toEqual(['second']);
    await clock.advance(200_000);
    expect(calls).toEqual(['second']);
    expect(clock.pending).toBe(0);
  });

  it('does not fire while it is paused', async () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    const timer = startIdleTimer(clock, 100, () => calls.push('first'));
    timer.pause();
    await clock.advance(1000);
    timer.restart(100, () => calls.push('second'));
    await clock.advance(99);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(calls).toEqual(['second']);
  });

  it('uses the system timer that runs already, unless its limit comes earlier', () => {
    const clock = new ManualClock();
    let set = 0;
    const after: Clock['after'] = (ms, action) => {
      set += 1;
      return clock.after(ms, action);
    };
    const counting = { now: clock.now, random: clock.random, after };
    const timer = startIdleTimer(counting, 600_000, () => undefined);
    timer.restart(60_000, () => undefined);
    timer.reset();
    timer.restart(60_000, () => undefined);
    expect(set).toBe(1);
    timer.restart(100, () => undefined);
    expect(set).toBe(2);
    timer.stop();
    expect(clock.pending).toBe(0);
  });
});
