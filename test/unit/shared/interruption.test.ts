import { expect, it } from 'vitest';
import type { ConversationEvent } from '../../../src/shared/conversationEvents.ts';
import { interruptionText } from '../../../src/shared/interruption.ts';
import {
  applyRunEvent,
  interruptRun,
  noCounts,
  startRunState,
  stateWhenLeft,
} from '../../../src/shared/runState.ts';
import { runStarted } from '../../support/journal/journalRecords.ts';

const ending = { type: 'conversation.finished', reason: 'final', answer: '' } as const;

it('says how far an interrupted run was, without empty groups', () => {
  const run = startRunState(runStarted(6));
  const steps: readonly (readonly [number, object])[] = [
    [0, { ...ending, status: 'done' }],
    [1, { ...ending, status: 'failed', reason: 'network' }],
    [2, { type: 'turn.started', turn: 1, attempt: 1 }],
    // It waits for a slot: no request was sent.
    [3, { type: 'conversation.waiting', reason: 'rate_limit' }],
  ];
  for (const [index, [conversation, step]] of steps.entries()) {
    applyRunEvent(run, { ...step, conversation, seq: index + 1, atMs: 0 } as ConversationEvent);
  }
  interruptRun(run);
  expect(interruptionText(run)).toBe('1 done, 1 failed, 1 in flight, 3 waiting');
});

it('does not count the pause before an interruption as active time', () => {
  const run = startRunState(runStarted(1));
  const error = { kind: 'quota', message: 'Used up.', attempts: 1 } as const;
  applyRunEvent(run, { type: 'run.paused', error, seq: 1, atMs: 5_000 });
  applyRunEvent(run, { type: 'run.noted', text: 'Still there.', seq: 2, atMs: 65_000 });
  interruptRun(run);
  expect(run).toMatchObject({ state: 'interrupted', paused: undefined, activeMs: 5_000 });
});

it.each([
  [['done', 'failed'], 'finished'],
  [['done', 'cancelled'], 'cancelled'],
  [['done'], 'interrupted'],
] as const)('is none when all had ended: %j', (statuses, state) => {
  const run = startRunState(runStarted(2));
  for (const [conversation, status] of statuses.entries()) {
    applyRunEvent(run, { ...ending, status, conversation, seq: conversation + 1, atMs: 0 });
  }
  interruptRun(run);
  expect(run.state).toBe(state);
});

it.each([
  [{ queued: 1 }, 'interrupted'],
  [{ waiting: 1 }, 'interrupted'],
  [{ running: 1 }, 'interrupted'],
  [{ queued: 1, waiting: 1 }, 'interrupted'],
  [{ waiting: 1, running: 1 }, 'interrupted'],
  [{ running: 1, cancelled: 1 }, 'interrupted'],
  [{ done: 1, failed: 1 }, 'finished'],
  [{ done: 1, cancelled: 1 }, 'cancelled'],
] as const)('is read off the phases of a run without a writer: %j', (counts, state) => {
  expect(stateWhenLeft({ ...noCounts, ...counts })).toBe(state);
});
