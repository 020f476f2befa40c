import type { EventData } from './replies.ts';

/** A turn that a scripted server answers with over the Messages API. */
export interface AnthropicTurn {
  /** Complete content blocks as the API would return them. */
  readonly content: readonly EventData[];
  readonly stopReason: string;
  readonly inputUsage?: Record<string, number>;
  readonly outputTokens?: number;
}

/** The events of a turn of the Messages API, each text and JSON in several deltas. */
export function anthropicEvents(turn: AnthropicTurn): EventData[] {
  const usage = { input_tokens: 10, output_tokens: 1, ...turn.inputUsage };
  return [
    { type: 'message_start', message: { id: 'msg_1', role: 'assistant', content: [], usage } },
    { type: 'ping' },
    ...turn.content.flatMap(blockEvents),
    {
      type: 'message_delta',
      delta: { stop_reason: turn.stopReason, stop_sequence: null },
      usage: { output_tokens: turn.outputTokens ?? 5 },
    },
    { type: 'message_stop' },
  ];
}

function blockEvents(block: EventData, index: number): EventData[] {
  return [
    { type: 'content_block_start', index, content_block: startOf(block) },
    ...deltasOf(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function startOf(block: EventData): EventData {
  switch (block.type) {
    case 'text':
      return { ...block, text: '' };
    case 'thinking':
      return { ...block, thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
    default:
      return block;
  }
}

function deltasOf(block: EventData): EventData[] {
  switch (block.type) {
    case 'text':
      return pieces(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking':
      return [
        ...pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ];
    case 'tool_use': {
      const json = typeof block.input === 'string' ? block.input : JSON.stringify(block.input);
      return pieces(json).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    }
    default:
      return [];
  }
}

function pieces(text: unknown): string[] {
  return String(text).match(/[\s\S]{1,4}/gu) ?? [];
}
