import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';
import { ProviderError } from '../providers/providerError.ts';
import type { SleepWatch } from './awakeClock.ts';
import { wokenCode } from './retryPolicy.ts';

/** The surroundings of a connection. */
export interface ConnectionContext {
  readonly clock: Clock;
  readonly sleepWatch: SleepWatch;
  /** Ends the request. */
  readonly signal: AbortSignal;
  readonly onNote?: (text: string) => void;
}

/** After waking, requests are aborted at random moments within this time, in ms. */
const spreadMs = 2_000;

/**
 * The abort signal of one request. It also aborts the request after the machine has been asleep, because the
 * connection may then be dead without notice. Data that arrived before has a moment to be read.
 */
export class WatchedConnection implements Disposable {
  readonly #own = new AbortController();
  readonly #context: ConnectionContext;
  readonly #sleepWatch: Disposable;
  #givingUp: Disposable | undefined;

  constructor(context: ConnectionContext) {
    this.#context = context;
    const { signal, sleepWatch } = context;
    if (signal.aborted) this.#onAbort();
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#sleepWatch = sleepWatch.onWake(() => this.#onWake());
  }

  /** Aborts the request. */
  get signal(): AbortSignal {
    return this.#own.signal;
  }

  dispose(): void {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#sleepWatch.dispose();
    this.#givingUp?.dispose();
  }

  readonly #onAbort = (): void => this.#own.abort(this.#context.signal.reason);

  #onWake(): void {
    const { clock, onNote } = this.#context;
    onNote?.(resumedNote);
    this.#givingUp?.dispose();
    this.#givingUp = clock.after(clock.random() * spreadMs, () => this.#own.abort(woken()));
  }
}

const resumedNote =
  'Resumed after sleep: requests in flight are sent again. The time asleep counts toward no limit.';

function woken(): ProviderError {
  const message = 'The computer was asleep and the connection was lost. The request is sent again.';
  return new ProviderError(message, { kind: 'network', code: wokenCode, brief: 'after sleep' });
}
