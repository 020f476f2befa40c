import { describe, expect, it } from 'vitest';
import { trimHistory } from '../../../../src/core/agent/trimHistory.ts';
import type { Message } from '../../../../src/core/providers/message.ts';

function history(turns: number): Message[] {
  const messages: Message[] = [{ role: 'user', text: 'question' }];
  for (let turn = 1; turn <= turns; turn++) {
    const callId = `call-${turn}`;
    const toolCalls = [{ callId, name: 'read_file', input: { path: 'a' } }];
    messages.push({
      role: 'assistant',
      text: `turn ${turn}`,
      toolCalls,
      native: [{ signed: turn }],
    });
    const content = `content ${turn}`;
    messages.push({
      role: 'tool',
      outcomes: [{ callId, name: 'read_file', content, isError: false }],
    });
  }
  return messages;
}

describe('a history that is too long', () => {
  it('loses old tool results, but every call keeps a result', () => {
    const before = history(5);
    const after = trimHistory(before)!;
    const outcomes = after.flatMap((message) => (message.role === 'tool' ? message.outcomes : []));
    expect(outcomes.map(({ callId }) => callId)).toEqual([1, 2, 3, 4, 5].map((n) => `call-${n}`));
    expect(outcomes.map(({ content }) => content.startsWith('content'))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(after.map(({ role }) => role)).toEqual(before.map(({ role }) => role));
  });

  it('drops blocks that are valid only after an unchanged history', () => {
    const after = trimHistory(history(3))!;
    expect(
      after.every((message) => message.role !== 'assistant' || message.native.length === 0),
    ).toBe(true);
  });

  it('is not trimmed twice, nor when it has nothing old', () => {
    expect(trimHistory(trimHistory(history(5))!)).toBeUndefined();
    expect(trimHistory(history(2))).toBeUndefined();
  });

  it('is not modified in place', () => {
    const before = history(4);
    const copy = structuredClone(before);
    trimHistory(before);
    expect(before).toEqual(copy);
  });
});
