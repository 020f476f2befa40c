import type { Usage } from '../../../shared/conversationEvents.ts';
import { apiError, readApiError } from '../http/apiError.ts';
import type { SseEvent } from '../http/sseReader.ts';
import {
  countField,
  isJsonObject,
  type JsonObject,
  listField,
  objectField,
  textField,
} from '../jsonObject.ts';
import type { ToolCall } from '../message.ts';
import type { ModelTurn, StopKind } from '../provider.ts';
import { otherTier } from '../serviceTier.ts';
import { ThinkingFeed } from '../thinkingFeed.ts';
import { ToolCallIds } from '../toolCallIds.ts';
import {
  type AssemblerOptions,
  parseEvent,
  protocolError,
  type TurnAssembler,
  toldUsage,
} from '../turnAssembler.ts';
import {
  functionCall,
  isLostReasoning,
  isRefusal,
  messageText,
  toInputItem,
} from './outputItem.ts';

/** Events that are read; all others tell nothing that these do not. */
const readEvents: ReadonlySet<string> = new Set([
  'response.output_text.delta',
  'response.refusal.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
  'response.output_item.done',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
]);

/** Puts a turn of the Responses API together from its events. */
export class OpenAiAssembler implements TurnAssembler {
  readonly #options: AssemblerOptions;
  /** Finished items by their place in the output. */
  readonly #items = new Map<number, JsonObject>();
  readonly #thinking: ThinkingFeed;
  #response: JsonObject = {};
  #incomplete = false;

  constructor(options: AssemblerOptions) {
    this.#options = options;
    this.#thinking = new ThinkingFeed((delta) => options.observer.onThinking?.(delta));
  }

  reads(name: string): boolean {
    return !name.startsWith('response.') || readEvents.has(name);
  }

  accept(event: SseEvent): boolean {
    if (event.data === '[DONE]') return false;
    if (!this.reads(event.name)) return false;
    const { context, observer } = this.#options;
    const data = parseEvent(event, context);
    const type = textField(data, 'type') ?? event.name;
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta': {
        const delta = textField(data, 'delta');
        if (delta) observer.onText?.(delta);
        return false;
      }
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#thinking.push(thinkingPart(data), textField(data, 'delta') ?? '');
        return false;
      case 'response.output_item.done':
        this.#items.set(countField(data, 'output_index') ?? this.#items.size, itemOf(data));
        return false;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#end(objectField(data, 'response'), type);
        return true;
      case 'error':
        throw apiError(readApiError(data), context);
      default:
        return false;
    }
  }

  usage(): Usage | undefined {
    return toldUsage(usageOf(objectField(this.#response, 'usage')));
  }

  finish(): Omit<ModelTurn, 'requestId'> {
    const items = this.#output();
    let ids: ToolCallIds | undefined;
    const native: JsonObject[] = [];
    const toolCalls: ToolCall[] = [];
    for (const item of items) {
      if (item.type === 'function_call') {
        ids ??= new ToolCallIds(this.#options.messages);
        const found = functionCall(item, ids);
        toolCalls.push(found.call);
        native.push(found.native);
      } else if (!isLostReasoning(item)) {
        native.push(toInputItem(item));
      }
    }
    return {
      message: {
        role: 'assistant',
        text: items.map(messageText).join(''),
        toolCalls,
        native,
      },
      stop: this.#stop(items, toolCalls.length > 0),
      usage: {
        ...usageOf(objectField(this.#response, 'usage')),
        ...otherTier(textField(this.#response, 'service_tier')),
      },
    };
  }

  #end(response: JsonObject, type: string): void {
    const { context } = this.#options;
    this.#response = response;
    if (type === 'response.failed' || response.status === 'failed') {
      throw apiError(readApiError(response), context);
    }
    this.#incomplete = type === 'response.incomplete' || response.status === 'incomplete';
    const calls = this.#output().filter((item) => item.type === 'function_call');
    if (calls.some((call) => !textField(call, 'name'))) {
      throw protocolError('a tool call has no name', context);
    }
  }

  /** The last event holds the whole output; where a server leaves it out, its items came singly. */
  #output(): readonly JsonObject[] {
    const whole = listField(this.#response, 'output').filter(isJsonObject);
    if (whole.length > 0) return whole;
    return [...this.#items].sort(([a], [b]) => a - b).map(([, item]) => item);
  }

  #stop(items: readonly JsonObject[], hasToolCalls: boolean): StopKind {
    if (this.#incomplete) {
      const { reason } = objectField(this.#response, 'incomplete_details');
      return reason === 'content_filter' ? 'refused' : 'truncated';
    }
    if (hasToolCalls) return 'tool_calls';
    return items.some(isRefusal) ? 'refused' : 'final';
  }
}

/** Names a part of the reasoning: some servers leave the item's id out, or change it on the way. */
function thinkingPart(data: JsonObject): string {
  const part = countField(data, 'summary_index') ?? countField(data, 'content_index') ?? 0;
  return `${countField(data, 'output_index') ?? 0}/${part}`;
}

function itemOf(data: JsonObject): JsonObject {
  return objectField(data, 'item');
}

function usageOf(usage: JsonObject): Usage {
  const inputTokens = countField(usage, 'input_tokens');
  const outputTokens = countField(usage, 'output_tokens');
  const isReported = inputTokens !== undefined && outputTokens !== undefined;
  const details = objectField(usage, 'input_tokens_details');
  const cacheReadTokens = countField(details, 'cached_tokens') ?? 0;
  const cacheWriteTokens = countField(details, 'cache_write_tokens') ?? 0;
  return {
    // Some servers count the cached tokens apart; costs rely on them being part of the input.
    inputTokens: Math.max(inputTokens ?? 0, cacheReadTokens + cacheWriteTokens),
    outputTokens: outputTokens ?? 0,
    cacheReadTokens,
    cacheWriteTokens,
    ...(isReported ? {} : { incomplete: true as const }),
  };
}
