import { describe, expect, it } from 'vitest';
import { conversationToMarkdown } from '../../../src/core/export/markdown.ts';
import { runResultSchema } from '../../../src/core/export/resultSchema.ts';
import type { PlannedConversation as Plan } from '../../../src/shared/plannedRun.ts';
import { toRunResult } from '../../../src/shared/runResult.ts';
import { applyRunEvent, startRunState } from '../../../src/shared/runState.ts';
import { failure, RunScript, tokens } from '../../support/panel/runScript.ts';
import { answers, fails, starts } from './steps.ts';

const price = { input: 10, output: 15, cacheRead: 1, cacheWrite: 12 };

describe('the result of a run', () => {
  it('lists all conversations in prompt order, whatever order they ended in', () => {
    const script = new RunScript({
      title: 'a.prompts.md',
      prompts: [
        { name: 'A', price },
        { name: 'B', price },
      ],
    })
      .at(1.4)
      .steps(0, ...starts)
      .steps(1, ...starts)
      .at(20)
      .steps(1, { type: 'tool.started', turn: 1, callId: 'x', name: 'sum', input: [1] })
      .steps(0, { type: 'tool.started', turn: 1, callId: 'x', name: 'sum', input: [2] })
      .at(22.6)
      .steps(1, tool('1'))
      .steps(0, tool('2'))
      .at(30)
      .steps(1, ...answers('b'))
      .at(40)
      .steps(0, ...fails)
      .finish();
    const result = toRunResult(script.state());
    expect(result).toMatchObject({
      schema: 'interleave/run@1',
      id: 'run-a.prompts.md',
      state: 'finished',
      simulated: false,
      agent: script.started.agent,
      wallMs: 40,
      conversationMs: 42,
      counts: { total: 2, done: 1, failed: 1, stopped: 0, cancelled: 0 },
      usage: tokens(100, 10),
      costUsd: 0.001_15,
    });
    expect(result.conversations).toEqual([
      {
        index: 0,
        id: 'a.prompts.md#a',
        name: 'A',
        prompt: 'Please do this: A.',
        vars: {},
        provider: 'anthropic',
        model: 'claude-opus-5-5',
        status: 'failed',
        reason: 'overloaded',
        answer: '',
        error: failure('overloaded', 'Busy.'),
        turns: 0,
        attempts: 1,
        answeredBy: [],
        toolCalls: [
          {
            state: 'ended',
            turn: 1,
            name: 'sum',
            input: [2],
            output: '2',
            isError: false,
            startMs: 20,
            endMs: 23,
            seq: 6,
          },
        ],
        spans: [
          { kind: 'request', turn: 1, attempt: 1, startMs: 1, endMs: 20, outcome: 'cut_off' },
          { kind: 'tool', turn: 1, name: 'sum', startMs: 20, endMs: 23, isError: false },
        ],
        usage: tokens(0, 0),
        costUsd: 0,
        knownCostUsd: 0,
        startMs: 1,
        endMs: 40,
      },
      {
        ...result.conversations[1]!,
        index: 1,
        status: 'done',
        reason: 'final',
        answer: 'b',
        turns: 1,
        usage: tokens(100, 10),
        costUsd: 0.001_15,
        knownCostUsd: 0.001_15,
        toolCalls: [
          {
            state: 'ended',
            turn: 1,
            name: 'sum',
            input: [1],
            output: '1',
            isError: false,
            startMs: 20,
            endMs: 23,
            seq: 5,
          },
        ],
      },
    ]);
    expect(result.conversations[1]).not.toHaveProperty('error');
    expect(runResultSchema.strict().parse(result)).toEqual(result);
  });

  it('lists the spans of every conversation, with the causes of waits', () => {
    const error = failure('network', 'It was lost.');
    const script = new RunScript({ prompts: [{ name: 'A' }] })
      .steps(0, { type: 'conversation.waiting', reason: 'slot', untilMs: 9 })
      .at(1.4)
      .steps(0, ...starts)
      .at(2.6)
      .steps(0, { type: 'turn.delta', turn: 1, text: 'x' })
      .at(5)
      .steps(0, { type: 'turn.discarded', turn: 1, attempt: 1, error })
      .steps(0, { type: 'conversation.waiting', reason: 'retry', attempt: 2, of: 8, cause: 'y' });
    const result = toRunResult(script.state());
    expect(result.conversations[0]!.spans).toEqual([
      { kind: 'wait', reason: 'slot', startMs: 0, endMs: 1 },
      {
        ...{ kind: 'request', turn: 1, attempt: 1, startMs: 1, firstTokenMs: 3, endMs: 5 },
        ...{ outcome: 'discarded', errorKind: 'network' },
      },
      { kind: 'wait', reason: 'retry', attempt: 2, cause: 'y', startMs: 5, endMs: 5 },
    ]);
    expect(runResultSchema.strict().parse(result)).toEqual(result);
  });

  it('has no cost once something was used whose price is unknown', () => {
    const script = new RunScript({
      prompts: [
        { name: 'A', price },
        { name: 'B', price },
      ],
    })
      .steps(0, ...starts, ...answers('a'))
      .steps(1, ...starts, ...answers('b'));
    const [first, { price: _, ...unpriced }] = script.started.conversations as [Plan, Plan];
    const run = startRunState({ ...script.started, conversations: [first, unpriced] });
    for (const event of script.events.slice(0, 5)) applyRunEvent(run, event);
    expect(toRunResult(run).costUsd).toBe(0.001_15);
    for (const event of script.events.slice(5)) applyRunEvent(run, event);
    const { costUsd, conversations } = toRunResult(run);
    expect([costUsd, ...conversations.map((conversation) => conversation.costUsd)]).toEqual([
      null,
      0.001_15,
      null,
    ]);
  });

  it('adds up the cost of attempts and reruns', () => {
    const script = new RunScript({ prompts: [{ name: 'A', price }] })
      .steps(0, ...starts)
      .steps(0, {
        type: 'turn.discarded',
        turn: 1,
        attempt: 1,
        error: failure('network', 'Broke off.'),
        usage: tokens(100, 10),
      })
      .steps(0, ...fails, { type: 'conversation.requeued' }, ...starts, ...answers('a'))
      .finish();
    const { costUsd, usage, conversations } = toRunResult(script.state());
    expect(usage).toEqual(tokens(200, 20));
    expect(costUsd).toBeCloseTo(0.0023, 10);
    expect(conversations[0]).toMatchObject({ costUsd, usage });
  });

  it('says which calls no tool ran, and when they ended', () => {
    const call = { turn: 1, callId: 'x', name: 'send' };
    const toolCalls = [{ callId: 'x', name: 'send', input: {} }];
    const script = new RunScript({ prompts: [{ name: 'A' }] })
      .at(10)
      .steps(0, ...starts)
      .steps(0, { type: 'turn.finished', turn: 1, text: '', toolCalls, usage: tokens(1, 1) })
      .at(20)
      .steps(0, { type: 'tool.finished', ...call, output: 'no', isError: true, wasRun: false })
      .at(90)
      .steps(0, ...answers('a', 2))
      .finish();
    const [conversation] = toRunResult(script.state()).conversations;
    expect(conversation!.toolCalls).toMatchObject([
      { state: 'ended', isError: true, wasRun: false, startMs: 20, endMs: 20 },
    ]);
    expect(conversationToMarkdown(conversation!)).toContain('### t1 send (not run)');
  });

  it('counts conversations that have not ended as cancelled, with their text so far', () => {
    const script = new RunScript({ prompts: [{ name: 'A' }, { name: 'B' }] })
      .at(10)
      .steps(0, ...starts)
      .steps(0, { type: 'tool.started', turn: 1, callId: 'x', name: 'slow', input: {} })
      .steps(0, { type: 'turn.started', turn: 2, attempt: 1 })
      .at(50)
      .steps(0, { type: 'turn.delta', turn: 2, text: 'x' });
    const result = toRunResult(script.state());
    expect(result.state).toBe('cancelled');
    expect(result.counts).toMatchObject({ total: 2, cancelled: 2 });
    expect(result.conversations[0]!.toolCalls[0]).toMatchObject({ output: '', endMs: 50 });
    expect(result.conversations[0]!.spans!.slice(1)).toMatchObject([
      { kind: 'tool', startMs: 10, endMs: 50, isError: false },
      { kind: 'request', startMs: 10, endMs: 50, outcome: 'cut_off' },
    ]);
    expect(result.conversations[1]).toMatchObject({
      status: 'cancelled',
      reason: 'cancelled',
      startMs: 50,
      endMs: 50,
    });
  });
});

function tool(output: string) {
  const call = { turn: 1, callId: 'x', name: 'sum' };
  return { type: 'tool.finished', ...call, output, isError: false } as const;
}
