import type { Usage } from '../../../shared/conversationEvents.ts';
import { apiError, readApiError } from '../http/apiError.ts';
import type { ErrorContext } from '../http/networkError.ts';
import { cleanServerMessage } from '../http/serverMessage.ts';
import type { SseEvent } from '../http/sseReader.ts';
import {
  countField,
  isJsonObject,
  type JsonObject,
  objectField,
  textField,
} from '../jsonObject.ts';
import type { Message, ToolCall } from '../message.ts';
import type { ModelTurn, StopKind, TurnObserver } from '../provider.ts';
import { ProviderError } from '../providerError.ts';
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
import { ContentBlock } from './contentBlock.ts';

/** The fields of `usage` that are read. */
const countedUsage = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;

/** Puts a turn of the Messages API together from its events. */
export class AnthropicAssembler implements TurnAssembler {
  readonly #context: ErrorContext;
  readonly #observer: TurnObserver;
  readonly #messages: readonly Message[];
  readonly #blocks = new Map<number, ContentBlock>();
  readonly #thinking: ThinkingFeed;
  #started = false;
  #stopReason: string | undefined;
  #tier: string | undefined;
  readonly #usage: { [K in (typeof countedUsage)[number]]?: unknown } = {};

  constructor({ messages, observer, context }: AssemblerOptions) {
    this.#context = context;
    this.#observer = observer;
    this.#messages = messages;
    this.#thinking = new ThinkingFeed((delta) => observer.onThinking?.(delta));
  }

  accept(event: SseEvent): boolean {
    if (event.name === 'ping') return false;
    const data = parseEvent(event, this.#context);
    const type = textField(data, 'type') ?? event.name;
    switch (type) {
      case 'message_start':
        this.#start(data);
        return false;
      case 'content_block_start':
        this.#startBlock(data);
        return false;
      case 'content_block_delta':
        this.#addDelta(this.#openBlock(data, type), objectField(data, 'delta'));
        return false;
      case 'content_block_stop':
        this.#openBlock(data, type).end();
        return false;
      case 'message_delta':
        this.#requireStart(type);
        this.#stopReason = textField(objectField(data, 'delta'), 'stop_reason') ?? this.#stopReason;
        this.#addUsage(objectField(data, 'usage'));
        return false;
      case 'message_stop':
        this.#checkStop();
        return true;
      case 'error':
        throw this.#reported(data);
      default:
        return false;
    }
  }

  usage(): Usage | undefined {
    return toldUsage(usageOf(this.#usage));
  }

  finish(): Omit<ModelTurn, 'requestId'> {
    const native: JsonObject[] = [];
    const toolCalls: ToolCall[] = [];
    let ids: ToolCallIds | undefined;
    let text = '';
    for (const block of this.#inOrder()) {
      text += block.text;
      if (block.type === 'tool_use') {
        ids ??= new ToolCallIds(this.#messages);
        const use = block.toolCall(ids);
        toolCalls.push(use.call);
        native.push(use.native);
      } else if (block.type !== 'text' || block.text !== '') {
        // An empty text block may be answered, but it may not be sent back.
        native.push(block.native());
      }
    }
    return {
      message: { role: 'assistant', text, toolCalls, native },
      stop: stopOf(this.#stopReason, toolCalls.length > 0) ?? 'final',
      usage: { ...usageOf(this.#usage), ...otherTier(this.#tier) },
    };
  }

  #checkStop(): void {
    if (this.#stopReason === undefined) throw this.#broken('it ends without a stop reason');
    if (stopOf(this.#stopReason, false) !== undefined) return;
    // Whether the answer is whole cannot be said, and asking again would bring the same.
    throw unknownStop(this.#stopReason, this.#context);
  }

  #start(data: JsonObject): void {
    if (this.#started) throw this.#broken('it starts twice');
    this.#started = true;
    this.#addUsage(objectField(objectField(data, 'message'), 'usage'));
  }

  #startBlock(data: JsonObject): void {
    this.#requireStart('content_block_start');
    const index = indexOf(data);
    const block = data.content_block;
    if (index < 0 || this.#blocks.has(index) || !isJsonObject(block)) {
      throw this.#broken('a content block starts wrongly');
    }
    if (block.type === 'tool_use' && !textField(block, 'name')) {
      throw this.#broken('a tool call has no name');
    }
    const started = new ContentBlock(index, block);
    this.#blocks.set(index, started);
    this.#tell(started, started.text + started.thinking);
  }

  #addDelta(block: ContentBlock, delta: JsonObject): void {
    this.#tell(block, block.add(delta));
  }

  #tell(block: ContentBlock, piece: string): void {
    if (piece === '') return;
    if (block.type === 'thinking') this.#thinking.push(block, piece);
    else this.#observer.onText?.(piece);
  }

  #openBlock(data: JsonObject, type: string): ContentBlock {
    const block = this.#blocks.get(indexOf(data));
    if (block === undefined || block.ended)
      throw this.#broken(`a ${type} belongs to no open content block`);
    return block;
  }

  #inOrder(): ContentBlock[] {
    return [...this.#blocks.values()].sort((a, b) => a.index - b.index);
  }

  /** Usage comes twice, and the later counts hold; what they leave out stays. */
  #addUsage(usage: JsonObject): void {
    for (const name of countedUsage) {
      const count = usage[name] ?? undefined;
      if (count !== undefined) this.#usage[name] = count;
    }
    this.#tier = textField(usage, 'service_tier') ?? this.#tier;
  }

  #requireStart(type: string): void {
    if (!this.#started) throw this.#broken(`a ${type} comes before the start`);
  }

  #reported(data: JsonObject): ProviderError {
    const requestId = this.#context.requestId ?? textField(data, 'request_id');
    return apiError(readApiError(data), { ...this.#context, requestId });
  }

  #broken(problem: string): ProviderError {
    return protocolError(problem, this.#context);
  }
}

function indexOf(data: JsonObject): number {
  return countField(data, 'index') ?? -1;
}

/** Undefined for a reason that is not known here. */
function stopOf(reason: string | undefined, hasToolCalls: boolean): StopKind | undefined {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'final';
    case 'tool_use':
      return hasToolCalls ? 'tool_calls' : 'final';
    case 'pause_turn':
      return 'continue';
    case 'max_tokens':
      return 'truncated';
    case 'model_context_window_exceeded':
      return 'context_full';
    case 'refusal':
      return 'refused';
    default:
      return undefined;
  }
}

function unknownStop(reason: string, context: ErrorContext): ProviderError {
  const { host, httpStatus, requestId, apiKey } = context;
  return new ProviderError(
    `${host} ended its answer for a reason that is not known here: ` +
      `"${cleanServerMessage(reason, apiKey).slice(0, 80)}". Update Interleave, or use another model.`,
    { kind: 'protocol', httpStatus, requestId, retryable: false },
  );
}

function usageOf(usage: JsonObject): Usage {
  const inputTokens = countField(usage, 'input_tokens');
  const outputTokens = countField(usage, 'output_tokens');
  const isReported = inputTokens !== undefined && outputTokens !== undefined;
  const cacheReadTokens = countField(usage, 'cache_read_input_tokens') ?? 0;
  const cacheWriteTokens = countField(usage, 'cache_creation_input_tokens') ?? 0;
  return {
    // The API counts cached input apart; here all input is counted.
    inputTokens: (inputTokens ?? 0) + cacheReadTokens + cacheWriteTokens,
    outputTokens: outputTokens ?? 0,
    cacheReadTokens,
    cacheWriteTokens,
    ...(isReported ? {} : { incomplete: true as const }),
  };
}
