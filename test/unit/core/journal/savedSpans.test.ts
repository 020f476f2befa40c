import { expect, it } from 'vitest';
import { discardedOf, requestOf } from '../../../../src/shared/span.ts';
import { noUsage } from '../../../../src/shared/usage.ts';
import { archiveOf } from '../../../support/journal/archivedRuns.ts';
import { runStarted } from '../../../support/journal/journalRecords.ts';
import { createMachine, runId, settle } from '../../../support/journal/testEnvironment.ts';

it('a run read from its journal has the times to the first token, although no delta is kept', async () => {
  const machine = createMachine();
  const archive = archiveOf(machine);
  const recorder = (await settle(machine, archive.record(runId, {})))!;
  let seq = 0;
  const at = (atMs: number) => ({ turn: 1, conversation: 0, seq: ++seq, atMs });
  const error = { kind: 'network', message: 'It was lost.', attempts: 1 } as const;
  const turn = { text: 'Yes.', toolCalls: [], usage: noUsage } as const;
  recorder.event(runStarted(1, runId));
  recorder.event({ type: 'turn.started', attempt: 1, ...at(10) });
  recorder.event({ type: 'turn.delta', text: 'Y', ...at(20) });
  recorder.event({ type: 'turn.discarded', attempt: 1, error, firstTokenMs: 20, ...at(30) });
  recorder.event({ type: 'turn.started', attempt: 2, ...at(40) });
  recorder.event({ type: 'turn.delta', text: 'Yes.', ...at(55) });
  recorder.event({ type: 'turn.finished', ...turn, firstTokenMs: 55, ...at(60) });
  await settle(machine, recorder.commit());
  await settle(machine, recorder.saving.dispose());

  const read = (await settle(machine, archive.read(runId)))!;
  expect(read.damaged).toBe(0);
  const conversation = read.state.conversations[0]!;
  expect(discardedOf(conversation, 1)).toMatchObject([{ firstTokenMs: 20, error }]);
  expect(requestOf(conversation, 1)).toMatchObject({ startMs: 40, firstTokenMs: 55, endMs: 60 });
});
