import { afterEach, describe, expect, it, vi } from 'vitest';
import { LongWork } from '../../../../src/core/base/longWork.ts';

describe('long work', () => {
  afterEach(() => vi.restoreAllMocks());

  it('goes on while it has time, then pauses for a turn of the event loop, and has time again', async () => {
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const work = new LongWork();
    expect(work.pause()).toBeUndefined();
    nowMs = 10;
    let isServed = false;
    setImmediate(() => {
      isServed = true;
    });
    await work.pause();
    expect(isServed).toBe(true);
    expect(work.pause()).toBeUndefined();
  });
});
