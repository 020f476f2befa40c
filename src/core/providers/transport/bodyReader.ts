import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../providerError.ts';
import { CodingProbe, unpackError } from './contentCoding.ts';
import { type IdleWatch, startIdleWatch } from './idleTimer.ts';
import { describeNetworkError, type ErrorContext } from './networkError.ts';

export interface BodyReading {
  /** Takes the next bytes. True says that nothing more is needed; a throw ends the reading. */
  onChunk(chunk: Buffer): boolean;
  /** Resolves when the response's socket can be used again. */
  readonly released: Promise<void>;
  /** The one the request was sent with: whoever sent it closes the body when it is aborted. */
  readonly signal: AbortSignal;
  /** Milliseconds that may pass without a byte. */
  readonly idleTimeoutMs: number;
  /** Milliseconds until the first byte; as above when absent. */
  readonly firstByteTimeoutMs?: number | undefined;
  readonly clock: Clock;
  readonly context: ErrorContext;
  /** Bytes of an error's body that are read; 64 KB when absent. */
  readonly maxErrorBytes?: number | undefined;
}

/**
 * How long, in ms, a body that is complete may take to end and set its socket free for the next request.
 * A turn is over with its last event: a server that keeps the body open delays nothing by more than this.
 */
const lingerMs = 100;

/**
 * Reads a response body to its end, unpacked where it is compressed. Rejects with the signal's reason when aborted, with what
 * `onChunk` threw, or with a `ProviderError` when the body breaks off or stalls; the socket is
 * closed then. Once `onChunk` has returned true, nothing can fail any more.
 */
export function readBody(body: IncomingMessage, reading: BodyReading): Promise<void> {
  return new BodyReader(body, reading).read();
}

class BodyReader {
  readonly #body: IncomingMessage;
  readonly #reading: BodyReading;
  readonly #result = Promise.withResolvers<void>();
  readonly #coding: CodingProbe;
  #unpacker: Transform | undefined;
  #watch: IdleWatch | undefined;
  #heard = false;
  #settled = false;
  /** Nothing more is needed. */
  #complete = false;
  /** Nothing more comes. */
  #ended = false;

  constructor(body: IncomingMessage, reading: BodyReading) {
    this.#body = body;
    this.#reading = reading;
    this.#coding = new CodingProbe(body);
  }

  read(): Promise<void> {
    const { signal } = this.#reading;
    if (signal.aborted) {
      this.#body.destroy();
      return Promise.reject(signal.reason);
    }
    this.#watchFor(this.#reading.firstByteTimeoutMs ?? this.#reading.idleTimeoutMs);
    this.#body.on('end', () => this.#onEnd());
    this.#body.on('error', (error) => this.#onBreak(error));
    this.#body.on('close', () => {
      if (!this.#ended) this.#onBreak(undefined);
    });
    this.#body.on('data', (chunk: Buffer) => this.#onData(chunk));
    // It broke off before anyone listened: no event says so any more.
    const { destroyed, readableEnded } = this.#body;
    if (destroyed && !readableEnded) this.#onBreak(this.#body.errored ?? undefined);
    return this.#result.promise;
  }

  #watchFor(ms: number): void {
    const { clock, context } = this.#reading;
    this.#watch?.stop();
    this.#watch = startIdleWatch(clock, ms, () => this.#giveUp(stalled(context, ms)));
  }

  #onData(chunk: Buffer): void {
    if (this.#complete || this.#settled || this.#reading.signal.aborted) return;
    if (this.#heard) this.#watch?.heard();
    else this.#watchFor(this.#reading.idleTimeoutMs);
    this.#heard = true;
    const bytes = this.#coding.push(chunk);
    if (bytes === undefined) return;
    this.#unpacker ??= this.#startUnpacking();
    if (this.#unpacker === undefined) this.#take(bytes);
    else this.#unpacker.write(bytes);
  }

  #startUnpacking(): Transform | undefined {
    const unpacker = this.#coding.unpacker;
    unpacker?.on('data', (bytes: Buffer) => this.#take(bytes));
    unpacker?.on('end', () => this.#onUnpacked());
    unpacker?.on('error', (error) => this.#giveUp(unpackError(error, this.#reading.context)));
    return unpacker;
  }

  #take(bytes: Buffer): void {
    if (this.#complete || this.#settled || this.#reading.signal.aborted) return;
    try {
      if (this.#reading.onChunk(bytes)) this.#linger();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #onEnd(): void {
    this.#ended = true;
    const rest = this.#coding.end();
    if (rest !== undefined) this.#take(rest);
    if (this.#unpacker === undefined) this.#onUnpacked();
    else this.#unpacker.end();
  }

  #onUnpacked(): void {
    if (!this.#complete) this.#linger();
    void this.#reading.released.then(() => this.#settle());
  }

  #onBreak(cause: unknown): void {
    if (this.#settled) return;
    const { signal, context } = this.#reading;
    this.#giveUp(signal.aborted ? signal.reason : describeNetworkError(cause, context));
  }

  /** All is read: what remains is to give the socket a moment to become free. */
  #linger(): void {
    this.#complete = true;
    this.#watch?.stop();
    this.#watch = startIdleWatch(this.#reading.clock, lingerMs, () => this.#giveUp(undefined));
  }

  #giveUp(error: unknown): void {
    if (this.#settle() && !this.#complete) this.#result.reject(error);
    this.#body.destroy();
  }

  /** False when it was settled before. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#watch?.stop();
    this.#unpacker?.destroy();
    if (this.#complete) this.#result.resolve();
    return true;
  }
}

/** What to do about a server that falls silent. */
export const stallRemedy = 'Check the network connection, and retry later.';

function stalled({ host, requestId }: ErrorContext, idleTimeoutMs: number): ProviderError {
  const seconds = Math.round(idleTimeoutMs / 1000);
  return new ProviderError(
    `${host} stopped sending in the middle of its answer: no data for ${seconds} s. ${stallRemedy}`,
    { kind: 'network', requestId, brief: `no data for ${seconds} s` },
  );
}
