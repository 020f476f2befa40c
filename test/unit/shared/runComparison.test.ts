import { describe, expect, it } from 'vitest';
import type { ConversationStep } from '../../../src/shared/conversationEvents.ts';
import { formatComparison } from '../../../src/shared/quantities.ts';
import { toRunResult } from '../../../src/shared/runResult.ts';
import { compareRun, unsuccessful } from '../../../src/shared/runState.ts';
import { callKey } from '../../../src/shared/span.ts';
import { KnownWork } from '../../../src/shared/work.ts';
import { failure, RunScript } from '../../support/panel/runScript.ts';
import { answers, fails, starts } from './steps.ts';

const twoPrompts = { prompts: [{ name: 'First' }, { name: 'Second' }] };

describe('the comparison of a run', () => {
  it('says that 5 s and 4 s of conversation took 5 s together', () => {
    const run = new RunScript(twoPrompts)
      .at(0)
      .steps(0, ...starts)
      .steps(1, ...starts)
      .at(4_000)
      .steps(1, ...answers('four'))
      .at(5_000)
      .steps(0, ...answers('five'))
      .finish()
      .state();
    expect(compareRun(run)).toEqual({ wallMs: 5_000, conversationMs: 9_000, savedPercent: 44 });
    const words = 'about 9.0 s of conversation in 5.0 s, 44 % less';
    expect(formatComparison(compareRun(run))).toBe(words);
    expect(formatComparison(toRunResult(run))).toBe(words);
  });

  it('mentions no saving when conversations ran one after another', () => {
    const run = new RunScript(twoPrompts)
      .at(0)
      .steps(0, ...starts)
      .at(5_000)
      .steps(0, ...answers('five'))
      .steps(1, ...starts)
      .at(9_000)
      .steps(1, ...answers('four'))
      .finish()
      .state();
    expect(formatComparison(compareRun(run))).toBe('9.0 s');
  });

  it.each(['slot', 'rate_limit', 'warm_up', 'blocked'] as const)(
    'does not count waiting for %s as time of the conversation',
    (reason) => {
      const run = new RunScript({ prompts: [{ name: 'One' }] })
        .at(0)
        .steps(0, { type: 'conversation.waiting', reason })
        .at(3_000)
        .steps(0, ...starts)
        .at(4_000)
        .steps(0, turnWithCall)
        .steps(0, { type: 'conversation.waiting', reason })
        .at(10_000)
        .steps(0, { type: 'turn.started', turn: 2, attempt: 1 })
        .at(11_500)
        .steps(0, ...answers('x'))
        .finish()
        .state();
      expect(compareRun(run).conversationMs).toBe(2_500);
      expect(run.conversations[0]).toMatchObject({ waitedMs: 6_000, startMs: 3_000 });
    },
  );

  it('counts neither a failed attempt nor the wait after it', () => {
    const run = new RunScript({ prompts: [{ name: 'One' }] })
      .at(0)
      .steps(0, ...starts)
      .at(1_000)
      .steps(0, { type: 'turn.discarded', turn: 1, attempt: 1, error: failure('network', 'x') })
      .steps(0, { type: 'conversation.waiting', reason: 'retry', untilMs: 2_000 })
      .at(2_000)
      .steps(0, { type: 'turn.started', turn: 1, attempt: 2 })
      .at(3_000)
      .steps(0, ...answers('x'))
      .finish()
      .state();
    expect(compareRun(run).conversationMs).toBe(1_000);
  });

  it('says nothing of a saving for one conversation', () => {
    const run = new RunScript({ prompts: [{ name: 'One' }] })
      .at(0)
      .steps(0, ...starts)
      .at(3_000)
      .steps(0, { ...turnWithCall, toolCalls: ['a', 'b'].map(call) })
      .steps(0, toolStarts('a'), toolStarts('b'))
      .at(5_000)
      .steps(0, toolEnds('a'), toolEnds('b'))
      .steps(0, { type: 'turn.started', turn: 2, attempt: 1 })
      .at(6_000)
      .steps(0, ...answers('x'))
      .finish()
      .state();
    // Tools that ran at the same time count once: alone, the conversation would have run them so, too.
    expect(compareRun(run)).toEqual({ wallMs: 6_000, conversationMs: 6_000, savedPercent: 0 });
    expect(formatComparison(compareRun(run))).toBe('6.0 s');
  });

  it('is the same with work that is remembered between changes', () => {
    const known = new KnownWork();
    const script = new RunScript(twoPrompts)
      .at(0)
      .steps(0, ...starts)
      .steps(1, ...starts);
    const same = () => {
      const run = script.state();
      expect(compareRun(run, run.atMs, known.of)).toEqual(compareRun(run));
    };
    same();
    script.at(5_000).steps(0, ...answers('five'));
    same();
    script
      .at(6_000)
      .steps(1, ...answers('six'))
      .finish();
    same();
  });

  it('does not count time in which this program was slow', () => {
    const late = (lateMs: number) =>
      new RunScript(twoPrompts)
        .at(0)
        .steps(0, ...starts)
        .steps(1, ...starts)
        .at(5_000)
        .steps(0, { ...turnWithCall, lateMs }, ...answers('five').slice(1))
        .steps(1, { ...turnWithCall, lateMs }, ...answers('four').slice(1))
        .finish()
        .state();
    expect(compareRun(late(1_000))).toMatchObject({ conversationMs: 8_000, savedPercent: 38 });
    // For most of the time the program was the slow one: nobody knows what the model took.
    expect(compareRun(late(3_000))).toMatchObject({ conversationMs: 4_000, savedPercent: 0 });
    expect(formatComparison(compareRun(late(3_000)))).toBe('5.0 s');
  });

  it('does not count waits of an agent that another one asks', () => {
    const asks = { agent: 'helper', provider: 'anthropic', model: 'claude-opus-5-5' };
    const within = [callKey({ turn: 1, callId: 'a' })];
    const run = new RunScript({ prompts: [{ name: 'One' }] })
      .at(0)
      .steps(0, ...starts)
      .at(1_000)
      .steps(0, { ...turnWithCall, toolCalls: [call('a')] }, toolStarts('a'))
      .steps(0, { type: 'agent.asked', turn: 1, callId: 'a', by: asks, prompt: 'Help.' })
      .steps(0, { type: 'conversation.waiting', reason: 'rate_limit', within })
      .at(8_000)
      .steps(0, { type: 'turn.started', turn: 1, attempt: 1, within })
      .at(10_000)
      .steps(0, ...answers('help').map((step) => ({ ...step, within }) as ConversationStep))
      .steps(0, toolEnds('a'), { type: 'turn.started', turn: 2, attempt: 1 })
      .at(11_000)
      .steps(0, ...answers('x'))
      .finish()
      .state();
    expect(compareRun(run).conversationMs).toBe(4_000);
  });

  it('counts what has ended, and nothing while a conversation waits', () => {
    const script = new RunScript({ prompts: [{ name: 'One' }] }).at(0).steps(0, ...starts);
    expect(compareRun(script.state(), 1_500)).toMatchObject({
      wallMs: 1_500,
      conversationMs: 0,
    });
    script.at(2_000).steps(0, turnWithCall).steps(0, {
      type: 'conversation.waiting',
      reason: 'slot',
    });
    expect(compareRun(script.state(), 7_000)).toMatchObject({
      wallMs: 7_000,
      conversationMs: 2_000,
    });
  });

  it('leaves out the time between the end of a run and a rerun', () => {
    const script = new RunScript(twoPrompts)
      .at(0)
      .steps(0, ...starts)
      .steps(1, ...starts)
      .at(2_000)
      .steps(0, ...answers('first'))
      .steps(1, ...fails)
      .finish();
    expect(unsuccessful(script.state())).toEqual([1]);
    script.at(60_000).reopen().steps(1, { type: 'conversation.requeued' });
    const waiting = script.state();
    expect(waiting.conversations[1]).toMatchObject({
      phase: 'queued',
      earlierMs: 2_000,
      attempts: 1,
      previous: { status: 'failed', reason: 'overloaded', error: { message: 'Busy.' } },
    });
    // The previous end leaves nothing behind in the fields of the next one.
    expect(waiting.conversations[1]).not.toHaveProperty('error');
    expect(waiting.conversations[1]).not.toHaveProperty('endMs');
    expect(compareRun(waiting, 60_500)).toMatchObject({ wallMs: 2_500, conversationMs: 2_000 });

    script.at(61_000).steps(1, ...starts);
    script
      .at(64_000)
      .steps(1, ...answers('second'))
      .finish();
    const run = script.state();
    expect(compareRun(run)).toEqual({ wallMs: 6_000, conversationMs: 5_000, savedPercent: 0 });
    expect(run.conversations[1]).toMatchObject({ answer: 'second', attempts: 2 });
    expect(run.conversations[1]).not.toHaveProperty('previous');
    expect(unsuccessful(run)).toEqual([]);
  });

  it('adds nothing for a rerun that was cancelled before it started', () => {
    const run = new RunScript({ prompts: [{ name: 'One' }] })
      .at(0)
      .steps(0, ...starts)
      .at(2_000)
      .steps(0, ...fails)
      .finish()
      .at(60_000)
      .reopen()
      .steps(0, { type: 'conversation.requeued' })
      .at(63_000)
      .steps(0, {
        type: 'conversation.finished',
        status: 'cancelled',
        reason: 'cancelled',
        answer: '',
      })
      .finish('cancelled')
      .state();
    expect(compareRun(run)).toMatchObject({ wallMs: 5_000, conversationMs: 0 });
    expect(run.conversations[0]).toMatchObject({
      phase: 'cancelled',
      previous: { status: 'failed' },
    });
  });
});

const call = (callId: string) => ({ callId, name: 'sum', input: {} });
const toolStarts = (callId: string) =>
  ({ type: 'tool.started', turn: 1, callId, name: 'sum', input: {} }) as const;
const toolEnds = (callId: string) =>
  ({ type: 'tool.finished', turn: 1, callId, name: 'sum', output: '1', isError: false }) as const;

const turnWithCall = {
  type: 'turn.finished',
  turn: 1,
  text: '',
  toolCalls: [],
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
} as const;
