import type { IncomingMessage } from 'node:http';
import { isJsonObject, parseJson } from '../../../shared/json.ts';
import type { TurnObserver } from '../provider.ts';
import { ProviderError } from '../providerError.ts';
import { type BodyForm, bodyFormOf } from '../transport/bodyForm.ts';
import { type BodyOptions, readBody } from '../transport/bodyReader.ts';
import { headerOf } from '../transport/exchange.ts';
import { type IdleTimer, startIdleTimer } from '../transport/idleTimer.ts';
import type { ErrorContext } from '../transport/networkError.ts';
import { lastingProtocolError } from '../transport/protocolError.ts';
import { errorOfBody } from '../transport/responseCheck.ts';
import type { ResponseCaps } from '../transport/responseLimits.ts';
import { type SseEvent, SseReader } from '../transport/sseReader.ts';
import { contentTimeoutError } from '../transport/timeoutErrors.ts';
import type { TurnAssembler } from './assembler.ts';
import type { DeltaBuffer } from './deltaBuffer.ts';

/** How the response of a turn is read. */
export interface TurnReading extends BodyOptions {
  readonly assembler: TurnAssembler;
  readonly deltas: DeltaBuffer;
  readonly observer: TurnObserver;
  /** Max time without an event or a heartbeat, in ms. */
  readonly contentTimeoutMs: number;
  readonly caps: ResponseCaps;
}

/** How long to wait for the last events of a complete turn, in ms. */
const lastEventsMs = 5_000;

/**
 * Reads a response until its turn is complete: to the last event, or to the end of the body if only the
 * last event is missing. Rejects when the turn is truncated.
 */
export async function readTurn(response: IncomingMessage, reading: TurnReading): Promise<void> {
  const reader = new TurnReader(response, reading);
  try {
    await readBody(response, { ...reading, onChunk: (chunk) => reader.take(chunk) });
    reader.end();
  } catch (error) {
    // A complete turn was paid for, so it counts even if the connection failed afterwards.
    if (reading.signal.aborted || !reading.assembler.isWhole()) throw error;
  } finally {
    reader.dispose();
    reading.deltas.flush();
  }
}

