import type { JsonObject } from '../../../shared/json.ts';
import { lastResponseId } from '../message.ts';
import type { ModelInfo } from '../modelInfo.ts';
import { type FittedEffort, nearestEffort } from '../models/fitRequest.ts';
import type { ModelProfile } from '../models/profile.ts';
import type { ModelRequest, ToolSchema } from '../provider.ts';
import { type BuildOnce, buildAlways } from '../turn/builtMessages.ts';
import type { BodyBuilder } from '../turn/requestBodies.ts';
import { breakpoint, withBreakpoints } from './cacheBreakpoints.ts';
import { isThinking, messageParams } from './messageParam.ts';

/** Tokens. No model of this API caches a shorter prefix. */
const minCachedTokens = 512;

/** The API has no `none` and no `minimal` effort. `none` can be expressed by disabling thinking. */
export function anthropicEffort(request: ModelRequest, info: ModelInfo | undefined): FittedEffort {
  const { model, effort } = request;
  if (effort === 'none' && info?.thinking?.includes('disabled')) return { effort };
  if (effort === 'none' || effort === 'minimal') {
    return { note: `${model} has no reasoning effort "${effort}": its own default is used.` };
  }
  return nearestEffort(request, info?.efforts);
}

/**
 * Builds the body of a Messages API request. The prefix that an agent's requests share is byte-identical
 * and ends with a cache breakpoint; other breakpoints move with the conversation.
 */
export const anthropicBody: BodyBuilder = {
  buildHead,
  messagesField: 'messages',
  buildMessages,
  buildTail,
};

function buildHead(request: ModelRequest, profile: ModelProfile): JsonObject {
  const effort = request.effort === 'none' ? undefined : request.effort;
  const thinking = thinkingOf(request, profile);
  const system = request.system.toWellFormed();
  const hasSystem = system.trim() !== '';
  const isCacheable = (request.prefix?.tokens ?? minCachedTokens) >= minCachedTokens;
  const tools = request.tools.map(toTool);
  // Without a system prompt, the tools are the end of the shared prefix.
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

function buildMessages(
  { messages, tools }: ModelRequest,
  { refused }: ModelProfile,
  once: BuildOnce = buildAlways,
): readonly unknown[] {
  const params = messageParams(messages, !refused.has(thinkingSentBack), once);
  return withBreakpoints(params, tools.length > 0);
}

/** Name of the `OptionalField` of servers that produce thinking but reject it when it is sent back. */
export const thinkingSentBack = 'thinking that is sent back';

/** Whether a request sends thinking back. */
export function sendsThinkingBack({ messages }: ModelRequest): boolean {
  return messages.some(
    (message) => message.role === 'assistant' && message.native.some(isThinking),
  );
}

function buildTail(
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
 * Requests thinking when an effort is set or when thinking cannot be disabled. `display` is needed because
 * newer models send empty thinking by default.
 */
function thinkingOf({ effort }: ModelRequest, profile: ModelProfile): JsonObject | undefined {
  const modes = profile.info?.thinking;
  if (modes === undefined) return undefined;
  if (effort === 'none') return modes.includes('disabled') ? { type: 'disabled' } : undefined;
  const isOn = effort !== undefined || !modes.includes('disabled');
  if (!modes.includes('adaptive') || !isOn) return undefined;
  const isShown = !profile.refused.has('thinking.adaptive.display');
  return { type: 'adaptive', ...(isShown && { display: 'summarized' }) };
}

function toTool(tool: ToolSchema): JsonObject {
  return { name: tool.name, description: tool.description, input_schema: tool.inputSchema };
}
