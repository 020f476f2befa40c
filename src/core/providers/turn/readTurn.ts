import type { IncomingMessage } from 'node:http';
import { isJsonObject } from '../../base/jsonObject.ts';
import { parseJson } from '../http/parseJson.ts';
import type { TurnObserver } from '../provider.ts';
import { ProviderError } from '../providerError.ts';
import { type BodyForm, bodyFormOf } from '../transport/bodyForm.ts';
import { type BodyReading, readBody, stallRemedy } from '../transport/bodyReader.ts';
import { headerOf } from '../transport/exchange.ts';
import { type IdleWatch, startIdleWatch } from '../transport/idleTimer.ts';
import type { ErrorContext } from '../transport/networkError.ts';
import { errorOfBody } from '../transport/responseCheck.ts';
import type { HttpCaps } from '../transport/responseLimits.ts';
import { type SseEvent, SseReader } from '../transport/sseReader.ts';
import { protocolError, type TurnAssembler } from './assembler.ts';
import type { PieceGatherer } from './deltaBuffer.ts';

export interface TurnReading extends Omit<BodyReading, 'onChunk'> {
  readonly assembler: TurnAssembler;
  readonly pieces: PieceGatherer;
  readonly observer: TurnObserver;
  /** Milliseconds that may pass without an event or another sign of life. */
  readonly contentTimeoutMs: number;
  readonly caps: HttpCaps;
}

/** So long, in ms, the last events of a turn that is whole without them are waited for. */
const lastEventsMs = 5_000;

/**
 * Reads an answer until it is a complete turn: to its last event, or to wherever it ends when all of it
 * was there by then. Rejects when it is cut off before.
 */
export async function readTurn(response: IncomingMessage, reading: TurnReading): Promise<void> {
  const reader = new TurnReader(response, reading);
  try {
    await readBody(response, { ...reading, onChunk: (chunk) => reader.take(chunk) });
    reader.end();
  } catch (error) {
    // What is whole was paid for: however its last frame was lost, it is taken.
    if (reading.signal.aborted || !reading.assembler.isWhole()) throw error;
  } finally {
    reader.dispose();
    reading.pieces.flush();
  }
}

class TurnReader {
  readonly #response: IncomingMessage;
  readonly #reading: TurnReading;
  readonly #events: SseReader;
  #watch: IdleWatch | undefined;
  #lastEvents: IdleWatch | undefined;
  #form: BodyForm | undefined;
  /** What has come until the form is known, and all of a body that is no stream. */
  #bytes: Buffer[] = [];
  #length = 0;
  #complete = false;
  #begun = false;

  constructor(response: IncomingMessage, reading: TurnReading) {
    this.#response = response;
    this.#reading = reading;
    const { assembler, caps } = reading;
    const isRead = (name: string): boolean => assembler.reads?.(name) ?? true;
    this.#events = new SseReader((event) => this.#accept(event), caps.maxEventBytes, isRead);
  }

  dispose(): void {
    this.#watch?.stop();
    this.#lastEvents?.stop();
  }

