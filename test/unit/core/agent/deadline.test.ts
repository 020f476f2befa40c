import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../../src/core/agent/deadline.ts';
import { ManualClock } from '../../../support/manualClock.ts';

describe('a deadline', () => {
  it('counts down only while it runs', async () => {
    const clock = new ManualClock();
    let reached = 0;
    const deadline = new Deadline(clock, 1_000, () => reached++);
    await clock.advance(5_000);
    deadline.run();
    await clock.advance(600);
    deadline.pause();
    await clock.advance(3_600_000);
    expect(reached).toBe(0);
    deadline.run();
    deadline.run();
    await clock.advance(399);
    expect(reached).toBe(0);
    await clock.advance(1);
    expect(reached).toBe(1);
  });

  it('leaves no timer behind', () => {
    const clock = new ManualClock();
    const deadline = new Deadline(clock, 1_000, () => undefined);
    deadline.run();
    deadline.dispose();
    expect(clock.pending).toBe(0);
  });
});
