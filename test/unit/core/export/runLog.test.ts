import { describe, expect, it } from 'vitest';
import { RunLog } from '../../../../src/core/export/runLog.ts';
import type { ConversationStep, RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { applyRunEvent, startRunState } from '../../../../src/shared/runState.ts';
import { failure, RunScript, tokens } from '../../../support/panel/runScript.ts';

/** The lines of a whole run, event by event. */
function linesOf(script: RunScript, order: 'interleaved' | 'grouped' = 'interleaved'): string[] {
  const run = startRunState(script.started);
  const log = new RunLog(run, order);
  const lines = [...log.lines(script.started)];
  for (const event of script.events) {
    applyRunEvent(run, event);
    lines.push(...log.lines(event));
  }
  return lines;
}

function call(name: string, callId: string, input: unknown): ConversationStep {
  return { type: 'tool.started', turn: 1, callId, name, input };
}

function callEnd(name: string, callId: string, output: string, isError = false): ConversationStep {
  return { type: 'tool.finished', turn: 1, callId, name, output, isError };
}

const begin: readonly ConversationStep[] = [
  { type: 'conversation.started' },
  { type: 'turn.started', turn: 1, attempt: 1 },
];

const turnWithCall: ConversationStep = {
  type: 'turn.finished',
  turn: 1,
  text: '',
  toolCalls: [{ callId: 'a', name: 'read_file', input: {} }],
  usage: tokens(1_234, 56),
};

function everyKindOfEvent(): RunScript {
  const error = failure('overloaded', 'Busy.\nTry later.');
  return new RunScript({
    title: 'review.prompts.md',
    prompts: [{ name: 'Dead code' }, { name: 'B' }],
  })
    .steps(1, { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 1_000 })
    .at(4)
    .steps(0, ...begin, { type: 'turn.delta', turn: 1, text: 'never shown' })
    .at(1_200)
    .steps(0, turnWithCall)
    .at(1_204)
    .steps(0, call('read_file', 'a', { path: 'src/a.ts' }))
    .at(1_242)
    .steps(0, callEnd('read_file', 'a', 'x'.repeat(1_234)))
    .steps(1, ...begin, {
      type: 'turn.discarded',
      turn: 1,
      attempt: 1,
      error,
      usage: tokens(900, 7),
    })
    .steps(1, { type: 'conversation.waiting', reason: 'retry', untilMs: 1_742, attempt: 2, of: 8 })
    .at(1_742)
    .steps(1, { type: 'turn.started', turn: 1, attempt: 2 })
    .at(1_800)
    .steps(1, turnWithCall, call('search_text', 'b', { query: 'x' }))
    .at(1_850)
    .steps(1, callEnd('search_text', 'b', 'no such\nfolder', true))
    .at(2_000)
    .steps(0, { type: 'turn.started', turn: 2, attempt: 1 })
    .at(61_000)
    .steps(0, { ...turnWithCall, turn: 2, toolCalls: [], usage: tokens(10, 2) } as ConversationStep)
    .steps(0, { type: 'conversation.finished', status: 'done', reason: 'final', answer: 'It.' })
    .steps(1, {
      type: 'conversation.finished',
      status: 'failed',
      reason: 'overloaded',
      answer: '',
      error,
    })
    .finish();
}

describe('the log of a run', () => {
  it('has one line per event, in fixed columns', () => {
    expect(linesOf(everyKindOfEvent())).toEqual([
      '00:00.000  r3  all/2                ▶ review.prompts.md: 2 prompts, anthropic claude-opus-5-5, concurrent',
      '00:00.000  r3  p2/2  b              … waiting for rate limit, 1.0 s',
      '00:00.004  r3  p1/2  dead-code      ▶ anthropic claude-opus-5-5',
      '00:01.200  r3  p1/2  dead-code  t1  · asks for 1 tool call, 1.2 s, 1.2k tokens in, 56 out',
      '00:01.204  r3  p1/2  dead-code  t1  → read_file {"path":"src/a.ts"}',
      '00:01.242  r3  p1/2  dead-code  t1  ← read_file ok 38 ms 1.2 kB',
      '00:01.242  r3  p2/2  b              ▶ anthropic claude-opus-5-5',
      '00:01.242  r3  p2/2  b          t1  ✕ attempt 1 overloaded: Busy.⏎Try later. (900 tokens in, 7 out)',
      '00:01.242  r3  p2/2  b              … retrying (2/8), 500 ms',
      '00:01.742  r3  p2/2  b          t1  ↻ attempt 2',
      '00:01.800  r3  p2/2  b          t1  · asks for 1 tool call, 58 ms, 1.2k tokens in, 56 out',
      '00:01.800  r3  p2/2  b          t1  → search_text {"query":"x"}',
      '00:01.850  r3  p2/2  b          t1  ← search_text error 50 ms: no such⏎folder',
      '01:01.000  r3  p1/2  dead-code  t2  · answers, 59.0 s, 10 tokens in, 2 out',
      '01:01.000  r3  p1/2  dead-code      ✓ done in 1 min 01 s, 2 turns, 1 tool call',
      '01:01.000  r3  p2/2  b              ✕ failed after 59.8 s: overloaded: Busy.⏎Try later.',
      '01:01.000  r3  all/2                ■ finished: 1 done, 1 failed; 1 min 01 s',
    ]);
  });

  it.each([
    [{ inputTokens: 12_345, costUsd: 0.031 }, '; at least 12.3k tokens in, $0.031'],
    [{ inputTokens: 345, costUsd: null }, '; at least 345 tokens in, cost unknown'],
    [{ inputTokens: 345, costUsd: 0 }, ''],
  ])('shows before sending anything what %o comes to', (estimate, text) => {
    const [first] = linesOf(new RunScript({ prompts: [{ name: 'A' }], estimate }));
    expect(first).toContain(', concurrent');
    expect(first?.slice(first.indexOf(', concurrent'))).toBe(`, concurrent${text}`);
  });

  it('when grouped, holds back the lines of each conversation until it ends', () => {
    const script = everyKindOfEvent();
    const interleaved = linesOf(script);
    const grouped = linesOf(script, 'grouped');
    const of = (lines: readonly string[], place: string) =>
      lines.filter((line) => line.includes(` ${place}/2 `));
    expect(grouped.toSorted()).toEqual(interleaved.toSorted());
    expect(grouped).toEqual([
      interleaved[0],
      ...of(interleaved, 'p1'),
      ...of(interleaved, 'p2'),
      interleaved.at(-1),
    ]);
    expect(interleaved).not.toEqual(grouped);
  });

  it('says how a conversation was stopped or cancelled, and that it runs again', () => {
    const ends = (status: 'stopped' | 'cancelled', reason: 'max_turns' | 'cancelled') =>
      ({ type: 'conversation.finished', status, reason, answer: '' }) as const;
    const script = new RunScript({ prompts: [{ name: 'A' }, { name: 'B' }] })
      .steps(0, ...begin, ends('stopped', 'max_turns'))
      .steps(1, ends('cancelled', 'cancelled'))
      .finish('cancelled')
      .at(9_000)
      .reopen()
      .steps(0, { type: 'conversation.requeued' });
    expect(linesOf(script).map((line) => line.slice(line.indexOf('/2') + 2).trim())).toEqual([
      '▶ math.prompts.md: 2 prompts, anthropic claude-opus-5-5, concurrent',
      'a        ▶ anthropic claude-opus-5-5',
      'a        ⚠ stopped after 0 ms: turn limit reached',
      'b        ⊘ cancelled',
      '■ cancelled: 1 stopped, 1 cancelled; 0 ms',
      '▶ again: what did not succeed',
      'a        ↻ queued again',
    ]);
  });

  it('says why a run pauses, and that it continues', () => {
    const script = new RunScript({ prompts: [{ name: 'A' }] });
    const error = failure('auth', 'The key was refused.\nSet another one.');
    const events: RunEvent[] = [
      { type: 'run.paused', error, seq: 1, atMs: 10 },
      { type: 'run.resumed', seq: 2, atMs: 20 },
    ];
    const log = new RunLog(script.state(), 'interleaved');
    expect(events.flatMap((event) => log.lines(event))).toEqual([
      expect.stringMatching(
        /^00:00\.010 {2}r3 {2}all\/1 .*auth: The key was refused\.⏎Set another/,
      ),
      expect.stringMatching(/^00:00\.020 {2}r3 {2}all\/1 .*resumed$/),
    ]);
  });

  it('keeps its columns whatever the number of conversations and the length of names', () => {
    const names = ['A', 'A name that is much longer than the column has room for', 'Ünïcödé'];
    const prompts = Array.from({ length: 120 }, (_, index) => ({ name: names[index % 3]! }));
    const script = new RunScript({ prompts });
    for (const index of prompts.keys()) script.steps(index, ...begin, call('sum', 'a', {}));
    const [first, ...rest] = linesOf(script.finish());
    const column = first!.indexOf('▶');
    const marks = rest.map((line) => line.slice(column - 1, column + 1));
    expect(new Set(marks)).toEqual(new Set([' ▶', ' →', ' ■']));
    expect(rest[1]).toMatch(/^00:00\.000 {2}r3 {2}p001\/120 /);
    expect(rest.at(-2)).toMatch(/^00:00\.000 {2}r3 {2}p120\/120 /);
  });

  it('marks a run with simulated answers', () => {
    const script = new RunScript({ simulated: true, prompts: [{ name: 'A' }] });
    expect(linesOf(script)[0]).toMatch(/concurrent, simulated answers$/);
  });
});
