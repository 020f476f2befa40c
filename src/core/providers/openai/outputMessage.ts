import type { JsonObject } from '../../base/jsonObject.ts';
import type { AssistantMessage, Message, ToolCall } from '../message.ts';
import { joinTexts } from '../turn/textParts.ts';
import { ToolCallIds } from '../turn/toolCallIds.ts';
import { functionCall, messageText, toInputItem } from './outputItem.ts';

/** The message that a response's items are. `before` are the messages that it answers. */
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
