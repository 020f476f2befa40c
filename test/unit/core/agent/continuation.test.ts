import { describe, expect, it } from 'vitest';
import { messagesToContinue, textToContinue } from '../../../../src/core/agent/continuation.ts';
import type { Message } from '../../../../src/core/providers/message.ts';

const said = (text: string): Message => ({ role: 'assistant', text, toolCalls: [], native: [] });
const asked: Message = { role: 'user', text: 'Go.' };

describe('continuing a truncated answer', () => {
  it('needs nothing unless the model spoke last', () => {
    expect(messagesToContinue([asked])).toEqual([]);
    expect(messagesToContinue([])).toEqual([]);
  });

  it('joins only the parts that were continued, newest last', () => {
    const go = (history: readonly Message[]) => [...history, ...messagesToContinue(history)];
    const first = go([asked, said('Not this. '), asked, said('One, ')]);
    expect(textToContinue(first)).toBe('One, ');
    expect(textToContinue(go([...first, said('two, ')]))).toBe('One, two, ');
    expect(textToContinue([...first, said('two.')])).toBe('');
    expect(textToContinue([asked])).toBe('');
  });
});
