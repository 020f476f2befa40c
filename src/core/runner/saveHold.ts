import type { RequestSlots, SlotRequest } from '../agent/requestSlots.ts';
import { abortable } from '../base/abortable.ts';
import { ProviderError } from '../providers/providerError.ts';
import type { RunSaving } from './runPlan.ts';

export interface SaveHoldOptions {
  readonly saving: RunSaving | undefined;
  /** What to do when the run can never be saved again; see `RunPlan.whenBlocked`. */
  readonly whenBlocked: 'pause' | 'fail';
}

/** Holds back requests and commits while a run cannot be saved. */
export class SaveHold {
  readonly #options: SaveHoldOptions;

  constructor(options: SaveHoldOptions) {
    this.#options = options;
  }

  /** The same slots. None is given while the run cannot be saved. */
  slots(inner: RequestSlots): RequestSlots {
    if (this.#options.saving === undefined) return inner;
    return {
      acquire: async (request, signal) => {
        for (;;) {
          if (this.#isHeld) await this.#wait(request, signal);
          const slot = await inner.acquire(request, signal);
          // The disk may have failed during the wait for the slot.
          if (!this.#isHeld) return slot;
          slot.release({});
        }
      },
    };
  }

  /**
   * Settles as `commit` does. Calls `onHold` once, as soon as the wait is for the disk. When the run can never be
   * saved again, it waits until the user cancels the run, or rejects where `whenBlocked` is `fail`.
   */
  async commit(commit: Promise<void>, onHold: () => void): Promise<void> {
    const { saving } = this.#options;
    let isOver = false;
    let isTold = false;
    const tell = (): void => {
      if (isOver || isTold || saving?.failure === undefined) return;
      isTold = true;
      onHold();
    };
    // Deferred: the disk may fail while an event is being emitted.
    const subscription = saving?.onDidChange(() => queueMicrotask(tell));
    tell();
    try {
      await commit;
    } catch (error) {
      if (this.#options.whenBlocked === 'fail' || !saving?.failure?.final) throw error;
      tell();
      subscription?.dispose();
      await new Promise(() => undefined);
    } finally {
      isOver = true;
      subscription?.dispose();
    }
  }

  get #isHeld(): boolean {
    return this.#options.saving?.isReady === false;
  }

  async #wait(request: SlotRequest, signal: AbortSignal): Promise<void> {
    const { saving, whenBlocked } = this.#options;
    let isTold = false;
    while (saving !== undefined && !saving.isReady) {
      const { failure } = saving;
      if (failure?.final && whenBlocked === 'fail') {
        throw new ProviderError(failure.message, { kind: 'internal' });
      }
      if (failure !== undefined && !isTold) request.onWait('blocked');
      isTold ||= failure !== undefined;
      await changeOf(saving, signal);
    }
  }
}

/** Resolves with the next change; rejects with the signal's reason. Leaves no listener behind. */
async function changeOf(saving: RunSaving, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = saving.onDidChange(resolve);
  try {
    await abortable(promise, signal);
  } finally {
    subscription.dispose();
  }
}
