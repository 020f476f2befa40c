import { describe, expect, it } from 'vitest';
import { messagesToGoOn, textToGoOnFrom } from '../../../../src/core/agent/goingOn.ts';
import type { Message } from '../../../../src/core/providers/message.ts';

const said = (text: string): Message => ({ role: 'assistant', text, toolCalls: [], native: [] });
const asked: Message = { role: 'user', text: 'Go.' };

describe('continuing a truncated answer', () => {
  it('needs nothing unless the model spoke last', () => {
    expect(messagesToGoOn([asked])).toEqual([]);
    expect(messagesToGoOn([])).toEqual([]);
  });

  it('joins only the parts that were continued, newest last', () => {
    const go = (history: readonly Message[]) => [...history, ...messagesToGoOn(history)];
    const first = go([asked, said('Not this. '), asked, said('One, ')]);
    expect(textToGoOnFrom(first)).toBe('One, ');
    expect(textToGoOnFrom(go([...first, said('two, ')]))).toBe('One, two, ');
    expect(textToGoOnFrom([...first, said('two.')])).toBe('');
    expect(textToGoOnFrom([asked])).toBe('');
  });
});
