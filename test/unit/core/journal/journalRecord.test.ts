import { expect, it } from 'vitest';
import { isJournalRecord } from '../../../../src/core/journal/record/journalRecord.ts';
import { runStarted, startRecord } from '../../../support/journal/journalRecords.ts';

it.each(['yesterday', '\nFORGED', '', '2026-11-20'])(
  'a run that was started at %j is none',
  (startedAt) => {
    const start = { kind: 'run.start', started: { ...runStarted(), startedAt }, definition: null };
    expect(isJournalRecord(start)).toBe(false);
    expect(isJournalRecord(startRecord())).toBe(true);
  },
);

it.each([-1, 1e15, 1e308])('nothing happens %d ms after the start of a run', (atMs) => {
  const event = { type: 'conversation.started', seq: 1, conversation: 0 };
  expect(isJournalRecord({ kind: 'event', event: { ...event, atMs } })).toBe(false);
  expect(isJournalRecord({ kind: 'event', event: { ...event, atMs: 0.5 } })).toBe(true);
});
