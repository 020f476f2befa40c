import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { WorkSlices } from '../../base/workSlices.ts';
import { CodingProbe, decompressionError } from './contentCoding.ts';
import type { IdleTimer } from './idleTimer.ts';
import { describeNetworkError, type ErrorContext } from './networkError.ts';
import { idleTimeoutError } from './timeoutErrors.ts';

/** How a response body is read. */
export interface BodyReading {
  /** Takes the next decoded bytes. Returns true when no more are needed; throws to stop reading. */
  onChunk(chunk: Buffer): boolean;
  /** Resolves when the response's socket is free again. */
  readonly released: Promise<void>;
  readonly slices: WorkSlices;
  readonly timer: IdleTimer;
  /** The signal of the request. The transport closes the body when it is aborted. */
  readonly signal: AbortSignal;
  /** Max time without a byte, in ms. */
  readonly idleTimeoutMs: number;
  /** Max time until the first byte, in ms. Default: `idleTimeoutMs`. */
  readonly firstByteTimeoutMs?: number | undefined;
  readonly clock: Clock;
  readonly context: ErrorContext;
  /** Bytes of an error body to read. Default: 64 KB. */
  readonly maxErrorBytes?: number | undefined;
}

/** `BodyReading` for functions that consume the chunks themselves. */
export type BodyOptions = Omit<BodyReading, 'onChunk'>;

/**
 * How long a complete body may take to end and free its socket, in ms. A turn is complete with its
 * last event, so a server that keeps the body open longer is not waited for.
 */
const lingerMs = 100;

/**
 * Reads and decompresses a response body. Rejects with the signal's reason when aborted, with what
 * `onChunk` threw, or with a `ProviderError` when the body breaks off or stalls; the socket is closed
 * then. Never rejects once `onChunk` has returned true.
 */
export function readBody(body: IncomingMessage, reading: BodyReading): Promise<void> {
  return new BodyReader(body, reading).read();
}

class BodyReader {
  readonly #body: IncomingMessage;
  readonly #reading: BodyReading;
  readonly #result = Promise.withResolvers<void>();
  readonly #coding: CodingProbe;
  #decompressor: Transform | undefined;
  #hasReceived = false;
  #settled = false;
  /** No more bytes are needed. */
  #complete = false;
  /** No more bytes arrive. */
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
    this.#restartTimer(this.#reading.firstByteTimeoutMs ?? this.#reading.idleTimeoutMs);
    // In slices like the chunks, which therefore all come before the end.
    const { slices } = this.#reading;
    this.#body.on('end', () => {
      this.#ended = true;
      slices.run(() => this.#onEnd());
    });
    this.#body.on('error', (error) => slices.run(() => this.#onBreak(error)));
    this.#body.on('close', () => {
      if (!this.#ended) slices.run(() => this.#onBreak(undefined));
    });
    this.#body.on('data', (chunk: Buffer) => this.#inSlice(chunk));
    // When it broke off before the listeners were added, no event follows.
    const { destroyed, readableEnded } = this.#body;
    if (destroyed && !readableEnded) this.#onBreak(this.#body.errored ?? undefined);
    return this.#result.promise;
  }

  #restartTimer(ms: number): void {
    const { timer, context } = this.#reading;
    timer.restart(ms, () => this.#abort(idleTimeoutError(context, ms)));
  }

  /** The body is paused for as long as a chunk waits: chunks stay in order, and few are in memory. */
  #inSlice(chunk: Buffer): void {
    let isPaused = false;
    const take = (): void => {
      this.#onData(chunk);
      if (isPaused) this.#body.resume();
    };
    this.#reading.slices.run(take, () => {
      isPaused = true;
      this.#reading.timer.reset();
      this.#body.pause();
    });
  }

  #onData(chunk: Buffer): void {
    if (this.#complete || this.#settled || this.#reading.signal.aborted) return;
    if (this.#hasReceived) this.#reading.timer.reset();
    else this.#restartTimer(this.#reading.idleTimeoutMs);
    this.#hasReceived = true;
    const bytes = this.#coding.push(chunk);
    if (bytes === undefined) return;
    this.#decompressor ??= this.#startDecompressing();
    if (this.#decompressor === undefined) this.#take(bytes);
    else this.#decompressor.write(bytes);
  }

  #startDecompressing(): Transform | undefined {
    const { decompressor } = this.#coding;
    const { context } = this.#reading;
    decompressor?.on('data', (bytes: Buffer) => this.#take(bytes));
    decompressor?.on('end', () => this.#onDecoded());
    decompressor?.on('error', (error) => this.#abort(decompressionError(error, context)));
    return decompressor;
  }

  #take(bytes: Buffer): void {
    if (this.#complete || this.#settled || this.#reading.signal.aborted) return;
    try {
      if (this.#reading.onChunk(bytes)) this.#linger();
    } catch (error) {
      this.#abort(error);
    }
  }

  #onEnd(): void {
    const rest = this.#coding.end();
    if (rest !== undefined) this.#take(rest);
    if (this.#decompressor === undefined) this.#onDecoded();
    else this.#decompressor.end();
  }

  #onDecoded(): void {
    if (!this.#complete) this.#linger();
    void this.#reading.released.then(() => this.#settle());
  }

  #onBreak(cause: unknown): void {
    if (this.#settled) return;
    const { signal, context } = this.#reading;
    this.#abort(signal.aborted ? signal.reason : describeNetworkError(cause, context));
  }

  /** Everything is read. Gives the socket a moment to become free. */
  #linger(): void {
    this.#complete = true;
    const { timer } = this.#reading;
    timer.pause();
    // The end of the body mostly comes with its last bytes, and is read before this tick.
    process.nextTick(() => {
      if (this.#settled || this.#body.complete) return;
      timer.restart(lingerMs, () => this.#abort(undefined));
    });
  }

  #abort(error: unknown): void {
    if (this.#settle() && !this.#complete) this.#result.reject(error);
    this.#body.destroy();
  }

  /** Returns false when it was settled before. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#reading.timer.stop();
    this.#decompressor?.destroy();
    if (this.#complete) this.#result.resolve();
    return true;
  }
}
