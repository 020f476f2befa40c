import { describe, expect, it } from 'vitest';
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
