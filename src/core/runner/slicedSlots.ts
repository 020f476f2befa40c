import type { RequestSlots } from '../agent/requestSlots.ts';
import type { WorkSlices } from '../base/workSlices.ts';
import type { Limiter } from '../limiter/limiter.ts';

/**
 * The same slots. Of many that are given at the same moment, such as after the first response of a server, each
 * request is prepared in a turn of the event loop that has time for it. When the server blocks all requests until
 * then, the request is not sent either: it asks for a slot again.
 */
export function slicedSlots(
  inner: RequestSlots,
  slices: WorkSlices,
  limiter: Pick<Limiter, 'block'>,
): RequestSlots {
  return {
    acquire: async (request, signal) => {
      for (;;) {
        const slot = await inner.acquire(request, signal);
        // While a server is unreachable, a slot is for a probe.
        const known = limiter.block;
        await slices.turn();
        const { block } = limiter;
        const isBlockedSince = block !== undefined && block !== known;
        if (!signal.aborted && !isBlockedSince) return slot;
        slot.release({});
        signal.throwIfAborted();
      }
    },
  };
}
