import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pacer } from '../../../../media/markdown/pacer.ts';

describe('Pacer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs immediately, then at most four times a second, and always runs the last request', () => {
    const pacer = new Pacer(() => Date.now());
    const done: number[] = [];
    for (let request = 0; request < 100; request++) {
      pacer.request(() => done.push(request));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1000);
    expect(done[0]).toBe(0);
    expect(done.at(-1)).toBe(99);
    expect(done.length).toBeGreaterThan(3);
    expect(done.length).toBeLessThanOrEqual(6);
  });

  it('leaves most of the time to other work when the work is slow', () => {
    const pacer = new Pacer(() => Date.now());
    let runs = 0;
    const work = () => {
      runs += 1;
      vi.setSystemTime(Date.now() + 100);
    };
    pacer.request(work);
    pacer.request(work);
    vi.advanceTimersByTime(700);
    expect(runs).toBe(1);
    vi.advanceTimersByTime(200);
    expect(runs).toBe(2);
  });

  it('drops cancelled work', () => {
    const pacer = new Pacer(() => Date.now());
    let runs = 0;
    const work = () => {
      runs += 1;
    };
    pacer.request(work);
    pacer.request(work);
    pacer.cancel();
    vi.advanceTimersByTime(5000);
    expect(runs).toBe(1);
  });
});
