import { describe, expect, it } from 'vitest';
import { createAwakeClock } from '../../../../src/core/agent/awakeClock.ts';
import { ManualClock } from '../../../support/manualClock.ts';

const day = 86_400_000;

function harness() {
  const inner = new ManualClock();
  const wall = { offMs: 0 };
  const wallNow = () => inner.now() + wall.offMs;
  const clock = createAwakeClock(inner, { beatMs: 5_000, sleepMs: 30_000, wallNow });
  const wakes: number[] = [];
  const listen = () => clock.onWake(() => wakes.push(clock.now()));
  return { inner, wall, clock, wakes, listen };
}

describe('a clock that stops while the machine sleeps', () => {
  it('uses no timer without listeners', async () => {
    const { inner, listen } = harness();
    expect(inner.pending).toBe(0);
    const [one, other] = [listen(), listen()];
    await inner.advance(60_000);
    expect(inner.pending).toBe(1);
    one.dispose();
    expect(inner.pending).toBe(1);
    other.dispose();
    expect(inner.pending).toBe(0);
  });

  it('reports a sleep once and does not advance during it', async () => {
    const { inner, clock, wakes, listen } = harness();
    listen();
    await inner.advance(12_000);
    await inner.sleep(day);
    expect(wakes).toHaveLength(1);
    expect(clock.now()).toBeLessThanOrEqual(17_000);
    await inner.advance(60_000);
    expect(wakes).toHaveLength(1);
    expect(clock.now()).toBeLessThanOrEqual(77_000);
  });

  it('does not mistake busy time for sleep', async () => {
    const { inner, clock, wakes, listen } = harness();
    listen();
    await inner.advance(4_000);
    await inner.sleep(30_000);
    expect(wakes).toEqual([]);
    expect(clock.now()).toBe(34_000);
  });

  it('lets a timer delayed by sleep wait for its remaining time', async () => {
    const { inner, clock, listen } = harness();
    listen();
    let fired = false;
    clock.after(60_000, () => {
      fired = true;
    });
    await inner.advance(20_000);
    await inner.sleep(day);
    expect(fired).toBe(false);
    await inner.advance(34_000);
    expect(fired).toBe(false);
    await inner.advance(6_000);
    expect(fired).toBe(true);
  });

  it('notices a sleep during which only the wall clock moved', async () => {
    const { inner, wall, clock, wakes, listen } = harness();
    listen();
    await inner.advance(12_000);
    wall.offMs += day;
    await inner.advance(5_000);
    expect(wakes).toHaveLength(1);
    expect(clock.now()).toBe(17_000);
  });

  it('ignores a wall clock that is set back by a day', async () => {
    const { inner, wall, clock, wakes, listen } = harness();
    listen();
    await inner.advance(12_000);
    wall.offMs -= day;
    await inner.advance(60_000);
    expect(wakes).toEqual([]);
    expect(clock.now()).toBe(72_000);
  });
});
