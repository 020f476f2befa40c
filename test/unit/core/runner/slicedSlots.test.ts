import { describe, expect, it } from 'vitest';
import type { RequestSlots, Slot } from '../../../../src/core/agent/requestSlots.ts';
import { notRefused } from '../../../../src/core/agent/requestSlots.ts';
import { WorkSlices } from '../../../../src/core/base/workSlices.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { slicedSlots } from '../../../../src/core/runner/slicedSlots.ts';

const request = { isFirstOfAgent: false, again: false, maxRefusals: 3 } as never;
const used = new ProviderError('The quota is used up.', { kind: 'quota' });

/** Slots that are all given at once. Counts those that are held. */
function openSlots() {
  const counts = { given: 0, held: 0 };
  const slots: RequestSlots = {
    acquire: async () => {
      counts.given++;
      counts.held++;
      const slot: Slot = {
        onHead: () => undefined,
        onBegin: () => undefined,
        release: () => {
          counts.held--;
          return notRefused;
        },
      };
      return slot;
    },
  };
  return { counts, slots };
}

describe('slots that are given in slices', () => {
  it('are given back and asked for again when the server has blocked all requests meanwhile', async () => {
    const { counts, slots } = openSlots();
    const limiter: { block: ProviderError | undefined } = { block: undefined };
    const sliced = slicedSlots(slots, new WorkSlices(), limiter);
    const slot = sliced.acquire(request, new AbortController().signal);
    await Promise.resolve();
    await Promise.resolve();
    limiter.block = used;
    await slot;
    expect(counts).toEqual({ given: 2, held: 1 });
  });

  it('are kept for a probe of a server that was unreachable before', async () => {
    const { counts, slots } = openSlots();
    const sliced = slicedSlots(slots, new WorkSlices(), { block: used });
    await sliced.acquire(request, new AbortController().signal);
    expect(counts).toEqual({ given: 1, held: 1 });
  });

  it('are given back when the conversation has ended meanwhile', async () => {
    const { counts, slots } = openSlots();
    const controller = new AbortController();
    const sliced = slicedSlots(slots, new WorkSlices(), { block: undefined });
    const slot = sliced.acquire(request, controller.signal);
    await Promise.resolve();
    await Promise.resolve();
    controller.abort(new Error('ended'));
    await expect(slot).rejects.toThrow('ended');
    expect(counts).toEqual({ given: 1, held: 0 });
  });
});
