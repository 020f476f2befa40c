import type { JsonObject } from '../../../shared/json.ts';
import type { AssistantMessage, Message, ToolCall } from '../message.ts';
import { joinTexts } from '../turn/textParts.ts';
import { ToolCallIds } from '../turn/toolCallIds.ts';
import { functionCall, messageText, toInputItem } from './outputItem.ts';

/** The assistant message of a response's items. `before` are the messages of the request. */
export function messageOf(
  items: readonly JsonObject[],
  before: readonly Message[],
): AssistantMessage {
  let ids: ToolCallIds | undefined;
  const native: JsonObject[] = [];
  const toolCalls: ToolCall[] = [];
  for (const item of items) {
    if (item.type !== 'function_call') {
      native.push(toInputItem(item));
      continue;
    }
    ids ??= new ToolCallIds(before);
    const found = functionCall(item, ids);
    toolCalls.push(found.call);
    native.push(found.native);
  }
  const text = joinTexts(items.map(messageText));
  const answer = joinTexts(items.filter((item) => item.phase !== 'commentary').map(messageText));
  const isPart = answer !== '' && answer !== text;
  return { role: 'assistant', text, ...(isPart ? { answer } : {}), toolCalls, native };
}
