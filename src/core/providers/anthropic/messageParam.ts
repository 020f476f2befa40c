import { isJsonObject, type JsonObject, textField } from '../../../shared/json.ts';
import type { AssistantMessage, Message, ToolOutcome } from '../message.ts';
import type { BuildOnce } from '../turn/builtMessages.ts';

/** A message in the form of the Messages API. */
export interface MessageParam {
  readonly role: 'user' | 'assistant';
  readonly content: readonly unknown[];
}

/** The messages of a request, without content that the API rejects. `keepsThinking`: send thinking back. */
export function messageParams(
  messages: readonly Message[],
  keepsThinking: boolean,
  once: BuildOnce,
): readonly MessageParam[] {
  const params: MessageParam[] = [];
  for (const message of messages) {
    const param = once(message, () => toMessage(message, keepsThinking));
    if (param.content.length === 0) continue;
    const before = params.at(-1);
    // The answer between two user texts had no content that could be sent back.
    if (before !== undefined && isUserText(before) && isUserText(param)) {
      params[params.length - 1] = { role: 'user', content: [...before.content, ...param.content] };
    } else {
      params.push(param);
    }
  }
  return params;
}

function toMessage(message: Message, keepsThinking: boolean): MessageParam {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: [textBlock(message.text)] };
    case 'assistant':
      return { role: 'assistant', content: assistantContent(message, keepsThinking) };
    case 'tool':
      return { role: 'user', content: message.outcomes.map(toolResult) };
  }
}

function isUserText({ role, content }: MessageParam): boolean {
  return role === 'user' && content.every((block) => isJsonObject(block) && block.type === 'text');
}

function assistantContent(
  { text, toolCalls, native }: AssistantMessage,
  keepsThinking: boolean,
): readonly unknown[] {
  if (native.length > 0) {
    const blocks = native.filter(
      (part) => isAccepted(part) && (keepsThinking || !isThinking(part)),
    );
    return withoutLastThinking(blocks);
  }
  const calls = toolCalls.map((call) => ({
    type: 'tool_use',
    id: call.callId,
    name: call.name,
    input: call.inputError === undefined ? call.input : {},
  }));
  return text.trim() === '' ? calls : [textBlock(text), ...calls];
}

/** The API rejects blank text, and thinking that was truncated before its signature. */
function isAccepted(block: unknown): boolean {
  if (!isJsonObject(block)) return true;
  if (block.type === 'text') return (textField(block, 'text') ?? '').trim() !== '';
  if (block.type === 'thinking') return (textField(block, 'signature') ?? '') !== '';
  return true;
}

/** The API rejects thinking without content after it, as in a truncated answer. */
function withoutLastThinking(blocks: readonly unknown[]): readonly unknown[] {
  return blocks.slice(0, blocks.findLastIndex((block) => !isThinking(block)) + 1);
}

/** Whether a block is thinking. Some servers produce it but reject it when it is sent back. */
export function isThinking(block: unknown): boolean {
  return isJsonObject(block) && thinkingTypes.has(String(block.type));
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
