import { describe, expect, it } from 'vitest';
import { answerToKeep, hasEnded, lastDiscarded } from '../../../src/shared/conversationState.ts';
import { applyRunEvent, startRunState } from '../../../src/shared/runState.ts';
import { currentWait, requestOf } from '../../../src/shared/span.ts';
import { noUsage } from '../../../src/shared/usage.ts';
import { failure, RunScript, tokens } from '../../support/panel/runScript.ts';
import { answers, fails, starts } from './steps.ts';

function oneScript(): RunScript {
  return new RunScript({ prompts: [{ name: 'One' }] });
}

function conversationOf(script: RunScript) {
  return script.state().conversations[0]!;
}

describe('the state of a conversation', () => {
  it('is queued, with nothing done, when the run starts', () => {
    const script = oneScript();
    expect(conversationOf(script)).toMatchObject({
      ...script.started.conversations[0],
      index: 0,
      phase: 'queued',
      turn: 0,
      attempt: 0,
      spans: [],
      attempts: 0,
      partial: '',
      turns: [],
      toolCalls: [],
      answer: '',
      usage: noUsage,
      waitedMs: 0,
      earlierMs: 0,
    });
  });

  it('has the text of the current turn so far', () => {
    const script = oneScript()
      .at(100)
      .steps(0, ...starts)
      .steps(0, { type: 'turn.delta', turn: 1, text: 'Hel' })
      .steps(0, { type: 'turn.delta', turn: 1, text: 'lo' });
    expect(conversationOf(script)).toMatchObject({
      phase: 'running',
      startMs: 100,
      turn: 1,
      attempt: 1,
      attempts: 1,
      partial: 'Hello',
    });
  });

  it('has the thinking of the current turn, apart from its text', () => {
    const script = oneScript()
      .steps(0, ...starts)
      .steps(0, { type: 'turn.thinking', turn: 1, text: 'Let me ' })
      .steps(0, { type: 'turn.delta', turn: 1, text: 'Yes' })
      .steps(0, { type: 'turn.thinking', turn: 1, text: 'see.' });
    expect(conversationOf(script)).toMatchObject({ thinking: 'Let me see.', partial: 'Yes' });
    script.steps(0, ...answers('Yes.'));
    expect(conversationOf(script)).toMatchObject({ thinking: '', partial: '', answer: 'Yes.' });
  });

  it('has a current wait with its end until the request is sent', () => {
    const script = oneScript().steps(0, {
      type: 'conversation.waiting',
      reason: 'rate_limit',
      untilMs: 12_000,
    });
    expect(conversationOf(script).phase).toBe('waiting');
    expect(currentWait(conversationOf(script))).toMatchObject({
      reason: 'rate_limit',
      untilMs: 12_000,
    });
    expect(currentWait(conversationOf(script.steps(0, ...starts)))).toBeUndefined();
  });

  it('discards the text of a failed attempt and counts the attempt', () => {
    const script = oneScript()
      .steps(0, ...starts)
      .steps(0, { type: 'turn.delta', turn: 1, text: 'half' })
      .steps(0, {
        type: 'turn.discarded',
        turn: 1,
        attempt: 1,
        error: failure('overloaded', 'Busy.'),
      });
    expect(conversationOf(script).partial).toBe('');
    expect(lastDiscarded(conversationOf(script))).toMatchObject({
      attempt: 1,
      error: { kind: 'overloaded', message: 'Busy.' },
    });
    script.at(700).steps(0, { type: 'turn.started', turn: 1, attempt: 2 });
    script.at(900).steps(0, {
      type: 'turn.finished',
      turn: 1,
      text: 'whole',
      toolCalls: [],
      usage: tokens(10, 2, 4),
      requestId: 'req_1',
    });
    const state = conversationOf(script);
    expect(lastDiscarded(state)).toBeUndefined();
    expect(state).toMatchObject({ attempts: 2, usage: tokens(10, 2, 4) });
    expect(state.turns).toMatchObject([
      { turn: 1, text: 'whole', usage: tokens(10, 2, 4), requestId: 'req_1' },
    ]);
    expect(requestOf(state, 1)).toMatchObject({ attempt: 2, startMs: 700, endMs: 900 });
  });

  it('keeps every tool call with its result and its place in the run', () => {
    const call = { turn: 1, callId: 'a', name: 'sum_numbers' };
    const script = oneScript()
      .steps(0, ...starts)
      .at(10)
      .steps(0, { type: 'tool.started', ...call, input: { numbers: [1, 2] } });
    const started = {
      ...call,
      input: { numbers: [1, 2] },
      state: 'running',
      seq: 3,
    };
    expect(conversationOf(script).toolCalls).toEqual([started]);
    script.at(12).steps(0, { type: 'tool.finished', ...call, output: '3', isError: false });
    const finished = { ...started, state: 'ended', output: '3', isError: false, wasRun: true };
    expect(conversationOf(script).toolCalls).toEqual([finished]);
    // The same id in a later turn is another call.
    script
      .at(20)
      .steps(0, { type: 'tool.started', ...call, turn: 2, input: {} })
      .at(25)
      .steps(0, { type: 'tool.finished', ...call, turn: 2, output: 'no', isError: true });
    expect(conversationOf(script).toolCalls).toEqual([
      finished,
      { ...finished, turn: 2, input: {}, output: 'no', isError: true, seq: 5 },
    ]);
    expect(conversationOf(script).spans.slice(1)).toEqual([
      { kind: 'tool', ...call, isError: false, startMs: 10, endMs: 12 },
      { kind: 'tool', ...call, turn: 2, isError: true, startMs: 20, endMs: 25 },
    ]);
  });

  it.each([
    ['done', 'final'],
    ['failed', 'auth'],
    ['stopped', 'max_turns'],
    ['cancelled', 'cancelled'],
  ] as const)('ends as %s with its answer and reason', (status, reason) => {
    const error = status === 'failed' ? { error: failure('auth', 'Refused.') } : {};
    const script = oneScript()
      .steps(0, ...starts)
      .at(50)
      .steps(0, { type: 'conversation.finished', status, reason, answer: 'text', ...error });
    const state = conversationOf(script);
    expect(hasEnded(state)).toBe(true);
    expect(state).toMatchObject({ phase: status, reason, answer: 'text', endMs: 50, ...error });
    expect(script.state().counts).toMatchObject({ running: 0, [status]: 1 });
  });

  it('begins a rerun with its plan, its usage and its previous outcome only', () => {
    const price = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 };
    const script = new RunScript({ prompts: [{ name: 'One', price }] });
    const queued = conversationOf(script);
    const call = { turn: 1, callId: 'a', name: 'sum' };
    script
      .steps(0, { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 5 }, ...starts)
      .at(40)
      .steps(0, { type: 'turn.discarded', turn: 1, attempt: 1, error: failure('network', 'x') })
      .steps(0, { type: 'tool.started', ...call, input: {} })
      .steps(0, ...answers('a'), { type: 'conversation.requeued' });
    expect(conversationOf(script)).toStrictEqual({
      ...queued,
      attempts: 1,
      usage: tokens(100, 10),
      cost: { costUsd: 0.000_12, knownCostUsd: 0.000_12 },
      earlierMs: 40,
      previous: { status: 'done', reason: 'final', answer: 'a' },
    });
  });

  it('keeps the previous outcome through a rerun that fails, and drops it after success', () => {
    const script = oneScript()
      .steps(0, ...starts, ...fails)
      .steps(0, { type: 'conversation.requeued' }, ...starts)
      .steps(0, {
        type: 'conversation.finished',
        status: 'stopped',
        reason: 'max_turns',
        answer: 'half',
      });
    expect(conversationOf(script)).toMatchObject({
      phase: 'stopped',
      previous: { status: 'failed', reason: 'overloaded' },
    });
    expect(conversationOf(script).previous).not.toHaveProperty('answer');
    expect(conversationOf(script)).not.toHaveProperty('error');
    script.steps(0, { type: 'conversation.requeued' }, ...starts, ...answers('whole'));
    expect(conversationOf(script)).not.toHaveProperty('previous');
    expect(conversationOf(script)).toMatchObject({ phase: 'done', answer: 'whole', attempts: 3 });
  });

  it('keeps the final answer through reruns that end early, until there is a new one', () => {
    const requeued = { type: 'conversation.requeued' } as const;
    const resumed = { type: 'conversation.resumed' } as const;
    const cut = { status: 'cancelled', reason: 'cancelled', answer: 'ha' } as const;
    const script = oneScript().steps(0, ...starts, ...answers('first'));
    expect(answerToKeep(conversationOf(script))).toBe('first');
    for (const steps of [
      [requeued],
      [...starts, { type: 'conversation.finished', ...cut }],
      [requeued, ...starts, ...fails],
      [resumed, ...starts, { type: 'conversation.finished', ...cut }],
      [resumed],
    ] as const) {
      script.steps(0, ...steps);
      expect(answerToKeep(conversationOf(script))).toBe('first');
    }
    script.steps(0, ...starts, ...answers(''), requeued);
    expect(conversationOf(script).previous).not.toHaveProperty('answer');
    script.steps(0, ...starts, ...answers('second'));
    expect(answerToKeep(conversationOf(script))).toBe('second');
    expect(conversationOf(script)).not.toHaveProperty('previous');
  });
});

