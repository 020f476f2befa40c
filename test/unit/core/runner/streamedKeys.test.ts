import { describe, expect, it } from 'vitest';
import { Redactor } from '../../../../src/core/base/redact.ts';
import { hideKeysInEvent, hideKeysInPieces } from '../../../../src/core/runner/streamedKeys.ts';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';

const key = 'q7Zt-canary-0123456789-abcdefghij';
const cut = `It is ${key.slice(0, 20)}`;

function hiding() {
  const redactor = new Redactor();
  redactor.add(key);
  return { hide: hideKeysInPieces(redactor), redactor };
}

const started: ConversationStep = { type: 'turn.started', turn: 1, attempt: 1 };
const delta = (text: string): ConversationStep => ({ type: 'turn.delta', turn: 1, text });
const ended: ConversationStep = {
  ...{ type: 'turn.finished', turn: 1, text: cut, toolCalls: [] },
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
};
const discarded: ConversationStep = {
  ...{ type: 'turn.discarded', turn: 1, attempt: 1 },
  error: { kind: 'network', message: 'x', attempts: 1 },
};
const finished = (answer: string, more: object = {}): ConversationStep => ({
  ...{ type: 'conversation.finished', status: 'cancelled', reason: 'cancelled', answer, ...more },
});

describe('the answer of a conversation that ends', () => {
  it.each<[string, readonly ConversationStep[], object, boolean]>([
    ['while it streams', [started], {}, false],
    ['after a complete turn', [started, ended], {}, true],
    ['after a discarded turn', [started, discarded], {}, true],
    ['before a turn', [], {}, true],
    ['with an answer that broke off', [started, discarded], { answerIs: 'broken_off' }, false],
    ['with an interim text', [started, ended], { answerIs: 'interim' }, true],
  ])('%s keeps what may be the beginning of a key: %s', (_, steps, more, isKept) => {
    const { hide } = hiding();
    for (const step of steps) hide(step);
    expect(hide(finished(cut, more))).toMatchObject({ answer: isKept ? cut : 'It is ' });
  });
});

describe('the pieces of an answer', () => {
  it('hold a beginning of a key back until it is known what it is', () => {
    const { hide } = hiding();
    hide(started);
    expect(hide(delta(key.slice(0, 20)))).toMatchObject({ text: '' });
    expect(hide(delta(`${key.slice(20)}.`))).toMatchObject({ text: '[redacted].' });
    expect(hide(delta(key.slice(0, 20)))).toMatchObject({ text: '' });
    // The next attempt does not go on with it.
    hide(started);
    expect(hide(delta(key.slice(20)))).toMatchObject({ text: key.slice(20) });
  });

  it('are passed on as they are where there is nothing to hide', () => {
    const { hide } = hiding();
    hide(started);
    const step = delta('Hello.');
    expect(hide(step)).toBe(step);
    expect(hide({ type: 'turn.thinking', turn: 1, text: `a ${key} b` })).toMatchObject({
      text: 'a [redacted] b',
    });
  });

  it('of a nested conversation are its own, until that has ended', () => {
    const { hide } = hiding();
    const within = ['1 c'];
    hide({ ...started, within });
    expect(hide({ ...delta(key.slice(0, 20)), within })).toMatchObject({ text: '' });
    expect(hide({ ...finished(cut), within })).toMatchObject({ answer: 'It is ' });
    expect(hide({ ...finished(cut), within })).toMatchObject({ answer: cut });
  });
});

it('events are cleaned as a whole, but for the pieces that were cleaned before', () => {
  const { redactor } = hiding();
  const at = { conversation: 0, seq: 1, atMs: 0 };
  const note = hideKeysInEvent(
    { type: 'run.noted', text: `see ${key}`, seq: 1, atMs: 0 },
    redactor,
  );
  expect(note.text).toBe('see [redacted]');
  for (const type of ['turn.delta', 'turn.thinking'] as const) {
    const piece = { type, turn: 1, text: key, ...at };
    expect(hideKeysInEvent(piece, redactor)).toBe(piece);
  }
});
