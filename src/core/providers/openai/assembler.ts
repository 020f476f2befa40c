import type { TurnStop } from '../../../shared/conversationEvents.ts';
import {
  countField,
  isJsonObject,
  type JsonObject,
  listField,
  objectField,
  textField,
} from '../../../shared/json.ts';
import type { Usage } from '../../../shared/usage.ts';
import { isNestedDeeper, maxJsonDepth } from '../../base/jsonDepth.ts';
import type { AssistantMessage } from '../message.ts';
import { type ApiErrorReport, apiError, readApiError } from '../transport/apiError.ts';
import { protocolError } from '../transport/protocolError.ts';
import type { SseEvent } from '../transport/sseReader.ts';
import {
  type AssembledTurn,
  type AssemblerOptions,
  errorIn,
  isEmptyData,
  isEndMarker,
  parseEvent,
  type TurnAssembler,
  tooDeepError,
  usageSoFar,
} from '../turn/assembler.ts';
import { otherTier } from '../turn/serviceTier.ts';
import { turnStopOf } from '../turn/stopReasons.ts';
import { lineBetweenParts, lineBetweenTexts, PartFeed } from '../turn/textParts.ts';
import { OutputDrafts } from './outputDrafts.ts';
import { isRefusal, messageText } from './outputItem.ts';
import { messageOf } from './outputMessage.ts';
import { cacheMissOf, usageOf } from './usage.ts';

/** Events that are read. The others repeat what these say. */
const readEvents: ReadonlySet<string> = new Set([
  'response.output_text.delta',
  'response.output_text.done',
  'response.refusal.delta',
  'response.refusal.done',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.output_item.added',
  'response.output_item.done',
  'response.completed',
  'response.done',
  'response.incomplete',
  'response.failed',
  'error',
]);

/** Builds a turn of the Responses API from its events. */
export class OpenAiAssembler implements TurnAssembler {
  readonly #options: AssemblerOptions;
  readonly #drafts = new OutputDrafts();
  readonly #text: PartFeed;
  readonly #thinking: PartFeed;
  #response: JsonObject = {};
  /** The output of a complete turn. */
  #items: readonly JsonObject[] = [];
  #incomplete = false;

  constructor(options: AssemblerOptions) {
    this.#options = options;
    const { observer } = options;
    this.#text = new PartFeed((delta) => observer.onText?.(delta), lineBetweenTexts);
    this.#thinking = new PartFeed((delta) => observer.onThinking?.(delta), lineBetweenParts);
  }

  reads(name: string): boolean {
    return !name.startsWith('response.') || readEvents.has(name);
  }

  accept(event: SseEvent): boolean {
    if (isEndMarker(event)) return this.#endAtMarker();
    if (isEmptyData(event) || !this.reads(event.name)) return false;
    const { context } = this.#options;
    const data = parseEvent(event, context);
    const type = textField(data, 'type') ?? event.name;
    switch (type) {
      case 'response.completed':
      case 'response.done':
      case 'response.incomplete':
      case 'response.failed':
        this.#end(objectField(data, 'response'), type);
        return true;
      default: {
        const error = errorIn(data, type, context);
        if (error !== undefined) throw error;
        if (type === '' && this.acceptWhole(data)) return true;
        this.#text.push(countField(data, 'output_index') ?? 0, this.#take(data, type));
        return false;
      }
    }
  }

