import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import type { AssistantMessage, Message, ToolOutcome } from '../message.ts';
import { isBlankMessage, isReasoning } from './outputItem.ts';

/** The input items of one message. `isSent` says which reasoning is sent back. */
export function inputItems(
  message: Message,
  isSent: (reasoning: JsonObject) => boolean,
): readonly unknown[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text.toWellFormed() }];
    case 'assistant':
      return assistantItems(message, isSent);
    case 'tool':
      return message.outcomes.map(toolResult);
  }
}

function assistantItems(
  { text, toolCalls, native }: AssistantMessage,
  isSent: (reasoning: JsonObject) => boolean,
): readonly unknown[] {
  if (native.length > 0) return nativeItems(native, isSent);
  const calls = toolCalls.map((call) => ({
    type: 'function_call',
    call_id: call.callId,
    name: call.name,
    arguments: JSON.stringify(call.inputError === undefined ? call.input : {}),
  }));
  return text.trim() === ''
    ? calls
    : [{ role: 'assistant', content: text.toWellFormed() }, ...calls];
}

/** The API rejects reasoning without an item after it, as in a truncated answer. */
function nativeItems(
  native: readonly unknown[],
  isSent: (reasoning: JsonObject) => boolean,
): readonly unknown[] {
  const items = native.filter((item) => {
    if (!isJsonObject(item)) return true;
    return isReasoning(item) ? isSent(item) : !isBlankMessage(item);
  });
  const last = items.findLastIndex((item) => !isJsonObject(item) || !isReasoning(item));
  return items.slice(0, last + 1);
}

/** The API has no field for a failed call, so the text says it. */
function toolResult({ callId, content, isError }: ToolOutcome): JsonObject {
  return {
    type: 'function_call_output',
    call_id: callId,
    output: `${isError ? 'ERROR: ' : ''}${content.toWellFormed()}`,
  };
}
