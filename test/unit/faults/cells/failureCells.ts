import { expect } from 'vitest';
import { errorWords } from '../../../../src/shared/errorWords.ts';
import type { ErrorKind } from '../../../../src/shared/outcome.ts';
import type { SavedPlay } from '../../../support/faults/savedPlay.ts';
import { playSaved } from '../../../support/faults/savedPlay.ts';
import type { Side } from '../../../support/faults/side.ts';
import { settled } from '../../../support/settled.ts';
import {
  answerSoFar,
  type Cell,
  finalAnswer,
  outputs,
  type Scene,
  scenesOf,
  textLeft,
  wrongText,
} from './cell.ts';
import { checkLog, checkRecovered, checkResume, checkRow, checkRun, checkTree } from './checks.ts';
import { type Failure, failuresOf } from './failures.ts';

/** Requests that fail once, always, or until the user fixes the cause. */
export function failureCells(side: Side): readonly Cell[] {
  const failures = failuresOf(side);
  return scenesOf(side).flatMap((scene) =>
    failures.flatMap((failure, index) => {
      const { fault, what, passes } = failure;
      const cell = (times: string, play: (f: Failure, s: Scene) => Promise<void>): Cell => ({
        ...{ fault, side: side.name, place: scene.place, what: `${what}, ${times}` },
        play: () => play(failure, scene),
      });
      const once = cell('once', playOnce);
      const lasting = cell('for ever', playLasting);
      if (!isNew(failure, failures, index) && scene.place !== 'pending tools') return [];
      if (passes) return isNew(failure, failures, index) ? [once, lasting] : [once];
      const isBlocking = ['auth', 'quota'].includes(failure.reason) || fault === 'F30';
      return isBlocking ? [lasting, cell('until it is fixed', playFixed)] : [lasting];
    }),
  );
}

/** Variants with the same outcome need not all be played everywhere and to the end. */
function isNew({ fault, message }: Failure, all: readonly Failure[], index: number): boolean {
  return !all
    .slice(0, index)
    .some((one) => one.fault === fault && String(one.message) === String(message));
}

/** A model that says nothing after tool results is asked once for its answer. */
function isAskedForAnswer({ message }: Failure, { before }: Scene): boolean {
  return /empty answer/.test(String(message)) && before > 0;
}

async function playOnce(failure: Failure, scene: Scene): Promise<void> {
  const { answer, reason } = failure;
  const { side, before, healthy, rest } = scene;
  const play = await playSaved(side, [...healthy, answer, ...rest]);
  if (isAskedForAnswer(failure, scene)) {
    expect(play.conversation).toMatchObject({ status: 'done', answer: finalAnswer });
    expect(play.requests[before + 1]!.body).toContain('Give your answer now');
    expect(play.requests).toHaveLength(4);
    return;
  }
  checkRecovered(play, 4);
  expect(play.requests[before]!.body).toBe(play.requests[before + 1]!.body);
  const turn = before + 1;
  const discarded = play.events.filter(({ type }) => type === 'turn.discarded');
  expect(discarded).toMatchObject([{ turn, attempt: 1, error: { kind: reason } }]);
  checkLog(play, new RegExp(`t${turn} +✕ .*${reason}: `));
  const said = play.rows.some(({ text, title = '' }) =>
    `${text} ${title}`.includes(errorWords[reason as ErrorKind]),
  );
  expect(said).toBe(true);
  if (reason === 'rate_limit') checkWaitForRate(play);
  await checkResume(scene, play);
}

/** Expects a wait for a rate limit with its reason and end. */
function checkWaitForRate(play: SavedPlay): void {
  checkLog(play, /… waiting for rate limit, \d/);
  checkTree(play, /^rate limit/);
  checkRow(play, /rate limit,? .*\d/);
}

async function playLasting(failure: Failure, scene: Scene): Promise<void> {
  const { reason, message } = failure;
  const asked = isAskedForAnswer(failure, scene) ? 1 : 0;
  const attempts = asked > 0 ? 1 : failure.attempts;
  const sent = asked > 0 ? 2 : (failure.sent ?? attempts);
  const { side, before, healthy } = scene;
  const play = await playSaved(side, [...healthy, failure.answer]);
  checkRun(play);
  const { conversation, log, kept } = play;
  expect(conversation).toMatchObject({
    ...{ status: 'failed', reason, turns: before },
    answer: textLeft(conversation, answerSoFar(scene)),
    error: { kind: reason, attempts },
  });
  expect(conversation.error!.message).toMatch(message);
  // The beginning of unreadable data is shown.
  if (!/valid JSON/.test(String(message))) {
    expect(conversation.error!.message).not.toMatch(/[\n{}<>]/);
  }
  expect(conversation.toolCalls.map(({ output }) => output)).toEqual(outputs.slice(0, before));
  expect(play.requests).toHaveLength(before + sent);
  expect(kept.messages.get(0)).toHaveLength(1 + 2 * before + asked);
  const shown = conversation.error!.message.slice(0, 60);
  expect(log.at(-2)).toMatch(/ ✕ failed after \d/);
  expect(log.at(-2)).toContain(`: ${reason}: ${shown}`);
  const words = `${errorWords[reason as ErrorKind]}: ${shown}`;
  expect(play.tree.at(-1)).toContain(words);
  const row = play.rows.at(-1)!;
  expect(row.tone).toBe('error');
  expect(row.text).toContain(words);
  const { answer: _, ...others } = conversation;
  expect(JSON.stringify([play.tree, others])).not.toContain(wrongText);
}

/**
 * Expects one pause with one message, no requests while it lasts, and the same state after resume.
 */
async function playFixed(
  { answer, reason, sent = 1, message }: Failure,
  scene: Scene,
): Promise<void> {
  const { side, before, healthy, rest } = scene;
  const play = await playSaved(side, [...healthy, answer, ...rest], {
    whenBlocked: 'pause',
    onRun: (run, served) => {
      run.onEvent((event) => {
        if (event.type !== 'run.paused') return;
        void settled().then(() => {
          expect(served.requests).toHaveLength(before + sent);
          run.resume();
        });
      });
    },
  });
  checkRecovered(play, 3 + sent);
  const paused = play.events.flatMap((event) => (event.type === 'run.paused' ? [event] : []));
  expect(paused).toMatchObject([{ error: { kind: reason } }]);
  expect(paused[0]!.error.message).toMatch(message);
  checkLog(play, new RegExp(`‖ paused: ${reason}: `));
  checkLog(play, /▶ resumed/);
  checkTree(play, /^paused/);
  checkRow(play, new RegExp(`paused: ${errorWords[reason as ErrorKind]}`));
  await checkResume(scene, play);
}
