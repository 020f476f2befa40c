import { describe, expect, it } from 'vitest';
import { type Lateness, LoopLateness, StepLateness } from '../../../../src/core/runner/lateness.ts';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import { tokens } from '../../../support/panel/runScript.ts';

/** A lateness that the test sets. */
class SetLateness implements Lateness {
  ms = 0;
  isMeasured = false;
  now = (): number => this.ms;
  start(): void {
    this.isMeasured = true;
  }
  stop(): void {
    this.isMeasured = false;
  }
}

const turnStarts = { type: 'turn.started', turn: 1, attempt: 1 } as const;
const turnEnds = {
  ...{ type: 'turn.finished', turn: 1, text: '', toolCalls: [], usage: tokens(1, 1) },
} as ConversationStep;
const callStarts = {
  ...{ type: 'tool.started', turn: 1, callId: 'a', name: 'sum', input: {} },
} as ConversationStep;
const callEnds = {
  ...{ type: 'tool.finished', turn: 1, callId: 'a', name: 'sum', output: '', isError: false },
} as ConversationStep;
const ends = {
  ...{ type: 'conversation.finished', status: 'cancelled', reason: 'cancelled', answer: '' },
} as ConversationStep;

describe('how late the program is', () => {
  it('belongs to each request and call, from its start to its end', () => {
    const lateness = new SetLateness();
    const steps = new StepLateness(lateness);
    steps.follow(0, turnStarts);
    lateness.ms = 10;
    steps.follow(1, turnStarts);
    steps.follow(1, callStarts);
    lateness.ms = 30.4;
    expect(steps.follow(0, turnEnds)).toBe(30);
    expect(steps.follow(1, turnEnds)).toBe(20);
    lateness.ms = 50;
    expect(lateness.isMeasured).toBe(true);
    expect(steps.follow(1, callEnds)).toBe(40);
    expect(lateness.isMeasured, 'nothing goes on').toBe(false);
  });

  it('is not told where there is none, or no start was seen', () => {
    const steps = new StepLateness(new SetLateness());
    steps.follow(0, turnStarts);
    expect(steps.follow(0, turnEnds)).toBeUndefined();
    expect(steps.follow(0, turnEnds)).toBeUndefined();
  });

  it('is measured no longer when all conversations have ended', () => {
    const lateness = new SetLateness();
    const steps = new StepLateness(lateness);
    steps.follow(0, turnStarts);
    steps.follow(1, turnStarts);
    steps.follow(0, ends);
    expect(lateness.isMeasured).toBe(true);
    steps.follow(1, ends);
    expect(lateness.isMeasured).toBe(false);
  });

  it('is the time for which the event loop was blocked', async () => {
    const lateness = new LoopLateness();
    lateness.start();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const blockedMs = 200;
    const end = performance.now() + blockedMs;
    while (performance.now() < end);
    expect(lateness.now()).toBeGreaterThan(blockedMs / 2);
    lateness.stop();
    const stopped = lateness.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lateness.now()).toBe(stopped);
  });
});
