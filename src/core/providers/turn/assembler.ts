import type { Usage } from '../../../shared/conversationEvents.ts';
import { maxJsonDepth } from '../../base/jsonDepth.ts';
import { isJsonObject, type JsonObject, textField } from '../../base/jsonObject.ts';
import { parseJson } from '../http/parseJson.ts';
import type { Message } from '../message.ts';
import type { ModelTurn, TurnObserver } from '../provider.ts';
import { ProviderError } from '../providerError.ts';
import { apiError, readApiError } from '../transport/apiError.ts';
import { isErrorBody } from '../transport/errorBody.ts';
import type { ErrorContext } from '../transport/networkError.ts';
import { cleanServerMessage } from '../transport/serverMessage.ts';
import type { SseEvent } from '../transport/sseReader.ts';

/** Puts one streamed turn together. */
export interface TurnAssembler {
  /**
   * Takes the next event; true says that it was the last one. Throws a `ProviderError` when the
   * server reports one or when the event cannot be right.
   */
  accept(event: SseEvent): boolean;
  /** Takes an answer that came as one object and not as a stream; false when it is none. */
  acceptWhole(body: JsonObject): boolean;
  /** Whether a complete turn has come, though a last event may be missing. */
  isWhole(): boolean;
  /** Whether the data of events of this name is looked at; that of all when absent. */
  reads?(name: string): boolean;
  /** What the events so far tell of the cost; undefined while they tell nothing. */
  usage(): Usage | undefined;
  /**
   * The whole turn. To be called when it is whole only. Throws a `ProviderError` for one of which that
   * cannot be said after all.
   */
  finish(): AssembledTurn;
}

/** A turn, and why it found less than it could in the prompt cache, where the server says so. */
export interface AssembledTurn extends Omit<ModelTurn, 'requestId'> {
  readonly cacheMiss?: string;
}

export interface AssemblerOptions {
  /** The messages that were sent. */
  readonly messages: readonly Message[];
  readonly observer: TurnObserver;
  readonly context: ErrorContext;
}

/** An answer that breaks the protocol. `problem` completes "… cannot be read:". */
export function protocolError(problem: string, context: ErrorContext): ProviderError {
  const remedy = 'Retry, and check the base URL if it stays so.';
  return new ProviderError(`The answer of ${context.host} cannot be read: ${problem}. ${remedy}`, {
    kind: 'protocol',
    httpStatus: context.httpStatus,
    requestId: context.requestId,
  });
}

/** A part of an answer that could not be kept, and not be sent back. Asking again would bring the same. */
export function tooDeepError(context: ErrorContext): ProviderError {
  const problem = `a part of it is nested in more than ${maxJsonDepth} levels`;
  const { message, kind, httpStatus, requestId } = protocolError(problem, context);
  return new ProviderError(message, { kind, httpStatus, requestId, retryable: false });
}

/** What was told of a response that did not come to its end; undefined when that is nothing. */
export function toldUsage({ incomplete: _, ...usage }: Usage): Usage | undefined {
  return usage.inputTokens + usage.outputTokens > 0 ? usage : undefined;
}

/** Whether an event's data is nothing to read: a mark of the end, or a comment that was wrapped into data. */
export function isEmptyData({ data }: SseEvent): boolean {
  return data === '[DONE]' || data.startsWith(':') || data.trim() === '';
}

/** Whether a server of another make says with this that its stream has ended. */
export function isEndMark({ data }: SseEvent): boolean {
  return data === '[DONE]';
}

/** Characters of data that cannot be read that are shown. */
const shownData = 60;

/** The object in an event's data. */
export function parseEvent(event: SseEvent, context: ErrorContext): JsonObject {
  const value = parseJson(event.data);
  if (isJsonObject(value)) return value;
  const what = value === undefined ? 'an event is not valid JSON' : 'an event is not a JSON object';
  const start = cleanServerMessage(event.data.slice(0, 4 * shownData), context.apiKey, shownData);
  throw protocolError(`${what}: ${start}`, context);
}

/** The error that an event reports; undefined for every other event. */
export function errorIn(
  data: JsonObject,
  type: string,
  context: ErrorContext,
): ProviderError | undefined {
  // Aggregators report what failed behind them with no type at all.
  const isBare = type === '' || type === 'message';
  const isError = type === 'error' || (isBare && isErrorBody(data));
  if (!isError) return undefined;
  const requestId = context.requestId ?? textField(data, 'request_id');
  return apiError(readApiError(data), { ...context, requestId });
}
