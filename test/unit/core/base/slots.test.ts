import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Release } from '../../../../src/core/base/slots.ts';
import { Slots } from '../../../../src/core/base/slots.ts';

const { signal } = new AbortController();

describe('slots', () => {
  it('are given at once while there are some, and then in the order asked', async () => {
    const slots = new Slots();
    const first = slots.take(1, signal);
    if (first instanceof Promise) throw new Error('a free slot was not given at once');
    const order: string[] = [];
    const later = ['b', 'c'].map(async (name) => {
      const release = await slots.take(1, signal);
      order.push(name);
      return release;
    });
    first();
    first();
    (await later[0])?.();
    (await later[1])?.();
    expect(order).toEqual(['b', 'c']);
  });

  it('are never more than the maximum, and none is lost, however takers end', async () => {
    const step = fc.constantFrom('take', 'release', 'abort');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat(3), async (steps, more) => {
        const slots = new Slots();
        const max = 1 + more;
        const held: Release[] = [];
        const aborts: AbortController[] = [];
        const take = async (): Promise<void> => {
          const abort = new AbortController();
          aborts.push(abort);
          try {
            held.push(await slots.take(max, abort.signal));
          } catch {
            // Aborted while it waited.
          }
          expect(held.length).toBeLessThanOrEqual(max);
        };
        const all: Promise<void>[] = [];
        for (const one of steps) {
          if (one === 'take') all.push(take());
          else if (one === 'release') held.shift()?.();
          else aborts.shift()?.abort();
          await new Promise(setImmediate);
        }
        for (const abort of aborts) abort.abort();
        await Promise.all(all);
        for (const release of held.splice(0)) release();
        const free = Array.from({ length: max }, () => slots.take(max, signal));
        expect(free.some((slot) => slot instanceof Promise)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
