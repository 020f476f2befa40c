import type { Usage } from '../../shared/conversationEvents.ts';
import { maxJsonDepth } from '../base/jsonDepth.ts';
import type { ErrorContext } from './http/networkError.ts';
import type { SseEvent } from './http/sseReader.ts';
import { isJsonObject, type JsonObject } from './jsonObject.ts';
import type { Message } from './message.ts';
import type { ModelTurn, TurnObserver } from './provider.ts';
import { ProviderError } from './providerError.ts';

/** Puts one streamed turn together. */
export interface TurnAssembler {
  /**
   * Takes the next event; true says that it was the last one. Throws a `ProviderError` when the
   * server reports one or when the event cannot be right.
   */
  accept(event: SseEvent): boolean;
  /** Whether the data of events of this name is looked at; that of all when absent. */
  reads?(name: string): boolean;
  /** What the events so far tell of the cost; undefined while they tell nothing. */
  usage(): Usage | undefined;
  /** The whole turn. To be called after the last event only. */
  finish(): Omit<ModelTurn, 'requestId'>;
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

/** The object in an event's data. */
export function parseEvent(event: SseEvent, context: ErrorContext): JsonObject {
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    throw protocolError('an event is not valid JSON', context);
  }
  if (isJsonObject(data)) return data;
  throw protocolError('an event is not a JSON object', context);
}
