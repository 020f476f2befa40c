import { isJsonObject, type JsonObject, parseJson, textField } from '../../../shared/json.ts';
import type { Usage } from '../../../shared/usage.ts';
import { maxJsonDepth } from '../../base/jsonDepth.ts';
import type { Message } from '../message.ts';
import type { ModelTurn, TurnObserver } from '../provider.ts';
import type { ProviderError } from '../providerError.ts';
import { apiError, readApiError } from '../transport/apiError.ts';
import { cleanServerMessage } from '../transport/cleanServerMessage.ts';
import { isErrorBody } from '../transport/errorBody.ts';
import type { ErrorContext } from '../transport/networkError.ts';
import { lastingProtocolError, protocolError } from '../transport/protocolError.ts';
import type { SseEvent } from '../transport/sseReader.ts';

/** Builds one turn from its events. */
export interface TurnAssembler {
  /**
   * Takes the next event and returns true when it was the last one. Throws a `ProviderError` for an
   * error that the server reports and for an event that breaks the protocol.
   */
  accept(event: SseEvent): boolean;
  /** Takes a response that is one object instead of a stream; returns false when it is no turn. */
  acceptWhole(body: JsonObject): boolean;
  /** Whether the turn is complete, even if its last event is missing. */
  isWhole(): boolean;
  /** Whether events of this name are read. Default: all are. */
  reads?(name: string): boolean;
  /** The usage reported so far; undefined while there is none. */
  usage(): Usage | undefined;
  /** The complete turn; requires `isWhole()`. Throws a `ProviderError` when it cannot be used. */
  finish(): AssembledTurn;
}

/** A turn, and why part of its prompt missed the prompt cache, if the server says so. */
export interface AssembledTurn extends Omit<ModelTurn, 'requestId'> {
  readonly cacheMiss?: string;
}

/** Options of an assembler. */
export interface AssemblerOptions {
  /** The messages of the conversation: call ids in them are taken. */
  readonly messages: readonly Message[];
  readonly observer: TurnObserver;
  readonly context: ErrorContext;
}

/** An answer nested too deeply to be stored and sent back. A retry would get it again. */
export function tooDeepError(context: ErrorContext): ProviderError {
  const problem = `a part of it is nested in more than ${maxJsonDepth} levels`;
  return lastingProtocolError(problem, context);
}

/** The usage of an incomplete response; undefined when nothing was counted. */
export function usageSoFar({ incomplete: _, ...usage }: Usage): Usage | undefined {
  return usage.inputTokens + usage.outputTokens > 0 ? usage : undefined;
}

/** Whether an event has no data to read: an end marker, or a comment sent as data. */
export function isEmptyData(event: SseEvent): boolean {
  return isEndMarker(event) || event.data.startsWith(':') || event.data.trim() === '';
}

/** Whether this is the end marker of compatible servers. */
export function isEndMarker({ data }: SseEvent): boolean {
  return data === '[DONE]';
}

/** Max characters of unreadable data in an error message. */
const shownData = 60;

/** Parses the object in an event's data. Throws a `ProviderError` for anything else. */
export function parseEvent(event: SseEvent, context: ErrorContext): JsonObject {
  const value = parseJson(event.data);
  if (isJsonObject(value)) return value;
  const what = value === undefined ? 'an event is not valid JSON' : 'an event is not a JSON object';
  const start = cleanServerMessage(event.data.slice(0, 4 * shownData), context.apiKey, shownData);
  throw protocolError(`${what}: ${start}`, context);
}

/** The error in an event; undefined for any other event. */
export function errorIn(
  data: JsonObject,
  type: string,
  context: ErrorContext,
): ProviderError | undefined {
  // Aggregators report upstream errors without a type.
  const isBare = type === '' || type === 'message';
  const isError = type === 'error' || (isBare && isErrorBody(data));
  if (!isError) return undefined;
  const requestId = context.requestId ?? textField(data, 'request_id');
  return apiError(readApiError(data), { ...context, requestId });
}
