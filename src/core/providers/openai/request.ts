import { type ModelProfile, unknownModel } from '../fitRequest.ts';
import { isJsonObject, type JsonObject } from '../jsonObject.ts';
import type { AssistantMessage, Message, ToolOutcome } from '../message.ts';
import type { ModelRequest, ToolSchema } from '../provider.ts';
import type { OpenAiRequest } from './sdk.ts';

/** The API refuses a smaller limit. */
const minOutputTokens = 16;

/**
 * The body of a Responses API request. Nothing is kept by the server: every request carries the
 * whole conversation, the model's encrypted reasoning included.
 */
export function openAiRequest(
  request: ModelRequest,
  profile: ModelProfile = unknownModel,
): OpenAiRequest {
  const input = openAiInput(request.messages);
  // Items that are sent back are typed by the server that made them.
  return { ...openAiHead(request, profile), input } as unknown as OpenAiRequest;
}

/** The body without its input. */
export function openAiHead(request: ModelRequest, profile: ModelProfile): JsonObject {
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
    ...(request.system !== '' && { instructions: request.system.toWellFormed() }),
  };
}

/** The input of a body. */
export function openAiInput(messages: readonly Message[]): readonly unknown[] {
  return messages.flatMap(toItems);
}

/**
 * Models that do not reason refuse everything about it, so it is left out unless the model is known to
 * reason or is asked to. A summary is what can be shown of it.
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

function toItems(message: Message): readonly unknown[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text.toWellFormed() }];
    case 'assistant':
      return assistantItems(message);
    case 'tool':
      return message.outcomes.map(toolResult);
  }
}

function assistantItems({ text, toolCalls, native }: AssistantMessage): readonly unknown[] {
  if (native.length > 0) return isReasoningAlone(native) ? [] : native;
  const calls = toolCalls.map((call) => ({
    type: 'function_call',
    call_id: call.callId,
    name: call.name,
    arguments: JSON.stringify(call.inputError === undefined ? call.input : {}),
  }));
  return text === '' ? calls : [{ role: 'assistant', content: text.toWellFormed() }, ...calls];
}

/** Reasoning is taken back only with what it led to; an answer that was cut off may have led to nothing. */
function isReasoningAlone(native: readonly unknown[]): boolean {
  return native.every((item) => isJsonObject(item) && item.type === 'reasoning');
}

/** The API has no field for failure, so the text says it. */
function toolResult({ callId, content, isError }: ToolOutcome): JsonObject {
  return {
    type: 'function_call_output',
    call_id: callId,
    output: `${isError ? 'ERROR: ' : ''}${content.toWellFormed()}`,
  };
}
