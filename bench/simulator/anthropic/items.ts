import type { JsonObject } from '../json.ts';

/**
 * A content block in the form used to compare a replay with what was sent: everything that the
 * model made, without what may change, such as a cache breakpoint.
 */
export function itemOf(block: JsonObject): string {
  switch (block.type) {
    case 'thinking':
      return thinkingItem(String(block.thinking), String(block.signature));
    case 'tool_use':
      return callItem(String(block.id), String(block.name), JSON.stringify(block.input));
    default:
      return JSON.stringify([block.type, block.text]);
  }
}

export function thinkingItem(thinking: string, signature: string): string {
  return `thinking ${signature} ${thinking}`;
}

export function callItem(id: string, name: string, input: string): string {
  return `tool_use ${id} ${name} ${input}`;
}
