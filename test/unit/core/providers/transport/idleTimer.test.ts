import { describe, expect, it } from 'vitest';
import { startIdleTimer } from '../../../../../src/core/providers/transport/idleTimer.ts';
import { manualClock } from '../manualClock.ts';

describe('startIdleTimer', () => {
  it('calls once when the time has passed without a sound, and not before', () => {
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

  it('counts from the last sound', () => {
    const clock = manualClock();
    let calls = 0;
    const watch = startIdleTimer(clock, 100, () => {
      calls += 1;
    });
    clock.advance(60);
    watch.reset();
    clock.advance(99);
    expect(calls).toBe(0);
    clock.advance(1);
    expect(calls).toBe(1);
  });

  it('stays silent once stopped, even after it went on', () => {
    const clock = manualClock();
    let calls = 0;
    const watch = startIdleTimer(clock, 100, () => {
      calls += 1;
    });
    clock.advance(60);
    watch.reset();
    clock.advance(60);
    watch.stop();
    clock.advance(1000);
    expect(calls).toBe(0);
  });

  it('counts anew after a sleep of the machine, which is no silence', () => {
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
