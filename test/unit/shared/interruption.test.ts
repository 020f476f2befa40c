import { expect, it } from 'vitest';
import type { ConversationEvent } from '../../../src/shared/conversationEvents.ts';
import { interruptionText } from '../../../src/shared/interruption.ts';
import { applyRunEvent, interruptRun, startRunState } from '../../../src/shared/runState.ts';
import { runStarted } from '../../support/journal/journalRecords.ts';

const ending = { type: 'conversation.finished', reason: 'final', answer: '' } as const;

it('says how far an interrupted run was, without what there is none of', () => {
  const run = startRunState(runStarted(6));
  const steps: readonly (readonly [number, object])[] = [
    [0, { ...ending, status: 'done' }],
    [1, { ...ending, status: 'failed', reason: 'network' }],
    [2, { type: 'turn.started', turn: 1, attempt: 1 }],
    // It waits for a slot: nothing of it was sent.
    [3, { type: 'conversation.waiting', reason: 'rate_limit' }],
  ];
  for (const [index, [conversation, step]] of steps.entries()) {
    applyRunEvent(run, { ...step, conversation, seq: index + 1, atMs: 0 } as ConversationEvent);
  }
  interruptRun(run);
  expect(interruptionText(run)).toBe('1 done, 1 failed, 1 in flight, 3 waiting');
});
