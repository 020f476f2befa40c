import { describe, expect, it } from 'vitest';
import { RunLog } from '../../../../src/core/export/runLog.ts';
import type { CallDecision } from '../../../../src/shared/callDecision.ts';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import { applyRunEvent, startRunState } from '../../../../src/shared/runState.ts';
import { RunScript, tokens } from '../../../support/panel/runScript.ts';

/** What the log says of these steps of one conversation, without the columns. */
function wordsOf(...steps: readonly ConversationStep[]): readonly string[] {
  const script = new RunScript({ prompts: [{ name: 'A' }] }).steps(0, ...steps);
  const run = startRunState(script.started);
  const log = new RunLog(run, 'interleaved');
  return script.events.flatMap((event) => {
    applyRunEvent(run, event);
    return log.lines(event).map((line) => line.slice(30));
  });
}

const started: readonly ConversationStep[] = [
  { type: 'conversation.started' },
  { type: 'turn.started', turn: 1, attempt: 1 },
];
const call = { turn: 1, callId: 'c', name: 'run_command' };
const asks: ConversationStep = {
  ...{ type: 'turn.finished', turn: 1, text: '', usage: tokens(10, 2) },
  toolCalls: [{ callId: 'c', name: 'run_command', input: { command: 'ls' } }],
};
const ask: CallDecision = { verdict: 'ask', by: { kind: 'default', why: 'It writes.' } };
const deny: CallDecision = { verdict: 'deny', by: { kind: 'person' } };
const last = (...steps: readonly ConversationStep[]) => wordsOf(...started, asks, ...steps).at(-1);

describe('what the log says of a tool call', () => {
  it.each<[string, ConversationStep]>([
    ['… run_command waits for other calls', { type: 'tool.checked', ...call }],
    [
      '… run_command waits for a decision: {"command":"ls"} (needs a decision: It writes.)',
      { type: 'tool.waiting', ...call, decision: ask },
    ],
    [
      '… ask_user waits for an answer: undefined (needs a decision: It writes.)',
      { type: 'tool.waiting', ...call, callId: 'x', name: 'ask_user', decision: ask },
    ],
    [
      '→ run_command {"command":"ls"} (denied: the user)',
      { type: 'tool.started', ...call, input: { command: 'ls' }, decision: deny },
    ],
    [
      '← run_command {"command":"ls"} not run: No. (denied: the user)',
      {
        type: 'tool.finished',
        ...call,
        output: 'No.',
        isError: true,
        wasRun: false,
        decision: deny,
      },
    ],
  ])('%s', (words, step) => {
    expect(last(step)).toBe(words);
  });

  it('names the size of what was clipped', () => {
    const begun: ConversationStep = { type: 'tool.started', ...call, input: {} };
    const end = { type: 'tool.finished', ...call, output: 'é', isError: false } as const;
    expect(last(begun, end)).toBe('← run_command ok 0 ms 2 B');
    expect(last(begun, { ...end, wholeBytes: 1_500 })).toBe(
      '← run_command ok 0 ms, clipped 1.5 kB → 2 B',
    );
  });

  it('escapes nothing but what a terminal would act on', () => {
    const words = last({ type: 'tool.started', ...call, input: 'a\u0001"\n' });
    expect(words).toBe('→ run_command "a[U+0001]\\"\\n"');
    expect(last({ type: 'tool.started', ...call, input: undefined })).toBe(
      '→ run_command undefined',
    );
  });
});

describe('what the log says of a wait', () => {
  it.each([
    ['slot', '… waiting for a free slot'],
    ['rate_limit', '… waiting for rate limit'],
    ['warm_up', '… waiting for the prompt cache'],
    ['budget', '… waiting for the budget, others may use it up'],
    ['offline', '… offline, next try'],
    ['blocked', '… paused'],
    ['decision', '… waiting for a decision'],
    ['retry', '… retrying'],
  ] as const)('%s: %s', (reason, words) => {
    expect(wordsOf({ type: 'conversation.waiting', reason })).toEqual([words]);
    const timed = reason === 'offline' ? `${words} 1.5 s` : `${words}, 1.5 s`;
    expect(wordsOf({ type: 'conversation.waiting', reason, untilMs: 1_500 })).toEqual([timed]);
  });

  it('that is long names the time of its end', () => {
    const wait = { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 600_000 } as const;
    const [words] = wordsOf({ ...wait, untilTime: '2026-03-04T14:05:00' });
    expect(words).toBe('… waiting for rate limit, until 14:05');
  });
});