describe('the state of a run', () => {
  it('goes through pause, resumption, end and reopening', () => {
    const script = oneScript();
    const error = failure('auth', 'Refused.');
    const seen: unknown[] = [];
    const run = startRunState(script.started);
    const stamp = () => ({ seq: run.seq + 1, atMs: run.atMs + 100 });
    const note = () => seen.push([run.state, run.paused?.kind]);
    note();
    applyRunEvent(run, { type: 'run.paused', error, ...stamp() });
    note();
    applyRunEvent(run, { type: 'run.resumed', ...stamp() });
    note();
    applyRunEvent(run, { type: 'run.paused', error, ...stamp() });
    applyRunEvent(run, { type: 'run.finished', state: 'cancelled', ...stamp() });
    note();
    applyRunEvent(run, { type: 'run.reopened', ...stamp() });
    note();
    expect(seen).toEqual([
      ['running', undefined],
      ['running', 'auth'],
      ['running', undefined],
      ['cancelled', undefined],
      ['running', undefined],
    ]);
    expect(run).toMatchObject({ seq: 5, atMs: 500, activeMs: 200, activeSinceMs: 500 });
  });

  it('keeps its notes in the order in which they were made', () => {
    const run = startRunState(oneScript().started);
    applyRunEvent(run, { type: 'run.noted', text: 'one', seq: 1, atMs: 1 });
    applyRunEvent(run, { type: 'run.noted', text: 'two', seq: 2, atMs: 2 });
    expect(run.notes).toEqual(['one', 'two']);
  });

  it('ignores an event of a conversation that it does not have', () => {
    const script = oneScript();
    const run = script.state();
    applyRunEvent(run, { type: 'conversation.started', conversation: 7, seq: 1, atMs: 5 });
    expect(run.conversations).toHaveLength(1);
    expect(run.counts).toMatchObject({ queued: 1, running: 0 });
  });
});