  acceptWhole(body: JsonObject): boolean {
    const isResponse = body.object === 'response' || Array.isArray(body.output);
    if (!isResponse || !Array.isArray(body.output)) return false;
    this.#end(body, 'response.completed');
    for (const [index, item] of this.#items.entries()) this.#text.push(index, messageText(item));
    return true;
  }

  /** Only the server can say that no more items come. */
  isWhole(): boolean {
    return false;
  }

  usage(): Usage | undefined {
    return usageSoFar(usageOf(objectField(this.#response, 'usage')));
  }

  finish(): AssembledTurn {
    const items = this.#items;
    const message = messageOf(items, this.#options.messages);
    const responseId = textField(this.#response, 'id');
    const cacheMiss = cacheMissOf(this.#response);
    return {
      message: { ...message, ...(responseId === undefined ? {} : { responseId }) },
      stop: this.#stop(items, message),
      usage: {
        ...usageOf(objectField(this.#response, 'usage')),
        ...otherTier(textField(this.#response, 'service_tier')),
      },
      ...(cacheMiss === undefined ? {} : { cacheMiss }),
    };
  }

  /** Takes a piece of the output, and returns the part of it that is text of the answer. */
  #take(data: JsonObject, type: string): string {
    switch (type) {
      case 'response.output_text.delta':
        return this.#drafts.addText(data, 'text');
      case 'response.output_text.done':
        return this.#drafts.endText(data, 'text');
      case 'response.refusal.delta':
        return this.#drafts.addText(data, 'refusal');
      case 'response.refusal.done':
        return this.#drafts.endText(data, 'refusal');
      case 'response.output_item.done':
        return this.#drafts.end(data);
      case 'response.output_item.added':
        this.#drafts.add(data);
        if (isCall(objectField(data, 'item'))) this.#options.observer.onToolCall?.();
        return '';
      case 'response.function_call_arguments.delta':
        this.#drafts.addArguments(data);
        this.#options.observer.onToolCall?.();
        return '';
      case 'response.function_call_arguments.done':
        this.#drafts.endArguments(data);
        return '';
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#thinking.push(thinkingPart(data), textField(data, 'delta') ?? '');
        return '';
      default:
        return '';
    }
  }

  /** An end marker without the API's last event. The turn is complete if all items are finished. */
  #endAtMarker(): boolean {
    if (!this.#drafts.areFinished) return false;
    this.#takeItems();
    return true;
  }

  #end(response: JsonObject, type: string): void {
    const { context } = this.#options;
    this.#response = response;
    if (type === 'response.failed' || response.status === 'failed') {
      throw apiError(failureOf(response), context);
    }
    this.#incomplete = type === 'response.incomplete' || response.status === 'incomplete';
    this.#takeItems();
  }

  #takeItems(): void {
    const output = this.#output();
    this.#items = output;
    if (output.some((item) => isNestedDeeper(item, maxJsonDepth))) {
      throw tooDeepError(this.#options.context);
    }
    const calls = output.filter(isCall);
    if (calls.some((call) => !textField(call, 'name'))) {
      throw protocolError('a tool call has no name', this.#options.context);
    }
  }

  #output(): readonly JsonObject[] {
    const output = listField(this.#response, 'output').filter(isJsonObject);
    return this.#drafts.merged(output, this.#incomplete);
  }

  #stop(items: readonly JsonObject[], { toolCalls }: AssistantMessage): TurnStop {
    if (this.#incomplete) {
      const reason = textField(objectField(this.#response, 'incomplete_details'), 'reason') ?? '';
      return turnStopOf(reason, false) === 'refused' ? 'refused' : 'truncated';
    }
    if (toolCalls.length > 0) return 'tool_calls';
    return items.some(isRefusal) ? 'refused' : 'final';
  }
}

/** Codes of failed responses after which a retry may succeed. */
const transientCode =
  /server|overload|internal|timeout|timed_out|unavailable|busy|capacity|rate_limit|try_again/i;

/** The error of a failed response. Codes that are not transient mean an invalid request. */
function failureOf(response: JsonObject): ApiErrorReport {
  const report = readApiError(response);
  const { code } = report;
  const isLasting = code !== undefined && !/^\d+$/.test(code) && !transientCode.test(code);
  return isLasting ? { ...report, type: 'invalid_request_error' } : report;
}

/** Identifies a part of the reasoning by position: some servers omit item ids or change them. */
function thinkingPart(data: JsonObject): string {
  const part = countField(data, 'summary_index') ?? countField(data, 'content_index') ?? 0;
  return `${countField(data, 'output_index') ?? 0}/${part}`;
}

function isCall({ type }: JsonObject): boolean {
  return type === 'function_call';
}
