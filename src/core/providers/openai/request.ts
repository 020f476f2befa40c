import type { JsonObject } from '../../../shared/json.ts';
import { lastResponseId } from '../message.ts';
import type { ModelProfile } from '../models/profile.ts';
import type { ModelRequest, ToolSchema } from '../provider.ts';
import { type BuildOnce, buildAlways } from '../turn/builtMessages.ts';
import type { BodyBuilder } from '../turn/requestBodies.ts';
import { inputItems } from './inputItems.ts';
import { reasoningFilter } from './reasoningItems.ts';

/** The API rejects smaller limits. */
const minOutputTokens = 16;

/**
 * Builds the body of a Responses API request. The server stores nothing: every request carries the whole
 * conversation, including the model's encrypted reasoning.
 */
export const openAiBody: BodyBuilder = {
  buildHead,
  messagesField: 'input',
  buildMessages,
  buildTail,
};

function buildHead(request: ModelRequest, profile: ModelProfile): JsonObject {
  const { prefix } = request;
  const { refused } = profile;
  const reasoning = reasoningOf(request, profile);
  const keepsReasoning = reasoning?.effort !== 'none' && reasoning !== undefined;
  return {
    model: request.model,
    stream: true,
    store: false,
    ...(keepsReasoning && !refused.has('include') && { include: ['reasoning.encrypted_content'] }),
    ...(prefix && !refused.has('prompt_cache_key') && { prompt_cache_key: prefix.key }),
    stream_options: { include_obfuscation: false },
    max_output_tokens: Math.max(request.maxOutputTokens, minOutputTokens),
    ...(reasoning && { reasoning }),
    ...(request.tools.length > 0 && { tools: request.tools.map(toTool) }),
    ...(request.system.trim() !== '' && { instructions: request.system.toWellFormed() }),
  };
}

function buildMessages(
  { messages }: ModelRequest,
  profile: ModelProfile,
  once: BuildOnce = buildAlways,
): readonly unknown[] {
  const isSent = reasoningFilter(profile);
  return messages.flatMap((message) => once(message, () => inputItems(message, isSent)));
}

function buildTail(
  { messages, tools, toolChoice }: ModelRequest,
  { refused, isVendor }: ModelProfile,
): JsonObject {
  const isChosen = toolChoice !== undefined && tools.length > 0 && !refused.has('tool_choice');
  const before = lastResponseId(messages);
  const isCompared = isVendor && before !== undefined && !refused.has('prompt_cache_options');
  return {
    ...(isChosen && { tool_choice: toolChoice }),
    ...(isCompared && { prompt_cache_options: { comparison_response_id: before } }),
  };
}

/**
 * Models without reasoning reject the field, so it is sent only if the model is known to reason or an
 * effort is set. The summary is the only part of the reasoning that can be shown.
 */
function reasoningOf(
  { effort }: ModelRequest,
  { info, refused }: ModelProfile,
): JsonObject | undefined {
  if (effort === 'none') return { effort };
  const reasons = effort !== undefined || (info?.efforts?.length ?? 0) > 0;
  if (!reasons) return undefined;
  return {
    ...(effort && { effort }),
    ...(!refused.has('reasoning.summary') && { summary: 'auto' }),
  };
}

function toTool(tool: ToolSchema): JsonObject {
  return {
    type: 'function',
    name: tool.name,
    description: tool.description,
    parameters: tool.inputSchema,
    strict: false,
  };
}
