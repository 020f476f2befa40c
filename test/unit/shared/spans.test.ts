import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationState } from '../../../src/shared/conversationState.ts';
import { lastDiscarded, ownTimeMs } from '../../../src/shared/conversationState.ts';
import { applyRunEvent, interruptRun, startRunState } from '../../../src/shared/runState.ts';
import type { Span } from '../../../src/shared/span.ts';
import { currentWait, discardedOf, isForOthers, requestOf } from '../../../src/shared/span.ts';
import { failure, RunScript, tokens } from '../../support/panel/runScript.ts';
import { runHistories } from './runHistories.ts';
import { answers, starts } from './steps.ts';

function oneScript(): RunScript {
  return new RunScript({ prompts: [{ name: 'One' }] });
}

function spansOf(script: RunScript): readonly Span[] {
  return script.state().conversations[0]!.spans;
}

const call = { turn: 1, callId: 'a', name: 'sum' };
const turnWithCall = {
  type: 'turn.finished',
  turn: 1,
  text: '',
  toolCalls: [{ callId: 'a', name: 'sum', input: {} }],
  usage: tokens(1, 1),
} as const;

describe('the spans of a conversation', () => {
  it('are requests, tools and waits with their causes, in the order of their starts', () => {
    const error = failure('overloaded', 'Busy.');
    const script = oneScript()
      .steps(0, { type: 'conversation.waiting', reason: 'slot' })
      .at(100)
      .steps(0, ...starts)
      .at(150)
      .steps(0, { type: 'turn.thinking', turn: 1, text: 'hm' })
      .at(160)
      .steps(0, { type: 'turn.delta', turn: 1, text: 'so' })
      .at(200)
      .steps(0, { type: 'turn.discarded', turn: 1, attempt: 1, error })
      .steps(0, { type: 'conversation.waiting', reason: 'retry', attempt: 2, of: 8, cause: 'x' })
      .at(300)
      .steps(0, { type: 'turn.started', turn: 1, attempt: 2 })
      .at(340)
      .steps(0, turnWithCall, { type: 'tool.started', ...call, input: {} })
      .at(350)
      .steps(0, { type: 'tool.finished', ...call, output: '1', isError: false });
    expect(spansOf(script)).toEqual([
      { kind: 'wait', reason: 'slot', startMs: 0, endMs: 100 },
      {
        ...{ kind: 'request', turn: 1, attempt: 1, startMs: 100, firstTokenMs: 150, endMs: 200 },
        ...{ outcome: 'discarded', error },
      },
      {
        ...{ kind: 'wait', reason: 'retry', attempt: 2, of: 8, cause: 'x' },
        ...{ startMs: 200, endMs: 300 },
      },
      {
        ...{ kind: 'request', turn: 1, attempt: 2, startMs: 300, endMs: 340 },
        outcome: 'finished',
      },
      { kind: 'tool', ...call, startMs: 340, endMs: 350, isError: false },
    ]);
  });

  it('take the first token from the event where no delta was seen', () => {
    const script = oneScript()
      .steps(0, ...starts)
      .at(90)
      .steps(0, { ...turnWithCall, firstTokenMs: 40 });
    expect(requestOf(script.state().conversations[0]!, 1)).toMatchObject({ firstTokenMs: 40 });
    const error = failure('network', 'x');
    script
      .steps(0, { type: 'turn.started', turn: 2, attempt: 1 })
      .steps(0, { type: 'turn.discarded', turn: 2, attempt: 1, error, firstTokenMs: 95 });
    expect(discardedOf(script.state().conversations[0]!, 2)).toMatchObject([{ firstTokenMs: 95 }]);
  });

  it('merge a wait whose end is postponed, and separate waits with other causes', () => {
    const script = oneScript()
      .steps(0, { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 50 })
      .at(40)
      .steps(0, { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 90 })
      .at(90)
      .steps(0, { type: 'conversation.waiting', reason: 'slot' });
    expect(spansOf(script)).toEqual([
      { kind: 'wait', reason: 'rate_limit', untilMs: 90, startMs: 0, endMs: 90 },
      { kind: 'wait', reason: 'slot', startMs: 90 },
    ]);
  });

  it('are closed when the conversation ends: what was open was cut off', () => {
    const script = oneScript()
      .steps(0, ...starts)
      .at(10)
      .steps(0, turnWithCall, { type: 'tool.started', ...call, input: {} })
      .steps(0, { type: 'turn.started', turn: 2, attempt: 1 })
      .at(30)
      .steps(0, {
        type: 'conversation.finished',
        status: 'cancelled',
        reason: 'cancelled',
        answer: '',
      });
    expect(spansOf(script).slice(1)).toEqual([
      { kind: 'tool', ...call, startMs: 10, endMs: 30 },
      { kind: 'request', turn: 2, attempt: 1, startMs: 10, endMs: 30, outcome: 'cut_off' },
    ]);
  });

  it('say why the last request failed when the conversation fails with it', () => {
    const error = failure('auth', 'Refused.');
    const end = { status: 'failed', reason: 'auth', answer: '', error } as const;
    const script = oneScript()
      .steps(0, ...starts)
      .at(10)
      .steps(0, { type: 'conversation.finished', ...end });
    expect(spansOf(script)).toMatchObject([{ outcome: 'discarded', error, endMs: 10 }]);
    expect(lastDiscarded(script.state().conversations[0]!)).toBeUndefined();
  });

  it('stay when the conversation resumes, without the time of the interruption', () => {
    const script = oneScript()
      .steps(0, ...starts)
      .at(10)
      .steps(0, turnWithCall)
      .steps(0, { type: 'turn.started', turn: 2, attempt: 1 });
    const run = script.state();
    interruptRun(run);
    const stamp = { conversation: 0, seq: 9, atMs: 10 };
    applyRunEvent(run, { type: 'conversation.resumed', ...stamp });
    applyRunEvent(run, { type: 'conversation.waiting', reason: 'slot', ...stamp });
    applyRunEvent(run, { type: 'turn.started', turn: 2, attempt: 1, ...stamp, atMs: 25 });
    expect(run.conversations[0]!.spans).toMatchObject([
      { kind: 'request', turn: 1, outcome: 'finished' },
      { kind: 'request', turn: 2, startMs: 10, endMs: 10, outcome: 'cut_off' },
      { kind: 'wait', reason: 'slot', startMs: 10, endMs: 25 },
      { kind: 'request', turn: 2, startMs: 25 },
    ]);
    // The wait for a slot is no time of its own, although it began before the first request.
    expect(ownTimeMs(run.conversations[0]!, 40)).toBe(10 + 15);
  });

  it('end with the resumption where the record of the end is lost', () => {
    const run = oneScript()
      .steps(0, ...starts)
      .state();
    applyRunEvent(run, { type: 'conversation.resumed', conversation: 0, seq: 9, atMs: 10 });
    expect(run.conversations[0]!.spans).toMatchObject([{ endMs: 10, outcome: 'cut_off' }]);
  });

  it('of a failure before an interruption are not the last attempt of the resumed conversation', () => {
    const error = failure('network', 'x');
    const run = oneScript()
      .steps(0, ...starts)
      .steps(0, { type: 'turn.discarded', turn: 1, attempt: 1, error })
      .steps(0, { type: 'conversation.waiting', reason: 'retry' })
      .state();
    expect(lastDiscarded(run.conversations[0]!)).toMatchObject({ attempt: 1 });
    interruptRun(run);
    applyRunEvent(run, { type: 'conversation.resumed', conversation: 0, seq: 9, atMs: 9 });
    expect(lastDiscarded(run.conversations[0]!)).toBeUndefined();
  });

  it('start empty in a rerun', () => {
    const script = oneScript()
      .steps(0, ...starts, ...answers('x'))
      .steps(0, { type: 'conversation.requeued' });
    expect(spansOf(script)).toEqual([]);
  });

  it('are in order, with at most one open request or wait, for random histories', () => {
    fc.assert(
      fc.property(runHistories, ({ started, events }) => {
        const run = startRunState(started);
        for (const event of events) {
          applyRunEvent(run, event);
          for (const conversation of run.conversations) expectOrder(conversation);
        }
      }),
    );
  });

  it('add up to the own time of a conversation', () => {
    fc.assert(
      fc.property(runHistories, fc.nat(5_000), ({ started, events }, laterMs) => {
        const run = startRunState(started);
        for (const event of events) {
          applyRunEvent(run, event);
          const nowMs = run.atMs + laterMs;
          for (const conversation of run.conversations) {
            expect(ownTimeMs(conversation, nowMs)).toBe(ownTimeFromSpans(conversation, nowMs));
          }
        }
      }),
    );
  });

  it('are not copied for a delta after the first', () => {
    const script = oneScript().steps(0, ...starts);
    script.steps(0, { type: 'turn.delta', turn: 1, text: 'a' });
    const run = script.state();
    const { spans } = run.conversations[0]!;
    const stamp = { conversation: 0, seq: 9, atMs: 9 };
    applyRunEvent(run, { type: 'turn.delta', turn: 1, text: 'b', ...stamp });
    expect(run.conversations[0]!.spans).toBe(spans);
  });
});

function expectOrder({ spans, phase }: ConversationState): void {
  const starts = spans.map(({ startMs }) => startMs);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  const open = spans.filter(({ kind, endMs }) => kind !== 'tool' && endMs === undefined);
  expect(open.length).toBeLessThanOrEqual(1);
  if (open.length === 1) expect(open[0]).toBe(spans.at(-1));
  expect(currentWait({ spans }) !== undefined).toBe(phase === 'waiting');
}

/** The same figure worked out from the spans alone. */
function ownTimeFromSpans(conversation: ConversationState, nowMs: number): number {
  const { startMs, endMs = nowMs, earlierMs, spans } = conversation;
  if (startMs === undefined) return earlierMs;
  let ownMs = endMs - startMs;
  for (const span of spans) {
    if (span.kind !== 'wait' || !isForOthers(span) || span.startMs < startMs) continue;
    ownMs -= (span.endMs ?? endMs) - span.startMs;
  }
  return earlierMs + Math.max(0, ownMs);
}