describe('what the log says of agents', () => {
  const by = { agent: 'lead', provider: 'openai', model: 'm' };
  const question: ConversationStep = {
    type: 'agent.asked',
    ...{ turn: 1, callId: 'c', by, prompt: 'Why?' },
  };

  it('names who goes on, and who is asked', () => {
    expect(last({ type: 'agent.changed', turn: 1, callId: 'c', to: by })).toBe(
      '⇒ handed over to lead (openai m)',
    );
    expect(last(question)).toBe('⇢ asks lead (openai m): Why?');
  });

  it('puts those that lead to a nested conversation before what it does', () => {
    const within = ['1 c'];
    const lines = wordsOf(
      ...[...started, asks, question],
      { type: 'conversation.started', within },
      { ...asks, turn: 1, within } as ConversationStep,
      { type: 'turn.delta', turn: 1, text: 'x', within },
      { type: 'conversation.started', within: ['1 x'] },
    );
    expect(lines.slice(3)).toEqual([
      ...['lead > ▶ lead (openai m)', 'lead > t1 · asks for 1 tool call, 10 tokens in, 2 out'],
    ]);
  });
});

it('the turn of a nested conversation is the one in which it was asked', () => {
  const by = { provider: 'openai', model: 'm' };
  const script = new RunScript({ prompts: [{ name: 'A' }] }).steps(
    ...([0, ...started, asks] as const),
    { type: 'agent.asked', turn: 1, callId: 'c', by, prompt: 'Why?' },
    { ...asks, turn: 7, within: ['1 c'] } as ConversationStep,
  );
  const run = startRunState(script.started);
  const log = new RunLog(run, 'interleaved');
  const lines = script.events.flatMap((event) => {
    applyRunEvent(run, event);
    return log.lines(event);
  });
  expect(lines.map((line) => line.slice(26, 28))).toEqual(['  ', 't1', 't1', 't1']);
});

describe('what the log says of an end', () => {
  const end = (status: string, reason: string, more: object = {}) =>
    ({ type: 'conversation.finished', status, reason, answer: '', ...more }) as ConversationStep;

  it.each([
    [end('stopped', 'loop'), '⚠ stopped after 0 ms: going in circles'],
    [end('stopped', 'odd'), '⚠ stopped after 0 ms: odd'],
    [end('cancelled', 'cancelled'), '⊘ cancelled'],
    [
      end('cancelled', 'cancelled', { usage: tokens(1_500, 2) }),
      '⊘ cancelled (1.5k tokens in, 2 out)',
    ],
    [
      end('cancelled', 'cancelled', { usage: { ...tokens(5, 2), incomplete: true } }),
      '⊘ cancelled',
    ],
    [end('failed', 'internal'), '✕ failed after 0 ms: internal: '],
    [end('done', 'final'), '✓ done in 0 ms, 1 turn, 1 tool call'],
  ])('%#', (step, words) => {
    expect(last(step)).toBe(words);
  });

  it('says that tokens were not reported', () => {
    const silent = {
      ...asks,
      toolCalls: [],
      usage: { ...tokens(0, 0), incomplete: true },
    } as ConversationStep;
    expect(wordsOf(...started, silent).at(-1)).toBe('· answers, 0 ms, tokens not reported');
  });

  it('says from where it goes on, and with which limits', () => {
    const again = [
      ...[end('stopped', 'max_turns'), { type: 'conversation.resumed', raised: { maxTurns: 40 } }],
      ...[end('failed', 'network'), { type: 'conversation.requeued' }],
    ] as ConversationStep[];
    const lines = wordsOf(...started, asks, ...again);
    expect(lines).toContain('↻ resumed after 1 turn, limit raised: maxTurns 40');
    expect(lines.at(-1)).toBe('↻ queued again');
  });
});

it('what the log says of the run', () => {
  const script = new RunScript({ prompts: [{ name: 'A' }] })
    .pause({ kind: 'quota', message: 'used up', attempts: 1 })
    .resume()
    .pause({ kind: 'internal', message: 'The disk is full.', attempts: 0 })
    .note('A note.')
    .decide(deny, { conversation: 0, turn: 1, callId: 'c' })
    .finish('cancelled')
    .reopen();
  const run = startRunState(script.started);
  const log = new RunLog(run, 'interleaved');
  const lines = script.events.flatMap((event) => {
    applyRunEvent(run, event);
    return log.lines(event).map((line) => line.slice(30));
  });
  expect(lines).toEqual([
    ...['‖ paused: quota: used up', '▶ resumed', '‖ paused: The disk is full.', 'i A note.'],
    ...['◆ 1 tool call denied: the user', '■ cancelled: ; 0 ms'],
    '▶ again: what did not succeed',
  ]);
});
