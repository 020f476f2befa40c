import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Throttle } from '../../../src/views/throttle.ts';

describe('Throttle', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('flushes once and soon for any number of requests', () => {
    const flush = vi.fn();
    const throttle = new Throttle(200, flush);
    for (let count = 0; count < 1000; count++) throttle.request();
    expect(flush).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(flush).toHaveBeenCalledTimes(1);
  });

  it('never flushes more often than its interval, however many requests come', () => {
    const times: number[] = [];
    const throttle = new Throttle(200, () => times.push(performance.now()));
    for (let ms = 0; ms < 2000; ms += 5) {
      throttle.request();
      vi.advanceTimersByTime(5);
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(times.length).toBeGreaterThanOrEqual(9);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  });

  it('flushes for the last request, too', () => {
    const flush = vi.fn();
    const throttle = new Throttle(200, flush);
    throttle.request();
    vi.advanceTimersByTime(10);
    throttle.request();
    vi.advanceTimersByTime(200);
    expect(flush).toHaveBeenCalledTimes(2);
  });

  it('accepts requests while it flushes', () => {
    const flush = vi.fn(() => {
      if (flush.mock.calls.length < 3) throttle.request();
    });
    const throttle = new Throttle(50, flush);
    throttle.request();
    vi.advanceTimersByTime(1000);
    expect(flush).toHaveBeenCalledTimes(3);
  });

  it('does nothing after disposal', () => {
    const flush = vi.fn();
    const throttle = new Throttle(50, flush);
    throttle.request();
    throttle.dispose();
    vi.advanceTimersByTime(1000);
    expect(flush).not.toHaveBeenCalled();
  });
});
