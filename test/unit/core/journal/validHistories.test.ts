import { expect, it } from 'vitest';
import { resumePoints } from '../../../../src/core/journal/read/resumePoints.ts';
import type { Message } from '../../../../src/core/providers/message.ts';

const call = { callId: 'c', name: 'look', input: {} };
const messages: Readonly<Record<string, Message>> = {
  user: { role: 'user', text: 'Go.' },
  text: { role: 'assistant', text: 'Hm.', toolCalls: [], native: [] },
  calls: { role: 'assistant', text: '', toolCalls: [call], native: [] },
  tool: { role: 'tool', outcomes: [{ callId: 'c', name: 'look', content: '', isError: false }] },
};

/** A conversation with this history: how much of it is sent again. */
function keptOf(history: string, { turns = [] as object[], missing = 0, incomplete = false }) {
  const found = history.split(' ').flatMap((name) => messages[name] ?? []);
  const conversation = { index: 0, turns, toolCalls: [] };
  const { messages: kept } = resumePoints({ conversations: [conversation] } as never, {
    ...{ messages: new Map([[0, found]]), damaged: missing, missing, begunCalls: new Map() },
    incomplete: new Set(incomplete ? [0] : []),
  });
  return kept.get(0)?.length ?? 0;
}

const first = { turn: 1 };

it.each([
  ['nothing', '', {}, 0],
  ['a prompt', 'user', {}, 1],
  ['no prompt', 'text', { turns: [first] }, 0],
  ['results of tools', 'user calls tool', { turns: [first] }, 3],
  ['results of tools, and a gap', 'user calls tool', { missing: 1, incomplete: true }, 3],
  ['an answer that was shown', 'user text', { turns: [first] }, 2],
  ['an answer that was never shown', 'user text', {}, 1],
  ['an answer that was lost', 'user text', { missing: 1 }, 1],
  ['an answer after which something is lost', 'user text', { turns: [first], incomplete: true }, 1],
  ['an answer of another turn', 'user text', { turns: [{ turn: 2 }] }, 1],
  ['calls that were never shown', 'user calls', {}, 1],
  ['calls that were shown', 'user calls', { turns: [first] }, 2],
  ['calls, and a gap', 'user calls', { missing: 1, incomplete: true }, 2],
  [
    'a part that is gone on from, and a gap',
    'user text',
    { turns: [{ turn: 1, stop: 'continue' }], missing: 1, incomplete: true },
    2,
  ],
])('of a history that ends in %s (%s, %j), %i messages are kept', (_, history, known, count) => {
  expect(keptOf(history, known)).toBe(count);
});
