import type { StopKind } from '../provider.ts';

/** How responses end, by the names that servers of either API give it. */
const kinds: { readonly [name: string]: StopKind } = {
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
 * How a response ended, by the reason that was given. A finished tool call means that the model asks for
 * it, whatever the reason says; no reason means an ordinary end. Undefined for a reason that is not known.
 */
export function stopKindOf(reason: string, hasToolCalls: boolean): StopKind | undefined {
  const name = reason.trim().toLowerCase();
  const kind = name === '' ? 'final' : Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind !== 'final' && kind !== 'tool_calls') return kind;
  return hasToolCalls ? 'tool_calls' : 'final';
}
