import { describe, expect, it } from 'vitest';
import { startIdleTimer } from '../../../../../src/core/providers/transport/idleTimer.ts';
import { manualClock } from '../manualClock.ts';

describe('startIdleTimer', () => {
  it('fires once after the limit, and not before', () => {
    const clock = manualClock();
    let calls = 0;
    startIdleTimer(clock, 100, () => {
      calls += 1;
    });
    clock.advance(99);
    expect(calls).toBe(0);
    clock.advance(1);
    expect(calls).toBe(1);
    clock.advance(1000);
    expect(calls).toBe(1);
  });

  it('counts from the last reset', () => {
    const clock = manualClock();
    let calls = 0;
    const timer = startIdleTimer(clock, 100, () => {
      calls += 1;
    });
    clock.advance(60);
    timer.reset();
    clock.advance(99);
    expect(calls).toBe(0);
    clock.advance(1);
    expect(calls).toBe(1);
  });

  it('does not fire once stopped, even after a reset', () => {
    const clock = manualClock();
    let calls = 0;
    const timer = startIdleTimer(clock, 100, () => {
      calls += 1;
    });
    clock.advance(60);
    timer.reset();
    clock.advance(60);
    timer.stop();
    clock.advance(1000);
    expect(calls).toBe(0);
  });

  it('starts again after the machine has slept', () => {
    const clock = manualClock();
    let calls = 0;
    startIdleTimer(clock, 60_000, () => {
      calls += 1;
    });
    clock.advance(86_400_000);
    expect(calls).toBe(0);
    clock.advance(59_999);
    expect(calls).toBe(0);
    clock.advance(1);
    expect(calls).toBe(1);
  });
});
