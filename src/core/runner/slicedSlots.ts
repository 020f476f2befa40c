import type { RequestSlots } from '../agent/requestSlots.ts';
import type { WorkSlices } from '../base/workSlices.ts';

/**
 * The same slots. Of many that are given at the same moment, such as after the first response of a server, each
 * request is prepared in a turn of the event loop that has time for it.
 */
export function slicedSlots(inner: RequestSlots, slices: WorkSlices): RequestSlots {
  return {
    acquire: async (request, signal) => {
      const slot = await inner.acquire(request, signal);
      await slices.turn();
      if (!signal.aborted) return slot;
      slot.release({});
      throw signal.reason;
    },
  };
}
