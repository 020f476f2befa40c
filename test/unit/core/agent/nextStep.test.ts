import { describe, expect, it } from 'vitest';
import { endingOf, limit, stepAfterTurn } from '../../../../src/core/agent/nextStep.ts';
import type { ToolCall } from '../../../../src/core/providers/message.ts';
import type { TurnStop } from '../../../../src/shared/conversationEvents.ts';
import type { ConversationError } from '../../../../src/shared/outcome.ts';

const call: ToolCall = { callId: 'c', name: 'sum_numbers', input: {} };
const error: ConversationError = { kind: 'network', message: 'It broke off.', attempts: 1 };

function stepAfter(stop: TurnStop, toolCalls: readonly ToolCall[] = [], continuations = 0) {
  const message = { role: 'assistant', text: 'x', toolCalls, native: [] } as const;
  return stepAfterTurn({ stop, message, turn: 7 }, continuations, 5);
}

describe('the step after a turn', () => {
  it.each([
    ['final', { kind: 'final' }],
    ['continue', { kind: 'ask' }],
    ['truncated', limit('max_tokens')],
    ['context_full', limit('context_full')],
    ['refused', limit('refused')],
    // A turn that asks for tools and names none has said all it had to say.
    ['tool_calls', { kind: 'final' }],
  ] as const)('%s', (stop, step) => {
    expect(stepAfter(stop)).toEqual(step);
  });

  it('runs the tools that it asks for', () => {
    expect(stepAfter('tool_calls', [call])).toEqual({ kind: 'tools', turn: 7, calls: [call] });
  });

  it('does not continue without end', () => {
    expect(stepAfter('continue', [], 5)).toEqual({ kind: 'ask' });
    expect(stepAfter('continue', [], 6)).toEqual(limit('loop'));
  });

  it('names the budget when that shortened the answer', () => {
    const message = { role: 'assistant', text: 'x', toolCalls: [], native: [] } as const;
    const ended = { stop: 'truncated', message, turn: 1, shortenedBy: 'maxCostUsd' } as const;
    expect(stepAfterTurn(ended, 0, 5)).toEqual(limit('budget', 'maxCostUsd'));
  });
});

describe('the ending for a step', () => {
  it('is none as long as the conversation continues', () => {
    expect(endingOf({ kind: 'ask' })).toBeUndefined();
    expect(endingOf({ kind: 'tools', turn: 1, calls: [] })).toBeUndefined();
  });

  it('says how it ended, and why', () => {
    expect(endingOf({ kind: 'final' })).toEqual({ status: 'done', reason: 'final' });
    expect(endingOf(limit('max_turns'))).toEqual({ status: 'stopped', reason: 'max_turns' });
    expect(endingOf({ kind: 'limit', reason: 'needs_approval', error })).toEqual({
      ...{ status: 'stopped', reason: 'needs_approval', error },
    });
    expect(endingOf({ kind: 'failure', error })).toEqual({
      ...{ status: 'failed', reason: 'network', error },
    });
  });
});
