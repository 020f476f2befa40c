import { describe, expect, it, vi } from 'vitest';
import { Redactor } from '../../../../src/core/base/redact.ts';
import type { Provider } from '../../../../src/core/providers/provider.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { hideKeysInPieces } from '../../../../src/core/runner/streamedKeys.ts';
import { createLineFinder } from '../../../../src/core/tools/workspace/search/lineFinder.ts';
import { impatient, record, testAgent, testRun } from '../../../support/runs.ts';
import { never, ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { settled } from '../../../support/settled.ts';
import { probe } from '../tools/toolFixtures.ts';

const key = 'q7Zt-canary-0123456789-abcdefghij';

/** Streams these pieces and then says nothing more. */
function stalling(...pieces: readonly string[]): Provider {
  const provider = new ScriptedProvider(() => (_, signal) => never(signal));
  const turn = provider.turn.bind(provider);
  provider.turn = (request, observer, signal) => {
    for (const piece of pieces) observer.onText?.(piece);
    return turn(request, observer, signal);
  };
  return provider;
}

/** What an answer that is cut short by a person comes to. */
async function answerOfCancelled(...pieces: readonly string[]): Promise<string> {
  const redactor = new Redactor();
  redactor.add(key);
  const runner = new Runner({ retry: impatient, redactor });
  const run = testRun(testAgent(stalling(...pieces)), ['a'], { runner });
  const events = record(run);
  run.start();
  await vi.waitFor(() => expect(run.state.conversations[0]?.phase).toBe('running'));
  await settled();
  run.cancel();
  const result = await run.ended();
  for (let end = 8; end <= key.length; end++) {
    expect(JSON.stringify([result, events])).not.toContain(key.slice(0, end));
  }
  return result.conversations[0]!.answer;
}

describe('nested conversations that stream at the same time', () => {
  it('show no part of a key that each of them streams in pieces', () => {
    const redactor = new Redactor();
    redactor.add(key);
    const hide = hideKeysInPieces(redactor);
    const shown = new Map<string, string>();
    const say = (text: string): void => {
      for (const within of [['1 a'], ['1 b'], undefined]) {
        const place = within === undefined ? {} : { within };
        const step = hide({ type: 'turn.delta', turn: 1, text, ...place });
        const known = shown.get(String(within)) ?? '';
        shown.set(String(within), known + (step.type === 'turn.delta' ? step.text : ''));
      }
    };
    for (const piece of [key.slice(0, 9), key.slice(9, 20), `${key.slice(20)} is it.`]) say(piece);
    expect([...shown.values()]).toEqual(Array(3).fill('[redacted] is it.'));
  });
});

describe('an answer that is cut short in the middle of a key', () => {
  it('holds no part of it that would tell it', async () => {
    expect(await answerOfCancelled('The key is ', key.slice(0, -1))).toBe('The key is ');
    expect(await answerOfCancelled(`The key is ${key.slice(0, 12)}`)).toBe('The key is ');
    expect(await answerOfCancelled(`${key} and ${key.slice(0, 20)}`)).toBe('[redacted] and ');
  });

  it('is whole when its end only happens to look like the beginning of one', async () => {
    expect(await answerOfCancelled('As in Iraq')).toBe('As in Iraq');
    expect(await answerOfCancelled('It is q7Z')).toBe('It is q7Z');
  });
});

describe('a line that is shown in part', () => {
  const find = createLineFinder({ text: 'needle', isRegExp: false, caseSensitive: true });

  it('tells no part of a key that it was cut in, wherever that was', async () => {
    for (let before = 0; before <= 400; before++) {
      for (const line of [
        `${'x'.repeat(300)}needle${'.'.repeat(before)}${key}${'y'.repeat(300)}`,
        `${'x'.repeat(300)}${key}${'.'.repeat(before)}needle${'y'.repeat(300)}`,
      ]) {
        const content = await contentOf(find(line, 1)[0]!.text);
        for (let at = 0; at + 8 <= key.length; at++) {
          expect(content).not.toContain(key.slice(at, at + 8));
        }
      }
    }
  });

  it('keeps everything else', async () => {
    for (const text of ['…', '… and so on …', 'q7Zt…', '…fghij', `${key.slice(0, 12)} …`, 'a…b']) {
      expect(await contentOf(text)).toBe(text);
    }
  });
});

/** What a model gets to see of a tool's text, in a run that knows the key. */
async function contentOf(text: string): Promise<string> {
  const redactor = new Redactor();
  redactor.add(key);
  const provider = new ScriptedProvider((_, turn) =>
    turn === 1 ? { calls: [{ callId: 'c', name: 'probe', input: {} }] } : { text: 'Done.' },
  );
  const agent = testAgent(provider, { tools: [probe(() => text)] });
  const run = testRun(agent, ['a'], { runner: new Runner({ retry: impatient, redactor }) });
  run.start();
  return (await run.ended()).conversations[0]!.toolCalls[0]!.output;
}
