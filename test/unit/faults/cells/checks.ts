import { expect } from 'vitest';
import { messageProblems } from '../../../support/faults/historyProblems.ts';
import type { SavedPlay } from '../../../support/faults/savedPlay.ts';
import { asKept, lineAfter, resumeSaved } from '../../../support/faults/savedPlay.ts';
import { sideKey } from '../../../support/faults/side.ts';
import { openIntents } from '../../../support/journal/journalRecords.ts';
import { finalAnswer, outputs, type Scene, wrongText } from './cell.ts';

/**
 * The invariants of every run: each request was valid for the API, the journal is complete and
 * matches the run, and neither journal nor log contains the key.
 */
export function checkRun(play: SavedPlay): void {
  for (const { problems } of play.requests) expect(problems).toEqual([]);
  checkJournal(play);
  for (const line of play.log) {
    expect(line).not.toContain(sideKey);
    expect(line).not.toMatch(/[\n\r]/);
  }
}

function checkJournal({ kept, run, disk }: SavedPlay): void {
  expect(kept).toMatchObject({ damaged: 0, missing: 0, sealed: true, version: 'known' });
  expect(kept.incomplete.size).toBe(0);
  expect(openIntents(kept.records)).toEqual([]);
  expect(asKept(kept.state!)).toEqual(asKept(run.state));
  for (const messages of kept.messages.values()) {
    expect(messageProblems(messages).filter((problem) => !isOpenEnd(problem))).toEqual([]);
  }
  // Text of a failed attempt may be recorded, but is never part of the history.
  for (const { record } of kept.records) {
    const isEvidence =
      record.kind === 'event' &&
      (record.event.type === 'turn.discarded' ||
        (record.event.type === 'conversation.finished' && record.event.answerIs === 'broken_off'));
    if (!isEvidence) expect(JSON.stringify(record)).not.toContain(wrongText);
  }
  for (const { content } of disk.files.values()) expect(content.includes(sideKey)).toBe(false);
}

/** A stopped conversation may end with calls that never ran. */
function isOpenEnd(problem: string): boolean {
  return problem.startsWith('the calls ');
}

/** The conversation ended as if nothing had happened. */
export function checkRecovered(play: SavedPlay, requests: number): void {
  checkRun(play);
  expect(play.conversation).toMatchObject({ status: 'done', reason: 'final', answer: finalAnswer });
  expect(play.conversation.error).toBeUndefined();
  expect(play.conversation.toolCalls.map(({ output }) => output)).toEqual(outputs);
  expect(play.requests).toHaveLength(requests);
  expect(rolesOf(play)).toBe('user,assistant,tool,assistant,tool,assistant');
}

export function rolesOf({ kept }: SavedPlay, conversation = 0): string {
  return (kept.messages.get(conversation) ?? []).map(({ role }) => role).join();
}

/**
 * If the process had died during this turn's request, a later process would resume from the journal
 * with exactly the same request, and repeat no complete turn.
 */
export async function checkResume({ side, before, rest }: Scene, play: SavedPlay): Promise<void> {
  const line = lineAfter(
    play,
    (record) =>
      record.kind === 'event' &&
      record.event.type === 'turn.started' &&
      record.event.turn === before + 1,
  );
  const resumed = await resumeSaved(side, rest, play, line);
  checkRecovered(resumed, rest.length);
  expect(resumed.requests[0]!.body).toBe(play.requests[before]!.body);
}

/** Expects a log line with this text after its columns. */
export function checkLog({ log }: SavedPlay, line: RegExp): void {
  const said = log.filter((one) => line.test(one));
  expect(said, `${line} in\n${log.join('\n')}`).not.toEqual([]);
}

/** Expects that the first conversation's row of the panel had this text at some time. */
export function checkRow({ rows }: SavedPlay, text: RegExp): void {
  expect(rows.map((row) => row.text)).toContainEqual(expect.stringMatching(text));
}

/** Expects that the tree showed this beside the first conversation at some time. */
export function checkTree({ tree }: SavedPlay, text: RegExp): void {
  expect(tree).toContainEqual(expect.stringMatching(text));
}
