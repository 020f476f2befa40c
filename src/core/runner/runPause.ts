import type { ConversationError } from '../../shared/conversationEvents.ts';
import { toConversationError } from '../agent/conversationError.ts';
import type { ProviderError } from '../providers/providerError.ts';
import type { RunSaving } from './runPlan.ts';

/** What can hold a whole run back: a server that refuses everyone, or a disk that cannot keep the run. */
type PauseCause = 'provider' | 'saving';

export interface RunPauseOptions {
  readonly saving: RunSaving | undefined;
  readonly isRunning: () => boolean;
  /** Told what to show instead of what was shown; undefined when nothing holds the run back any more. */
  readonly onChange: (shown: ConversationError | undefined) => void;
}

/** What holds a run back, and which of it is shown: the first that came, until it is mended. */
export class RunPause {
  readonly #options: RunPauseOptions;
  readonly #errors = new Map<PauseCause, ConversationError>();
  #shown: PauseCause | undefined;
  #blockedBy: ProviderError | undefined;

  constructor(options: RunPauseOptions) {
    this.#options = options;
    // Not at once: it may be said while an event is being told.
    options.saving?.onDidChange(() => queueMicrotask(() => this.heedSaving()));
  }

  /** A server refuses everyone. The first that hears of it pauses the run. */
  block(failure: ProviderError): void {
    if (this.#errors.has('provider') || !this.#options.isRunning()) return;
    this.#blockedBy = failure;
    this.#hold('provider', toConversationError(failure, 1));
  }

  isBlockedBy(failure: ProviderError): boolean {
    return this.#errors.has('provider') && this.#blockedBy === failure;
  }

  /** Pauses the run while it cannot be kept; it goes on by itself. */
  heedSaving(): void {
    const failure = this.#options.saving?.failure;
    if (failure === undefined) this.#release('saving');
    else if (failure.message !== this.#errors.get('saving')?.message) this.#holdUnsaved(failure);
  }

  /** A person has asked to go on: the server is asked again, and the disk tried at once. */
  resume(): void {
    this.#release('provider');
    if (this.#shown === 'saving') void this.#retrySaving();
  }

  /** The run has ended, which ends what is shown, too. */
  clear(): void {
    this.#errors.clear();
    this.#shown = undefined;
  }

  /** When it does not work yet, that is said once more. */
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

  /** Another error of the same cause takes the place of the one that is shown. */
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
}
