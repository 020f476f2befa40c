import { describe, expect, it } from 'vitest';
import { startRecords } from '../../../../src/core/journal/runs/originMark.ts';
import { JournalRecorder } from '../../../../src/core/journal/write/journalRecorder.ts';
import type { ConversationStep, RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { runStarted } from '../../../support/journal/journalRecords.ts';
import {
  create,
  createMachine,
  open,
  read,
  settle,
} from '../../../support/journal/testEnvironment.ts';

const step = (seq: number, more: ConversationStep): RunEvent => ({
  seq,
  atMs: seq,
  conversation: 0,
  ...more,
});
const user = { role: 'user', text: 'What is 1 + 1?' } as const;
const answer = { role: 'assistant', text: '2', toolCalls: [], native: [] } as const;

describe('a recorder', () => {
  it('keeps what a run needs to go on, and no text that only streams by', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    const recorder = new JournalRecorder(writer, (started) =>
      startRecords(started, { files: ['a'] }, { redact: (text) => text }),
    );
    recorder.event(runStarted());
    recorder.event(step(1, { type: 'conversation.started' }));
    recorder.message(0, user);
    recorder.event(step(2, { type: 'turn.started', turn: 1, attempt: 1 }));
    recorder.event(step(3, { type: 'turn.delta', turn: 1, text: '2' }));
    recorder.event(step(4, { type: 'turn.thinking', turn: 1, text: 'hm' }));
    recorder.message(0, answer);
    await settle(machine, recorder.commit());
    const reading = await read(machine);
    expect(reading.records.map(({ record }) => record.kind)).toEqual([
      'run.start',
      'planned',
      'planned',
      'event',
      'message',
      'event',
      'message',
    ]);
    expect(reading.definition).toEqual({ files: ['a'] });
    expect(reading.messages.get(0)).toEqual([user, answer]);
  });

  it('has the same start when it was recorded before the run starts, in many steps', async () => {
    const readings = [];
    for (const isEarly of [true, false]) {
      const machine = createMachine();
      const writer = await create(machine);
      const recorder = new JournalRecorder(writer, (started) =>
        startRecords(started, { files: ['a'] }, { redact: (text) => text }),
      );
      if (isEarly) await recorder.recordStart(runStarted());
      recorder.event(runStarted());
      recorder.message(0, user);
      await settle(machine, recorder.commit());
      readings.push((await read(machine)).records.map(({ seq, record }) => ({ seq, record })));
    }
    expect(readings[0]).toHaveLength(4);
    expect(readings[0]).toEqual(readings[1]);
  });

  it('goes on after the messages that are there', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    const first = new JournalRecorder(writer);
    first.message(0, user);
    await settle(machine, writer.dispose());
    const again = await open(machine);
    const recorder = new JournalRecorder(again.writer, undefined, again.reading.messages);
    recorder.message(0, answer);
    await settle(machine, recorder.commit());
    expect((await read(machine)).messages.get(0)).toEqual([user, answer]);
  });

  it('begins anew with a conversation that is run again', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    const recorder = new JournalRecorder(writer);
    recorder.message(0, user);
    recorder.message(0, answer);
    recorder.event(step(1, { type: 'conversation.requeued' }));
    recorder.message(0, user);
    await settle(machine, recorder.commit());
    expect((await read(machine)).messages.get(0)).toEqual([user]);
  });
});
