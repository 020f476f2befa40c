import {
  type FittedEffort,
  type ModelProfile,
  nearestEffort,
  unknownModel,
} from '../fitRequest.ts';
import { isJsonObject, type JsonObject } from '../jsonObject.ts';
import type { AssistantMessage, Message, ToolOutcome } from '../message.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ModelRequest, ToolSchema } from '../provider.ts';
import type { AnthropicRequest } from './sdk.ts';

/** Of a shorter prefix no model of this API keeps anything in its prompt cache; in tokens. */
const leastCacheable = 512;

const breakpoint = { cache_control: { type: 'ephemeral' } };

/** The API has no name for the two lowest efforts; the lowest can mean that thinking is turned off. */
export function anthropicEffort(request: ModelRequest, info: ModelInfo | undefined): FittedEffort {
  const { model, effort } = request;
  if (effort === 'none' && info?.thinking?.includes('disabled')) return { effort };
  if (effort === 'none' || effort === 'minimal') {
    return { note: `${model} has no reasoning effort "${effort}": its own default is used.` };
  }
  return nearestEffort(request, info?.efforts);
}

/**
 * The body of a Messages API request. What an agent's requests have in common comes out the same,
 * byte for byte, and ends at a cache breakpoint; another one moves along with the conversation.
 */
export function anthropicRequest(
  request: ModelRequest,
  profile: ModelProfile = unknownModel,
): AnthropicRequest {
  const messages = anthropicMessages(request.messages);
  // Blocks that are sent back are typed by the server that made them.
  return { ...anthropicHead(request, profile), messages } as unknown as AnthropicRequest;
}

/** The body without its messages. */
export function anthropicHead(request: ModelRequest, profile: ModelProfile): JsonObject {
  const effort = request.effort === 'none' ? undefined : request.effort;
  const thinking = thinkingOf(request, profile);
  const system = request.system.toWellFormed();
  const isCacheable = (request.prefix?.tokens ?? leastCacheable) >= leastCacheable;
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    ...(thinking && { thinking }),
    ...(effort && { output_config: { effort } }),
    ...(request.tools.length > 0 && { tools: request.tools.map(toTool) }),
    ...(system !== '' && {
      system: [{ type: 'text', text: system, ...(isCacheable && breakpoint) }],
    }),
  };
}

/** The messages of a body. */
export function anthropicMessages(messages: readonly Message[]): readonly unknown[] {
  return withBreakpoint(messages.map(toMessage).filter((message) => message.content.length > 0));
}

/**
 * Thinking is asked for where it is wanted or cannot be turned off, because only then can be said
 * that it is to be told: by default newer models send empty thinking.
 */
function thinkingOf({ effort }: ModelRequest, profile: ModelProfile): JsonObject | undefined {
  const modes = profile.info?.thinking;
  if (modes === undefined) return undefined;
  if (effort === 'none') return modes.includes('disabled') ? { type: 'disabled' } : undefined;
  const isOn = effort !== undefined || !modes.includes('disabled');
  if (!modes.includes('adaptive') || !isOn) return undefined;
  const isTold = !profile.refused.has('thinking.adaptive.display');
  return { type: 'adaptive', ...(isTold && { display: 'summarized' }) };
}

/** Marks the newest tool results, so that the next turn finds all that was before in the cache. */
function withBreakpoint(messages: readonly MessageParam[]): readonly MessageParam[] {
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last === undefined || !isToolResult(block)) return messages;
  const content = [...last.content.slice(0, -1), { ...block, ...breakpoint }];
  return [...messages.slice(0, -1), { ...last, content }];
}

function isToolResult(block: unknown): block is JsonObject {
  return isJsonObject(block) && block.type === 'tool_result';
}

function toTool(tool: ToolSchema): JsonObject {
  return { name: tool.name, description: tool.description, input_schema: tool.inputSchema };
}

interface MessageParam {
  readonly role: 'user' | 'assistant';
  readonly content: readonly unknown[];
}

function toMessage(message: Message): MessageParam {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: [textBlock(message.text)] };
    case 'assistant':
      return { role: 'assistant', content: assistantContent(message) };
    case 'tool':
      return { role: 'user', content: message.outcomes.map(toolResult) };
  }
}

function assistantContent({ text, toolCalls, native }: AssistantMessage): readonly unknown[] {
  if (native.length > 0) return isThinkingAlone(native) ? [] : native;
  const calls = toolCalls.map((call) => ({
    type: 'tool_use',
    id: call.callId,
    name: call.name,
    input: call.inputError === undefined ? call.input : {},
  }));
  return text === '' ? calls : [textBlock(text), ...calls];
}

/** Thinking that was cut off before anything was said has no signature, and is taken back by no server. */
function isThinkingAlone(native: readonly unknown[]): boolean {
  return native.every((block) => isJsonObject(block) && thinkingTypes.has(String(block.type)));
}

const thinkingTypes: ReadonlySet<string> = new Set(['thinking', 'redacted_thinking']);

function toolResult({ callId, content, isError }: ToolOutcome): JsonObject {
  return {
    type: 'tool_result',
    tool_use_id: callId,
    content: content.toWellFormed(),
    ...(isError && { is_error: true }),
  };
}

function textBlock(text: string): JsonObject {
  return { type: 'text', text: text.toWellFormed() };
}
