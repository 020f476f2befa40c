import type { TurnStop } from '../../../shared/conversationEvents.ts';

/** Stop reasons of both APIs and of compatible servers. */
const kinds: { readonly [name: string]: TurnStop } = {
  end_turn: 'final',
  stop_sequence: 'final',
  stop: 'final',
  end: 'final',
  eos: 'final',
  eos_token: 'final',
  done: 'final',
  complete: 'final',
  completed: 'final',
  finished: 'final',
  tool_use: 'tool_calls',
  tool_call: 'tool_calls',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  function_calls: 'tool_calls',
  pause_turn: 'continue',
  max_tokens: 'truncated',
  max_output_tokens: 'truncated',
  length: 'truncated',
  model_context_window_exceeded: 'context_full',
  context_length_exceeded: 'context_full',
  refusal: 'refused',
  content_filter: 'refused',
  content_filtered: 'refused',
  safety: 'refused',
};

/**
 * Maps a stop reason. A complete tool call counts as `tool_calls` whatever the reason says, and an empty
 * reason is an ordinary end. Undefined for an unknown reason.
 */
export function turnStopOf(reason: string, hasToolCalls: boolean): TurnStop | undefined {
  const name = reason.trim().toLowerCase();
  const kind = name === '' ? 'final' : Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind !== 'final' && kind !== 'tool_calls') return kind;
  return hasToolCalls ? 'tool_calls' : 'final';
}
