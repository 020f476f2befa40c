import { expect } from 'vitest';
import { adviceFor } from '../../../../media/text/advice.ts';
import { reasonLabel } from '../../../../media/text/labels.ts';
import type { LimitReason } from '../../../../src/shared/outcome.ts';
import type { FaultProtocol } from '../../../support/faults/faultProtocol.ts';
import { faultProtocols } from '../../../support/faults/faultProtocol.ts';
import type { SavedPlay } from '../../../support/faults/savedPlay.ts';
import { playSaved } from '../../../support/faults/savedPlay.ts';
import type { Answer, Side } from '../../../support/faults/side.ts';
import { anthropicEvents } from '../../../support/loopback/anthropicScript.ts';
import { plainReply, sseText, streamReply } from '../../../support/loopback/replies.ts';
import { answerSoFar, type Cell, type FaultId, type Scene, scenesOf } from './cell.ts';
import { checkLog, checkRow, checkRun, checkTree } from './checks.ts';

/** A turn that ends its conversation early, and what it leaves behind. */
interface Early {
  readonly fault: FaultId;
  readonly what: string;
  readonly answer: Answer;
  readonly reason: LimitReason;
  /** The text kept from it, if any. */
  readonly text?: string;
}

/** Turns that end without an answer: truncated, refused, paused, too long. */
export function endingCells(side: Side): readonly Cell[] {
  const protocol = faultProtocols.find(({ name }) => name === side.name);
  if (protocol === undefined) return [];
  return scenesOf(side).flatMap((scene) => {
    const cell = (fault: FaultId, what: string, play: () => Promise<void>): Cell => ({
      ...{ fault, what, play, side: side.name, place: scene.place },
    });
    const stops = earlyEnds(side, protocol).map((early) =>
      cell(early.fault, early.what, () => playEarly(early, scene)),
    );
    return side.name === 'anthropic'
      ? [
          ...stops,
          cell('F15', 'paused by the provider', () => playPaused(scene)),
          cell('F15', 'paused repeatedly', () => playPausedForEver(scene)),
          cell('F15', 'unknown stop reason', () => playUnknownStop(scene)),
        ]
      : stops;
  });
}

const cutCall = { id: 'call_c', name: 'sum_numbers', input: '{"numbers":[1,2' };

function earlyEnds(side: Side, protocol: FaultProtocol): readonly Early[] {
  const tooLong = (status: number, code: string): Answer => ({
    kind: 'http',
    reply: plainReply(status, protocol.errorBody(code, 'Too long.')),
  });
  const early = (
    fault: FaultId,
    what: string,
    { answer, reason, text }: Pick<Early, 'answer' | 'reason' | 'text'>,
  ): Early => ({ fault, what, answer, reason, ...(text === undefined ? {} : { text }) });
  const cut = { text: 'As far as', end: 'truncated' } as const;
  const refusal = { text: 'I will not.', end: 'refused' } as const;
  const full = stopping('As far as', 'model_context_window_exceeded');
  const truncated = { reason: 'max_tokens', text: cut.text } as const;
  const ends = [
    early('F13', 'truncated in the arguments of a call', {
      ...truncated,
      answer: side.turn({ ...cut, calls: [cutCall] }),
    }),
    early('F13', 'truncated in its text', { ...truncated, answer: side.turn(cut) }),
    early('F14', 'refusal', { reason: 'refused', text: refusal.text, answer: side.turn(refusal) }),
    early('F20', 'HTTP 413', {
      reason: 'context_full',
      answer: tooLong(413, 'request_too_large'),
    }),
    early('F20', 'HTTP 400', {
      reason: 'context_full',
      answer: tooLong(400, 'context_length_exceeded'),
    }),
  ];
  if (side.name !== 'anthropic') return ends;
  return [
    ...ends,
    early('F13', 'full context', { reason: 'context_full', text: 'As far as', answer: full }),
  ];
}

/** Words in the tree for each reason. */
const shown: Partial<Record<LimitReason, RegExp>> = {
  max_tokens: /truncated/,
  refused: /refused/,
  context_full: /context full/,
};

async function playEarly({ answer, reason, text }: Early, scene: Scene): Promise<void> {
  const { side, before, healthy } = scene;
  const play = await playSaved(side, [...healthy, answer]);
  checkRun(play);
  const { conversation, kept } = play;
  expect(conversation).toMatchObject({
    ...{ status: 'stopped', reason, answer: text ?? answerSoFar(scene) },
    turns: before + (text === undefined ? 0 : 1),
  });
  expect(conversation.error === undefined).toBe(text !== undefined);
  expect(conversation.toolCalls).toHaveLength(before);
  expect(play.requests).toHaveLength(before + 1);
  expect(kept.messages.get(0)).toHaveLength(1 + 2 * before + (text === undefined ? 0 : 1));
  const words = shown[reason]!;
  expect(play.log.at(-2)).toMatch(/ ⚠ stopped after \d/);
  expect(play.log.at(-2)).toMatch(words);
  expect(play.tree.at(-1)).toMatch(words);
  checkStoppedRow(play, reason);
}

function checkStoppedRow({ rows, conversation }: SavedPlay, reason: LimitReason): void {
  const row = rows.at(-1)!;
  expect(row.tone).toBe('warning');
  const label = reasonLabel({ reason });
  const { answer } = conversation;
  expect(row.text).toBe(answer === '' ? label : `${label}: ${answer}`);
  expect(row.title).toBe(adviceFor({ reason }));
}

function stopping(text: string, stopReason: string): Answer {
  const content = [{ type: 'text', text }];
  return { kind: 'http', reply: streamReply(sseText(anthropicEvents({ content, stopReason }))) };
}

async function playPaused(scene: Scene): Promise<void> {
  const { side, healthy, rest } = scene;
  const paused = [stopping('One, ', 'pause_turn'), stopping('two. ', 'pause_turn')];
  const play = await playSaved(side, [...healthy, ...paused, ...rest]);
  checkRun(play);
  expect(play.conversation).toMatchObject({ status: 'done', reason: 'final', turns: 5 });
  expect(play.conversation.toolCalls.map(({ output }) => output)).toEqual(['20', '40']);
  expect(play.requests).toHaveLength(5);
  expect(play.conversation.answer).toBe(
    scene.place === 'last turn' ? 'One, two. The answer is 40.' : 'The answer is 40.',
  );
}

async function playPausedForEver({ side, before, healthy }: Scene): Promise<void> {
  const play = await playSaved(side, [...healthy, stopping('On. ', 'pause_turn')]);
  checkRun(play);
  expect(play.conversation).toMatchObject({ status: 'stopped', reason: 'loop' });
  expect(play.conversation.answer).toBe('On. '.repeat(6));
  expect(play.requests).toHaveLength(before + 6);
}

async function playUnknownStop(scene: Scene): Promise<void> {
  const { side, before, healthy } = scene;
  const play = await playSaved(side, [...healthy, stopping('So far', 'some_new_reason')]);
  checkRun(play);
  expect(play.conversation).toMatchObject({ status: 'failed', reason: 'protocol', turns: before });
  expect(play.conversation.error!.message).toMatch(/unknown reason: "some_new_reason"\. Update/);
  // Its text is kept anyway.
  expect(play.conversation).toMatchObject({ answer: 'So far', answerIs: 'broken_off' });
  expect(play.requests).toHaveLength(before + 1);
  checkLog(play, /failed after .*unknown reason: "some_new_reason"/);
  checkTree(play, /unknown reason: "some_new_reason"/);
  checkRow(play, /unknown reason: "some_new_reason"/);
}
