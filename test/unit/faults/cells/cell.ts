import type { ConversationResult } from '../../../../src/shared/runResult.ts';
import type { Answer, Side, SideName } from '../../../support/faults/side.ts';
import { undisturbed } from '../stage.ts';

export type FaultId = `F${number}`;

/** Where in a conversation of three turns something goes wrong. */
export type Place = 'first turn' | 'pending tools' | 'last turn';

export const places: readonly Place[] = ['first turn', 'pending tools', 'last turn'];

/** One test of the matrix; `play` fails when the product does not do what the table says. */
export interface Cell {
  readonly fault: FaultId;
  readonly side: SideName;
  readonly place: Place;
  /** Which of the fault's forms it is. */
  readonly what: string;
  play(): Promise<void>;
}

export function cellName({ fault, side, place, what }: Cell): string {
  return `${fault} · ${side} · ${place} · ${what}`;
}

/** A side and a place with what the conversation of three turns has there. */
export interface Scene {
  readonly side: Side;
  readonly place: Place;
  /** Turns that are complete before it. */
  readonly before: number;
  /** The answers to the three requests of a conversation in which nothing goes wrong. */
  readonly script: readonly Answer[];
  /** Those before this place, and those from it on. */
  readonly healthy: readonly Answer[];
  readonly rest: readonly Answer[];
}

/** The results of the tool calls in the first two turns. */
export const outputs: readonly string[] = ['20', '40'];

export const finalAnswer = 'The answer is 40.';

/** What a faulty answer says; no history may ever hold it, and no answer but as one that broke off. */
export const wrongText = 'Not the answer.';

export function scenesOf(side: Side): readonly Scene[] {
  const script = undisturbed.map((turn) => side.turn(turn));
  return places.map((place, before) => ({
    ...{ side, place, before, script },
    healthy: script.slice(0, before),
    rest: script.slice(before),
  }));
}

/** What it leaves of an attempt that failed: its text, marked as such, or else what was said before. */
export function textLeft(
  { answer, answerIs }: Pick<ConversationResult, 'answer' | 'answerIs'>,
  soFar: string,
): string {
  if (answerIs !== 'broken_off') return soFar;
  return answer !== '' && wrongText.startsWith(answer) ? answer : 'nothing else';
}

/** What a conversation that ended without its own final answer leaves behind. */
export function answerSoFar({ before }: Scene): string {
  return before === 0 ? '' : 'I add.';
}