describe('a conversation that goes on', () => {
  it('asks again for what waited or ran, and keeps the limits that were raised for it', () => {
    const call = { turn: 1, name: 'send' };
    const toolCalls = ['a', 'b', 'c'].map((callId) => ({ callId, name: 'send', input: {} }));
    const script = oneScript().steps(
      0,
      ...starts,
      { type: 'turn.finished', turn: 1, text: '', toolCalls, usage: tokens(1, 1) },
      { type: 'tool.waiting', ...call, callId: 'a' },
      { type: 'tool.started', ...call, callId: 'b', input: {} },
      { type: 'tool.finished', ...call, callId: 'c', output: 'no', isError: true, wasRun: false },
      { type: 'conversation.resumed', raised: { maxTurns: 100 } },
      { type: 'conversation.resumed', raised: { toolCalls: 200 } },
      { type: 'conversation.resumed' },
    );
    const state = conversationOf(script);
    expect(state.toolCalls).toMatchObject([
      { callId: 'a', state: 'asked' },
      { callId: 'b', state: 'asked' },
      { callId: 'c', state: 'ended', wasRun: false },
    ]);
    expect(state.raised).toEqual({ maxTurns: 100, toolCalls: 200 });
    script.steps(0, { type: 'conversation.requeued' });
    expect(conversationOf(script).raised).toBeUndefined();
  });

  it('keeps what was raised for the run when it starts anew', () => {
    const raised = { maxTurns: 100, maxRunToolCalls: 200 };
    const script = oneScript().steps(
      0,
      ...starts,
      { type: 'conversation.resumed', raised },
      { type: 'conversation.requeued' },
    );
    expect(conversationOf(script).raised).toEqual({ maxRunToolCalls: 200 });
  });
});
