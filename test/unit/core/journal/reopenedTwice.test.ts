import { expect, it } from 'vitest';
import type { Message } from '../../../../src/core/providers/message.ts';
import type { RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { noUsage } from '../../../../src/shared/usage.ts';
import { archiveOf } from '../../../support/journal/archivedRuns.ts';
import { runStarted } from '../../../support/journal/journalRecords.ts';
import { createMachine, runId, settle } from '../../../support/journal/testEnvironment.ts';

const user: Message = { role: 'user', text: 'What is 1 + 1?' };
const says = (text: string): Message => ({ role: 'assistant', text, toolCalls: [], native: [] });

it('an answer that was cut off from its booking stays out of a history that goes on twice', async () => {
  const machine = createMachine();
  const archive = archiveOf(machine);
  let seq = 0;
  const at = () => ({ seq: ++seq, atMs: seq });
  const of = () => ({ conversation: 0, ...at() });
  const cancelled = { status: 'cancelled', reason: 'cancelled', answer: '' } as const;

  // The process ends when the answer is written down and nobody has heard of it.
  const first = await settle(machine, archive.record(runId, {}));
  first!.event(runStarted(1, runId));
  first!.message(0, user);
  first!.event({ type: 'turn.started', turn: 1, attempt: 1, ...of() });
  first!.message(0, says('lost'));
  await settle(machine, first!.saving.dispose());

  const { recorder, messages } = await settle(machine, archive.reopen(runId));
  expect(messages.get(0)).toEqual([user]);
  const again: readonly (() => RunEvent)[] = [
    () => ({ type: 'run.reopened', ...at() }),
    () => ({ type: 'conversation.resumed', ...of() }),
  ];
  for (const event of again) recorder.event(event());
  recorder.event({ type: 'conversation.finished', ...cancelled, ...of() });
  recorder.event({ type: 'run.finished', state: 'cancelled', ...at() });
  await settle(machine, recorder.commit());
  await machine.clock.advance(100);

  for (const event of again) recorder.event(event());
  recorder.event({ type: 'turn.started', turn: 1, attempt: 1, ...of() });
  recorder.message(0, says('2'));
  const turn = { turn: 1, text: '2', toolCalls: [], usage: noUsage, stop: 'final' } as const;
  recorder.event({ type: 'turn.finished', ...turn, ...of() });
  await settle(machine, recorder.commit());
  await settle(machine, recorder.saving.dispose());

  const read = await settle(machine, archive.read(runId));
  expect(read?.messages.get(0)).toEqual([user, says('2')]);
  expect(read?.damaged).toBe(0);
});