class TurnReader {
  readonly #response: IncomingMessage;
  readonly #reading: TurnReading;
  readonly #events: SseReader;
  /** When the last event or heartbeat arrived, or the first byte. */
  #heardAtMs: number | undefined;
  /** Runs only where the idle timeout is not enough: bytes arrive, but no event. */
  #contentTimer: IdleTimer | undefined;
  #lastEventsTimer: IdleTimer | undefined;
  #form: BodyForm | undefined;
  /** Bytes of unknown form, and the whole body if it is no stream. */
  #buffered: Buffer[] = [];
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
    this.#contentTimer?.stop();
    this.#lastEventsTimer?.stop();
  }

  /** Takes the next bytes and returns true when no more are needed. */
  take(chunk: Buffer): boolean {
    const { heartbeats } = this.#events;
    const isComplete = this.#take(chunk);
    this.#watchContent(this.#events.heartbeats > heartbeats);
    return isComplete;
  }

  #take(chunk: Buffer): boolean {
    const { caps, context } = this.#reading;
    this.#length += chunk.length;
    if (this.#length > caps.maxTurnBytes) {
      throw lastingProtocolError(`it is larger than ${caps.maxTurnBytes} bytes`, context);
    }
    if (this.#form === 'events') return this.#parse(chunk);
    this.#buffered.push(chunk);
    this.#form ??= this.#formOf(false);
    if (this.#form === 'events') return this.#parse(this.#takeBuffered());
    if (this.#form === 'other' && this.#length >= caps.maxErrorBytes) throw this.#foreignError();
    return false;
  }

  /** The content timeout counts from the last event or heartbeat, or from the first byte. */
  #watchContent(isHeard: boolean): void {
    const { clock, context, contentTimeoutMs, idleTimeoutMs } = this.#reading;
    const nowMs = clock.now();
    if (isHeard || this.#heardAtMs === undefined) {
      this.#heardAtMs = nowMs;
      this.#contentTimer?.stop();
      this.#contentTimer = undefined;
    }
    // Without more bytes, the idle timeout comes first.
    if (this.#contentTimer !== undefined || (isHeard && idleTimeoutMs <= contentTimeoutMs)) return;
    const leftMs = Math.max(0, this.#heardAtMs + contentTimeoutMs - nowMs);
    this.#contentTimer = startIdleTimer(clock, leftMs, () =>
      this.#response.destroy(contentTimeoutError(context, contentTimeoutMs)),
    );
  }

  /** The body has ended. Throws when the turn is incomplete. */
  end(): void {
    const { assembler, context } = this.#reading;
    if (this.#complete) return;
    this.#form ??= this.#formOf(true);
    if (this.#form !== 'events' && this.#length > 0) {
      this.#takeWhole();
      return;
    }
    if (this.#buffered.length > 0) this.#parse(this.#takeBuffered());
    this.#guarded(() => this.#events.end());
    if (!this.#complete && !assembler.isWhole()) throw endedEarly(this.#begun, context);
  }

  #formOf(isEnd: boolean): BodyForm | undefined {
    const [first = Buffer.alloc(0)] = this.#buffered;
    const bytes = this.#buffered.length > 1 ? Buffer.concat(this.#buffered) : first;
    return bodyFormOf(bytes, headerOf(this.#response, 'content-type'), isEnd);
  }

  #takeBuffered(): Buffer {
    const [first] = this.#buffered;
    const bytes =
      first !== undefined && this.#buffered.length === 1 ? first : Buffer.concat(this.#buffered);
    this.#buffered = [];
    return bytes;
  }

  #parse(chunk: Buffer): boolean {
    this.#guarded(() => this.#events.push(chunk));
    this.#awaitLastEvents();
    return this.#complete;
  }

  #guarded(parse: () => void): void {
    const { context, deltas } = this.#reading;
    try {
      parse();
    } catch (error) {
      throw error instanceof RangeError ? lastingProtocolError(error.message, context) : error;
    } finally {
      deltas.flush();
    }
  }

  /** Some servers omit the last event and leave the connection open. */
  #awaitLastEvents(): void {
    const { assembler, clock } = this.#reading;
    this.#lastEventsTimer?.stop();
    this.#lastEventsTimer = undefined;
    if (this.#complete || !assembler.isWhole()) return;
    this.#lastEventsTimer = startIdleTimer(clock, lastEventsMs, () => this.#response.destroy());
  }

  #accept(event: SseEvent): void {
    // Events after the last one do not belong to the turn.
    if (this.#complete) return;
    this.#complete = this.#reading.assembler.accept(event);
    this.#begin();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#reading.observer.onBegin?.();
  }

  /** Takes a body that is no stream: a complete answer, an error, or something else. */
  #takeWhole(): void {
    const text = this.#takeBuffered().toString('utf8');
    const body = this.#form === 'json' ? parseJson(text) : undefined;
    if (!isJsonObject(body) || !this.#reading.assembler.acceptWhole(body)) {
      throw errorOfBody(text, this.#response, this.#reading.context);
    }
    this.#complete = true;
    this.#begin();
  }

  #foreignError(): ProviderError {
    const text = this.#takeBuffered().toString('utf8', 0, this.#reading.caps.maxErrorBytes);
    return errorOfBody(text, this.#response, this.#reading.context);
  }
}

function endedEarly(begun: boolean, context: ErrorContext): ProviderError {
  const { host, httpStatus, requestId } = context;
  // Without a single event, the server is probably no API; otherwise the connection broke.
  const kind = begun ? 'network' : 'protocol';
  return new ProviderError(
    `The answer of ${host} ended before it was complete. Retry, and see whether something on the way cuts long answers off.`,
    { kind, httpStatus, requestId },
  );
}
