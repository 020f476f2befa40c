import type { ConversationError } from '../../shared/outcome.ts';
import { toConversationError } from '../agent/conversationError.ts';
import type { Disposable } from '../base/emitter.ts';
import type { RateCaps } from '../limiter/admissionPolicy.ts';
import type { Limiter } from '../limiter/limiter.ts';
import type { ProviderError } from '../providers/providerError.ts';
import type { RunSaving } from './runPlan.ts';

/** The causes that can pause a whole run: a server that refuses all requests, or a disk that cannot save the run. */
type PauseCause = 'provider' | 'saving';

export interface RunPauseOptions {
  readonly saving: RunSaving | undefined;
  /** The limiters that the run uses. */
  readonly limiters: ReadonlySet<Limiter>;
  /** The user's own limits per minute. */
  readonly caps: RateCaps;
  readonly isRunning: () => boolean;
  /** Called with the error to show instead of the previous one; undefined when the run is no longer paused. */
  readonly onChange: (shown: ConversationError | undefined) => void;
}

/** Pauses a run. Of several causes the first is shown, until it is gone. */
export class RunPause {
  readonly #options: RunPauseOptions;
  readonly #errors = new Map<PauseCause, ConversationError>();
  #shown: PauseCause | undefined;
  #blockedBy: ProviderError | undefined;
  #watching: Disposable[] = [];

  constructor(options: RunPauseOptions) {
    this.#options = options;
    // Deferred: the disk may change while an event is being emitted.
    options.saving?.onDidChange(() => queueMicrotask(() => this.#heedSaving()));
  }

  /**
   * Called when the run starts, or continues after its end. It then resumes by itself when a server recovers, also
   * after another run has tried that server again.
   */
  watch(): void {
    this.#unwatch();
    const onRecovered = (failure: ProviderError): void => {
      if (this.#errors.has('provider') && this.#blockedBy === failure) this.resume();
    };
    this.#watching = [...this.#options.limiters].map(({ onDidRecover }) =>
      onDidRecover(onRecovered),
    );
    this.#heedSaving();
  }

  /** Called when a conversation waits for a server that refuses all requests. The first one pauses the run. */
  heedBlock({ block }: Limiter): void {
    if (block === undefined || !this.#options.isRunning()) return;
    this.#blockedBy = block;
    if (this.#errors.has('provider')) return;
    this.#hold('provider', toConversationError(block, 1));
  }

  /** Tries the server and the disk again at once. Called when the user asks for it. */
  resume(): void {
    this.#release('provider');
    if (this.#shown === 'saving') void this.#retrySaving();
    for (const limiter of this.#options.limiters) {
      limiter.cap(this.#options.caps);
      limiter.resume();
    }
  }

  /** Called when the run has ended, which ends every pause. */
  clear(): void {
    this.#unwatch();
    this.#errors.clear();
    this.#shown = undefined;
  }

  /** Pauses the run while it cannot be saved; it resumes by itself. */
  #heedSaving(): void {
    const failure = this.#options.saving?.failure;
    if (failure === undefined) this.#release('saving');
    else if (failure.message !== this.#errors.get('saving')?.message) this.#holdUnsaved(failure);
  }

  /** If the disk still fails, reports it again. */
  async #retrySaving(): Promise<void> {
    const { saving } = this.#options;
    await saving?.retry();
    if (saving?.failure !== undefined) this.#holdUnsaved(saving.failure);
  }

  #holdUnsaved({ message }: NonNullable<RunSaving['failure']>): void {
    if (this.#options.isRunning()) {
      this.#hold('saving', { kind: 'internal', message, attempts: 0 });
    }
  }

  /** Another error of the same cause replaces the one that is shown. */
  #hold(cause: PauseCause, error: ConversationError): void {
    this.#errors.set(cause, error);
    this.#shown ??= cause;
    if (this.#shown === cause) this.#options.onChange(error);
  }

  #release(cause: PauseCause): void {
    this.#errors.delete(cause);
    if (this.#shown !== cause) return;
    const [next] = this.#errors;
    this.#shown = next?.[0];
    this.#options.onChange(next?.[1]);
  }

  #unwatch(): void {
    for (const subscription of this.#watching.splice(0)) subscription.dispose();
  }
}
