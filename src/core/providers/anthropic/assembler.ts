import { isJsonObject, type JsonObject, objectField, textField } from '../../../shared/json.ts';
import type { Usage } from '../../../shared/usage.ts';
import type { Message, ToolCall } from '../message.ts';
import { ProviderError } from '../providerError.ts';
import { cleanServerMessage } from '../transport/cleanServerMessage.ts';
import type { ErrorContext } from '../transport/networkError.ts';
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
import { ToolCallIds } from '../turn/toolCallIds.ts';
import { ContentBlocks } from './contentBlocks.ts';
import { UsageCount } from './usage.ts';

/** Builds a turn of the Messages API from its events. */
export class AnthropicAssembler implements TurnAssembler {
  readonly #context: ErrorContext;
  readonly #messages: readonly Message[];
  readonly #blocks: ContentBlocks;
  readonly #usage = new UsageCount();
  #started = false;
  #responseId: string | undefined;
  /** Empty until received; some servers never send one. */
  #stopReason = '';
  /** Whether the event that should hold the stop reason has arrived. */
  #hasMessageDelta = false;
  #cacheMiss: string | undefined;
  #tier: string | undefined;

  constructor({ messages, observer, context }: AssemblerOptions) {
    this.#context = context;
    this.#messages = messages;
    this.#blocks = new ContentBlocks(observer, (problem) => this.#broken(problem));
  }

  accept(event: SseEvent): boolean {
    if (event.name === 'ping') return false;
    if (isEndMarker(event)) return this.isWhole();
    if (isEmptyData(event)) return false;
    const data = parseEvent(event, this.#context);
    const type = textField(data, 'type') ?? event.name;
    switch (type) {
      case 'message_start':
        this.#start(objectField(data, 'message'));
        return false;
      case 'content_block_start':
        this.#requireStart(type);
        this.#blocks.start(data);
        return false;
      case 'content_block_delta':
        this.#blocks.delta(data);
        return false;
      case 'content_block_stop':
        this.#blocks.stop(data);
        return false;
      case 'message_delta':
        this.#requireStart(type);
        this.#takeMessageDelta(data);
        return false;
      case 'message_stop':
        this.#end();
        return true;
      default:
        return this.#acceptOther(data, type);
    }
  }

  /** An error, or a complete message in one event. Unknown events are ignored. */
  #acceptOther(data: JsonObject, type: string): boolean {
    const error = errorIn(data, type, this.#context);
    if (error !== undefined) throw error;
    return type === 'message' && this.acceptWhole(data);
  }

  acceptWhole(body: JsonObject): boolean {
    const isMessage = body.type === 'message' || body.role === 'assistant';
    if (!isMessage || !Array.isArray(body.content)) return false;
    this.#start(body);
    for (const block of body.content.filter(isJsonObject)) this.#blocks.addWhole(block);
    this.#stopReason = textField(body, 'stop_reason') ?? '';
    this.#hasMessageDelta = true;
    this.#end();
    return true;
  }

  /** With a stop reason and all blocks closed, only `message_stop` can be missing. */
  isWhole(): boolean {
    return this.#started && this.#stopReason !== '' && this.#blocks.areClosed;
  }

  usage(): Usage | undefined {
    return usageSoFar(this.#usage.total());
  }

  finish(): AssembledTurn {
    this.#checkDepth();
    const stop = turnStopOf(this.#stopReason, this.#blocks.hasToolCalls);
    if (stop === undefined) throw unknownStop(this.#stopReason, this.#context);
    return {
      message: {
        role: 'assistant',
        text: this.#blocks.text,
        ...this.#content(),
        ...(this.#responseId === undefined ? {} : { responseId: this.#responseId }),
      },
      stop,
      usage: { ...this.#usage.total(), ...otherTier(this.#tier) },
      ...(this.#cacheMiss === undefined ? {} : { cacheMiss: this.#cacheMiss }),
    };
  }

  #content(): { readonly toolCalls: readonly ToolCall[]; readonly native: readonly JsonObject[] } {
    const native: JsonObject[] = [];
    const toolCalls: ToolCall[] = [];
    let ids: ToolCallIds | undefined;
    for (const block of this.#blocks.all) {
      if (block.type === 'tool_use') {
        ids ??= new ToolCallIds(this.#messages);
        const use = block.toolCall(ids);
        toolCalls.push(use.call);
        native.push(use.native);
      } else if (block.type !== 'text' || block.text !== '') {
        native.push(block.native());
      }
    }
    return { toolCalls, native };
  }

  #checkDepth(): void {
    if (this.#blocks.all.some((block) => block.isTooDeep())) throw tooDeepError(this.#context);
  }

  #start(message: JsonObject): void {
    if (this.#started) throw this.#broken('it starts twice');
    this.#started = true;
    this.#responseId = textField(message, 'id');
    this.#count(objectField(message, 'usage'));
    this.#takeDiagnostics(message);
  }

  #takeMessageDelta(data: JsonObject): void {
    const delta = objectField(data, 'delta');
    this.#hasMessageDelta = true;
    this.#stopReason = textField(delta, 'stop_reason') || this.#stopReason;
    this.#count(objectField(data, 'usage'));
    this.#takeDiagnostics(data);
    this.#takeDiagnostics(delta);
  }

  #count(usage: JsonObject): void {
    this.#usage.add(usage);
    this.#tier = textField(usage, 'service_tier') ?? this.#tier;
  }

  #takeDiagnostics(container: JsonObject): void {
    const reason = objectField(objectField(container, 'diagnostics'), 'cache_miss_reason');
    this.#cacheMiss = textField(reason, 'type') ?? this.#cacheMiss;
  }

  /** The server ends the message. Without a stop reason, it must have complete content. */
  #end(): void {
    this.#requireStart('message_stop');
    const isComplete =
      this.#hasMessageDelta && this.#blocks.all.length > 0 && this.#blocks.areClosed;
    if (this.#stopReason === '' && !isComplete) throw this.#broken('it ends without a stop reason');
    this.#checkDepth();
    if (turnStopOf(this.#stopReason, false) === undefined) {
      throw unknownStop(this.#stopReason, this.#context);
    }
  }

  #requireStart(type: string): void {
    if (!this.#started) throw this.#broken(`a ${type} comes before the start`);
  }

  #broken(problem: string): ProviderError {
    return protocolError(problem, this.#context);
  }
}

/** Without a known stop reason, the answer may be truncated. A retry would get the same. */
function unknownStop(reason: string, context: ErrorContext): ProviderError {
  const { host, httpStatus, requestId, apiKey } = context;
  return new ProviderError(
    `${host} ended its answer for an unknown reason: ` +
      `"${cleanServerMessage(reason, apiKey).slice(0, 80)}". Update Interleave, or use another model.`,
    { kind: 'protocol', httpStatus, requestId, retryable: false },
  );
}
