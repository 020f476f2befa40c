import type { ConversationResult } from '../../../../src/shared/runResult.ts';
import type { Answer, Side, SideName } from '../../../support/faults/side.ts';
import { undisturbed } from '../stage.ts';

export type FaultId = `F${number}`;

/** The place of a fault in a conversation of three turns. */
export type Place = 'first turn' | 'pending tools' | 'last turn';

export const places: readonly Place[] = ['first turn', 'pending tools', 'last turn'];

/** One test of the matrix; `play` fails when the product does not behave as the table says. */
export interface Cell {
  readonly fault: FaultId;
  readonly side: SideName;
  readonly place: Place;
  /** The variant of the fault. */
  readonly what: string;
  play(): Promise<void>;
}

export function cellName({ fault, side, place, what }: Cell): string {
  return `${fault} · ${side} · ${place} · ${what}`;
}

/** A side and a place, with the parts of a three-turn conversation there. */
export interface Scene {
  readonly side: Side;
  readonly place: Place;
  /** Number of complete turns before the place. */
  readonly before: number;
  /** The responses to the three requests of a conversation without faults. */
  readonly script: readonly Answer[];
  /** The responses before this place. */
  readonly healthy: readonly Answer[];
  readonly rest: readonly Answer[];
}

/** The results of the tool calls in the first two turns. */
export const outputs: readonly string[] = ['20', '40'];

export const finalAnswer = 'The answer is 40.';

/**
 * The text of a faulty answer. No history may contain it, and no answer unless it is marked as
 * broken off.
 */
export const wrongText = 'Not the answer.';

export function scenesOf(side: Side): readonly Scene[] {
  const script = undisturbed.map((turn) => side.turn(turn));
  return places.map((place, before) => ({
    ...{ side, place, before, script },
    healthy: script.slice(0, before),
    rest: script.slice(before),
  }));
}

/** The answer after a failed attempt: its text, marked as such, or else earlier text. */
export function textLeft(
  { answer, answerIs }: Pick<ConversationResult, 'answer' | 'answerIs'>,
  soFar: string,
): string {
  if (answerIs !== 'broken_off') return soFar;
  return answer !== '' && wrongText.startsWith(answer) ? answer : 'nothing else';
}

/** The answer of a conversation that ended without a final one. */
export function answerSoFar({ before }: Scene): string {
  return before === 0 ? '' : 'I add.';
}
