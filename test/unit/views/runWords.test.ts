import { describe, expect, it } from 'vitest';
import type { ConversationState } from '../../../src/shared/conversationState.ts';
import { formatCost } from '../../../src/shared/cost.ts';
import { interruptRun } from '../../../src/shared/runState.ts';
import type { WaitReason } from '../../../src/shared/wait.ts';
import {
  conversationDescription,
  conversationTooltip,
} from '../../../src/views/conversationWords.ts';
import { changesPhase } from '../../../src/views/phaseChanges.ts';
import { progressOf, progressSentence, progressText } from '../../../src/views/runProgress.ts';
import { runDescription, runLabel, runSentence } from '../../../src/views/runWords.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';

function first(run: SteppedRun): ConversationState {
  return run.state.conversations[0]!;
}

function describeFirst(run: SteppedRun): string {
  return conversationDescription(first(run), run.nowMs());
}

describe('The texts of the Runs view and the status bar', () => {
  it('a run shows its progress and failures first', () => {
    const run = new SteppedRun(['a', 'b', 'c']);
    run.step(0, steps.started, 0);
    run.step(0, steps.done, 1000);
    run.step(1, steps.started);
    run.step(1, steps.failed, 2000);
    expect(runLabel(run.state)).toBe('math.prompts.md');
    expect(runDescription(run.state)).toMatch(/14:02 · 2\/3 · 1 failed$/);
    expect(runSentence(run.state)).toMatch(
      /^math\.prompts\.md, Run \d+, .*14:02, 2 of 3 conversations ended, 1 failed$/,
    );
  });

  it('a finished run compares its duration with the sum of its conversations', () => {
    const run = new SteppedRun(['a', 'b']);
    for (const index of [0, 1]) {
      run.step(index, steps.started, 0);
      run.step(index, steps.turn, 0);
    }
    run.step(0, steps.done, 5000);
    run.step(1, steps.done, 4000);
    run.finish('finished', 5000);
    expect(runDescription(run.state)).toMatch(
      /14:02 · 2\/2 · about 9\.0 s of conversation in 5\.0 s, 44 % less$/,
    );
  });

  it('the progress of several runs is added up', () => {
    const one = new SteppedRun(['a', 'b']);
    const two = new SteppedRun(['a', 'b', 'c']);
    one.step(0, steps.started);
    one.step(0, steps.stopped);
    two.step(0, steps.started);
    two.step(1, steps.started);
    two.step(1, steps.failed);
    const progress = progressOf([one.state, two.state]);
    expect(progress).toMatchObject({ active: 1, ended: 2, total: 5, failed: 1, stopped: 1 });
    expect(progressText(progress)).toBe('2/5 · 1 failed · 1 stopped');
    expect(progressSentence(progress)).toBe('2 of 5 conversations ended, 1 failed, 1 stopped');
  });

  it('a pause and a known cost are shown, an unknown cost is not', () => {
    const run = new SteppedRun(['a']);
    const error = { kind: 'auth', message: 'Key refused.', attempts: 1 } as const;
    run.own({ type: 'run.paused', error });
    run.state.costUsd = 0.314;
    expect(progressText(progressOf([run.state]))).toBe('0/1 · paused · $0.31');
    run.own({ type: 'run.resumed' });
    run.state.costUsd = null;
    expect(progressText(progressOf([run.state, new SteppedRun(['b']).state]))).toBe('0/2');
  });

  it('a run shows what all its conversations wait for, until one makes progress', () => {
    const run = new SteppedRun(['a', 'b']);
    const text = () => progressText(progressOf([run.state]));
    const wait = (index: number, reason: WaitReason) =>
      run.step(index, { type: 'conversation.waiting', reason });
    for (const index of [0, 1]) run.step(index, steps.turn, 0);
    wait(0, 'rate_limit');
    expect(text()).toBe('0/2');
    wait(1, 'slot');
    expect(text()).toBe('0/2 · waiting for the rate limit');
    expect(runDescription(run.state)).toMatch(/14:02 · 0\/2 · waiting for the rate limit$/);
    wait(0, 'offline');
    expect(text()).toBe('0/2 · offline');
    wait(0, 'slot');
    expect(text()).toBe('0/2');
    wait(0, 'retry');
    expect(text()).toBe('0/2 · retrying');
    const other = new SteppedRun(['c']);
    other.step(0, steps.turn, 0);
    expect(progressText(progressOf([run.state, other.state]))).toBe('0/3');
    run.step(1, steps.turn);
    expect(text()).toBe('0/2');
  });

  it('cancelled conversations are counted, also in a run that continued', () => {
    const run = new SteppedRun(['a', 'b']);
    for (const index of [0, 1]) run.step(index, steps.started, 0);
    run.step(0, steps.done, 1000);
    run.step(1, steps.cancelled, 1000);
    run.finish('cancelled', 1000);
    expect(progressText(progressOf([run.state]))).toBe('2/2 · 1 cancelled');
    expect(runDescription(run.state)).toMatch(/14:02 · 2\/2 · 1 cancelled$/);
    run.finish('finished', 2000);
    expect(runDescription(run.state)).toMatch(/ · 1 cancelled · /);
  });

  it.each([
    [0, '$0'],
    [0.0001, '<$0.001'],
    [0.0042, '$0.004'],
    [0.0096, '$0.010'],
    [12.345, '$12.35'],
  ])('%d dollars are written as %s', (dollars, text) => {
    expect(formatCost(dollars)).toBe(text);
  });

  it('a conversation describes each phase in a few words', () => {
    const run = new SteppedRun(['a']);
    expect(describeFirst(run)).toBe('');
    run.step(0, steps.started, 0);
    expect(describeFirst(run)).toBe('starting');
    run.step(0, { type: 'conversation.waiting', reason: 'slot' });
    expect(describeFirst(run)).toBe('waiting for a free slot');
    run.step(0, { type: 'conversation.waiting', reason: 'rate_limit' });
    expect(describeFirst(run)).toBe('rate limit');
    run.step(0, steps.turn, 0);
    expect(describeFirst(run)).toBe('turn 1');
    run.step(0, steps.toolStarted, 100);
    expect(describeFirst(run)).toBe('turn 1 · sum_numbers');
    run.step(0, steps.toolFinished, 200);
    run.step(0, steps.done, 8100);
    expect(describeFirst(run)).toBe('8.1 s · 1 tool');
  });

  it('a failure shows its kind and message in one line', () => {
    const run = new SteppedRun(['a']);
    run.step(0, steps.started);
    run.step(0, steps.failed);
    expect(describeFirst(run)).toBe('rate limit: Too many requests.');
    expect(conversationTooltip(first(run), 0)).toContain('failed · rate limit: Too many requests.');
  });

  it('a failure has the same name as in the results panel', () => {
    const run = new SteppedRun(['a']);
    run.step(0, steps.started);
    const error = { kind: 'protocol', message: 'No JSON.', attempts: 1 } as const;
    run.step(0, { ...steps.failed, reason: 'protocol', error });
    expect(describeFirst(run)).toBe('unexpected response: No JSON.');
  });

  it('a limit is named', () => {
    const run = new SteppedRun(['a']);
    run.step(0, steps.started, 0);
    run.step(0, steps.stopped, 500);
    expect(describeFirst(run)).toBe('turn limit reached · 500 ms');
  });

  it('long messages of a server are clipped', () => {
    const run = new SteppedRun(['a']);
    run.step(0, steps.started);
    const error = { kind: 'protocol', message: 'x'.repeat(100_000), attempts: 1 } as const;
    run.step(0, { ...steps.failed, error });
    expect(describeFirst(run).length).toBeLessThan(200);
    expect(conversationTooltip(first(run), 0).length).toBeLessThan(2000);
  });

  it('changesPhase is true for every event that changes a phase', () => {
    const run = new SteppedRun(['a']);
    const order = [
      steps.started,
      { type: 'conversation.waiting', reason: 'slot' },
      steps.turn,
      steps.delta,
      steps.toolStarted,
      steps.toolFinished,
      steps.turnFinished,
      steps.done,
      { type: 'conversation.requeued' },
      steps.cancelled,
    ] as const;
    for (const step of order) {
      const before = first(run).phase;
      const event = run.step(0, step);
      if (first(run).phase !== before) expect(changesPhase(event), step.type).toBe(true);
    }
    expect(changesPhase(run.step(0, steps.delta))).toBe(false);
  });
});

