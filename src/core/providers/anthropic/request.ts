import type { JsonObject } from '../../base/jsonObject.ts';
import { lastResponseId } from '../message.ts';
import type { ModelInfo } from '../modelInfo.ts';
import {
  type FittedEffort,
  type ModelProfile,
  nearestEffort,
  unknownModel,
} from '../models/fitRequest.ts';
import type { ModelRequest, ToolSchema } from '../provider.ts';
import { breakpoint, withBreakpoints } from './cacheBreakpoints.ts';
import { isThinking, messageParams } from './messageParam.ts';
import type { AnthropicRequest } from './sdk.ts';

/** Of a shorter prefix no model of this API keeps anything in its prompt cache; in tokens. */
const leastCacheable = 512;

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
 * byte for byte, and ends at a cache breakpoint; others move along with the conversation.
 */
export function anthropicRequest(
  request: ModelRequest,
  profile: ModelProfile = unknownModel,
): AnthropicRequest {
  // Blocks that are sent back are typed by the server that made them.
  return {
    ...anthropicHead(request, profile),
    messages: anthropicMessages(request, profile),
    ...anthropicTail(request, profile),
  } as unknown as AnthropicRequest;
}

/** The body up to its messages. */
export function anthropicHead(request: ModelRequest, profile: ModelProfile): JsonObject {
  const effort = request.effort === 'none' ? undefined : request.effort;
  const thinking = thinkingOf(request, profile);
  const system = request.system.toWellFormed();
  const hasSystem = system.trim() !== '';
  const isCacheable = (request.prefix?.tokens ?? leastCacheable) >= leastCacheable;
  const tools = request.tools.map(toTool);
  // Without instructions, the tools are the end of what all requests of an agent begin with.
  const lastTool = !hasSystem && isCacheable ? tools.pop() : undefined;
  if (lastTool !== undefined) tools.push({ ...lastTool, ...breakpoint });
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    ...(thinking && { thinking }),
    ...(effort && { output_config: { effort } }),
    ...(tools.length > 0 && { tools }),
    ...(hasSystem && {
      system: [{ type: 'text', text: system, ...(isCacheable && breakpoint) }],
    }),
  };
}

/** The messages of a body. */
export function anthropicMessages(
  { messages, tools }: ModelRequest,
  { refused }: ModelProfile,
): readonly unknown[] {
  const params = messageParams(messages, !refused.has(thinkingSentBack));
  return withBreakpoints(params, tools.length > 0);
}

/** What a server refuses that gives thinking and never takes it back. */
export const thinkingSentBack = 'thinking that is sent back';

/** Whether a request sends thinking back. */
export function sendsThinkingBack({ messages }: ModelRequest): boolean {
  return messages.some(
    (message) => message.role === 'assistant' && message.native.some(isThinking),
  );
}

/** What stands after the messages. */
export function anthropicTail(
  { messages, tools, toolChoice }: ModelRequest,
  { refused, isVendor }: ModelProfile,
): JsonObject {
  const isChosen = toolChoice !== undefined && tools.length > 0 && !refused.has('tool_choice');
  return {
    ...(isChosen && { tool_choice: { type: toolChoice } }),
    ...(isVendor &&
      !refused.has('diagnostics') && {
        diagnostics: { previous_message_id: lastResponseId(messages) ?? null },
      }),
  };
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

function toTool(tool: ToolSchema): JsonObject {
  return { name: tool.name, description: tool.description, input_schema: tool.inputSchema };
}