  /** Takes the next bytes; true says that nothing more is needed. */
  take(chunk: Buffer): boolean {
    const { caps, context } = this.#reading;
    this.#watch ??= this.#startWatch();
    this.#length += chunk.length;
    if (this.#length > caps.maxTurnBytes) {
      throw tooLarge(`it is larger than ${caps.maxTurnBytes} bytes`, context);
    }
    if (this.#form === 'events') return this.#read(chunk);
    this.#bytes.push(chunk);
    this.#form ??= this.#formOf(false);
    if (this.#form === 'events') return this.#read(this.#taken());
    if (this.#form === 'other' && this.#length >= caps.maxErrorBytes) throw this.#foreign();
    return false;
  }

  /** From the first byte on: how long that may take is another matter. */
  #startWatch(): IdleWatch {
    const { clock, context, contentTimeoutMs } = this.#reading;
    return startIdleWatch(clock, contentTimeoutMs, () =>
      this.#response.destroy(nothingNew(context, contentTimeoutMs)),
    );
  }

  /** The body has ended as it should. Throws when it is no complete turn. */
  end(): void {
    const { assembler, context } = this.#reading;
    if (this.#complete) return;
    this.#form ??= this.#formOf(true);
    if (this.#form !== 'events' && this.#length > 0) {
      this.#takeWhole();
      return;
    }
    if (this.#bytes.length > 0) this.#read(this.#taken());
    this.#guarded(() => this.#events.end());
    if (!this.#complete && !assembler.isWhole()) throw endedEarly(this.#begun, context);
  }

  #formOf(isEnd: boolean): BodyForm | undefined {
    const [first = Buffer.alloc(0)] = this.#bytes;
    const bytes = this.#bytes.length > 1 ? Buffer.concat(this.#bytes) : first;
    return bodyFormOf(bytes, headerOf(this.#response, 'content-type'), isEnd);
  }

  #taken(): Buffer {
    const bytes = Buffer.concat(this.#bytes);
    this.#bytes = [];
    return bytes;
  }

  #read(chunk: Buffer): boolean {
    const { signs } = this.#events;
    this.#guarded(() => this.#events.push(chunk));
    // Whatever shows that the server is still at it counts, not only what belongs to the answer.
    if (this.#events.signs > signs) this.#watch?.heard();
    this.#awaitLastEvents();
    return this.#complete;
  }

  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      throw error instanceof RangeError ? tooLarge(error.message, this.#reading.context) : error;
    } finally {
      this.#reading.pieces.flush();
    }
  }

  /** Some servers leave the connection open, and silent, after an answer whose last event they leave out. */
  #awaitLastEvents(): void {
    const { assembler, clock } = this.#reading;
    this.#lastEvents?.stop();
    this.#lastEvents = undefined;
    if (this.#complete || !assembler.isWhole()) return;
    this.#lastEvents = startIdleWatch(clock, lastEventsMs, () => this.#response.destroy());
  }

  #accept(event: SseEvent): void {
    // A server may go on after the last event; nothing of it belongs to the turn.
    if (this.#complete) return;
    this.#complete = this.#reading.assembler.accept(event);
    this.#begin();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#reading.observer.onBegin?.();
  }

  /** An answer that is no stream: the whole of it at once, an error, or something else altogether. */
  #takeWhole(): void {
    const text = this.#taken().toString('utf8');
    const body = this.#form === 'json' ? parseJson(text) : undefined;
    if (!isJsonObject(body) || !this.#reading.assembler.acceptWhole(body)) {
      throw errorOfBody(text, this.#response, this.#reading.context);
    }
    this.#complete = true;
    this.#begin();
  }

  #foreign(): ProviderError {
    const text = this.#taken().toString('utf8', 0, this.#reading.caps.maxErrorBytes);
    return errorOfBody(text, this.#response, this.#reading.context);
  }
}

function tooLarge(problem: string, context: ErrorContext): ProviderError {
  const { message, kind, httpStatus, requestId } = protocolError(problem, context);
  return new ProviderError(message, { kind, httpStatus, requestId, retryable: false });
}

function endedEarly(begun: boolean, context: ErrorContext): ProviderError {
  const { host, httpStatus, requestId } = context;
  // A body without a single event is more likely no API at all than a connection that broke.
  const kind = begun ? 'network' : 'protocol';
  return new ProviderError(
    `The answer of ${host} ended before it was complete. Retry, and see whether something on the way cuts long answers off.`,
    { kind, httpStatus, requestId },
  );
}

function nothingNew({ host, requestId }: ErrorContext, contentTimeoutMs: number): ProviderError {
  const seconds = Math.round(contentTimeoutMs / 1000);
  return new ProviderError(
    `${host} keeps the connection open but has sent nothing of its answer for ${seconds} s. ${stallRemedy}`,
    { kind: 'network', requestId, brief: `nothing of the answer for ${seconds} s` },
  );
}