describe('A run that was interrupted', () => {
  it('counts ended conversations, shows "interrupted" first, and can be resumed', () => {
    const run = new SteppedRun(['a', 'b', 'c']);
    run.step(0, steps.started, 0);
    run.step(0, steps.done, 1000);
    run.step(1, steps.started);
    interruptRun(run.state);
    expect(runLabel(run.state)).toBe('math.prompts.md');
    expect(runDescription(run.state)).toMatch(/^interrupted · .*14:02 · 1\/3$/);
    expect(progressText(progressOf([run.state]))).toBe('1/3');
    const second = run.state.conversations[1]!;
    expect(conversationDescription(second, run.nowMs())).toMatch(/^interrupted · /);
  });

  it('conversations that wait for a decision are counted and named', () => {
    const run = new SteppedRun(['a', 'b', 'c']);
    const toolCalls = ['c1', 'c2'].map((callId) => ({ callId, name: 'run_command', input: {} }));
    run.step(0, steps.started);
    run.step(0, { ...steps.turnFinished, toolCalls });
    for (const { callId, name } of toolCalls) {
      run.step(0, { type: 'tool.waiting', turn: 1, callId, name });
    }
    run.step(0, { type: 'conversation.waiting', reason: 'decision' });
    run.step(1, steps.started);
    expect(describeFirst(run)).toBe('waiting for 2 decisions: run_command');
    const progress = progressOf([run.state]);
    expect(progress).toMatchObject({ active: 2, undecided: 1, held: undefined });
    expect(progressText(progress)).toBe('0/3 · 1 waiting for a decision');
    expect(progressSentence(progress)).toBe('0 of 3 conversations ended, 1 waiting for a decision');
    expect(changesPhase(run.step(0, { ...steps.toolStarted, name: 'run_command' }))).toBe(true);
    expect(progressOf([run.state]).undecided).toBe(0);
  });

  it('conversations that wait for an answer are counted and named apart', () => {
    const run = new SteppedRun(['a', 'b']);
    const call = { callId: 'c1', name: 'ask_user', input: {} };
    run.step(0, steps.started);
    run.step(0, { ...steps.turnFinished, toolCalls: [call] });
    run.step(0, { type: 'tool.waiting', turn: 1, callId: 'c1', name: 'ask_user' });
    run.step(0, { type: 'conversation.waiting', reason: 'decision' });
    expect(describeFirst(run)).toBe('waiting for an answer: ask_user');
    const progress = progressOf([run.state]);
    expect(progress).toMatchObject({ undecided: 0, asked: 1 });
    expect(progressText(progress)).toBe('0/2 · 1 waiting for an answer');
  });
});
