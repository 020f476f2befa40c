import type { SlotRequest, TurnGate } from '../agent/turnGate.ts';
import { abortable } from '../base/abortable.ts';
import { ProviderError } from '../providers/providerError.ts';
import type { RunSaving } from './runPlan.ts';

export interface SaveHoldOptions {
  readonly saving: RunSaving | undefined;
  /** What to do when it is certain that nothing more can be kept; see `RunPlan.whenBlocked`. */
  readonly whenBlocked: 'pause' | 'fail';
}

/** Holds back new requests, and everything a conversation waits for, while a run cannot be kept. */
export class SaveHold {
  readonly #options: SaveHoldOptions;

  constructor(options: SaveHoldOptions) {
    this.#options = options;
  }

  /** The gate, closed while the run cannot be kept. */
  gate(gate: TurnGate): TurnGate {
    if (this.#options.saving === undefined) return gate;
    return {
      acquire: async (request, signal) => {
        for (;;) {
          await this.#wait(request, signal);
          const slot = await gate.acquire(request, signal);
          // Others may have been waited for meanwhile.
          if (!this.#isHeld) return slot;
          slot.release({});
        }
      },
    };
  }

  /**
   * Settles as `commit` does; `onHold` is called once, as soon as it is the disk that is waited for. When
   * it is certain that nothing more can be kept, it waits for a person to cancel what is waited for, or
   * rejects where there is none.
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
    // Not at once: a failure may become known while something else is being said.
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

/** Resolves with the next change; rejects with the signal's reason. Leaves nothing behind. */
async function changeOf(saving: RunSaving, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = saving.onDidChange(resolve);
  try {
    await abortable(promise, signal);
  } finally {
    subscription.dispose();
  }
}
