import type { Question, QuestionAnswer } from '../../core/approvals/inbox/approvalRequest.ts';
import { plural } from '../../shared/quantities.ts';
import { terminalLine, terminalText } from '../terminalText.ts';

/** Who asks, and what else waits. */
export interface Asker {
  /** The conversation's name. */
  readonly name: string;
  /** Its place in the run, from 1, and how many conversations there are. */
  readonly place: readonly [number: number, of: number];
  /** How many other questions wait. */
  readonly others: number;
}

/** `? Sizes (2 of 5) asks, 3 more questions wait:`. */
export function askerLine({ name, place: [number, of], others }: Asker): string {
  const wait = others === 1 ? '1 more question waits' : `${plural(others, 'more question')} wait`;
  return `? ${terminalLine(name)} (${number} of ${of}) asks${others === 0 ? '' : `, ${wait}`}:`;
}

/** A question with its numbered choices, and how to answer. Made safe for a terminal. */
export function questionText({ question, choices = [], multiple }: Question): string {
  const lines = [
    ...terminalText(question).split('\n'),
    ...choices.map((choice, at) => `  ${at + 1}. ${terminalLine(choice)}`),
    `(${howToAnswer(choices, multiple)} Enter alone: no answer. Ctrl+D: refuse.)`,
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function howToAnswer(choices: readonly string[], multiple: true | undefined): string {
  if (choices.length === 0) return 'Type the answer.';
  return multiple === true
    ? 'Type numbers, as in "1, 3", or another answer.'
    : 'Type a number or another answer.';
}

/** How many conversations are named that ask the same. */
const maxNamed = 10;

/** Asks whether an answer counts for others, too. `stay`: how many other questions wait. */
export function equalText(names: readonly string[], stay: number): string {
  const named = names.slice(0, maxNamed).map((name) => terminalLine(name));
  const more = names.length > maxNamed ? [`${names.length - maxNamed} more`] : [];
  const others = names.length === 1 ? 'conversation asks' : 'conversations ask';
  const lines = [
    `${names.length} other ${others} the same: ${[...named, ...more].join(', ')}.`,
    `(Type y to give the same answer to all of them; ${plural(stay, 'other question')} would stay. Enter alone: only to this one.)`,
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

/** The answer that a typed line gives. A line that is no list of numbers of choices is an answer itself. */
export function answerIn(line: string, { choices = [], multiple }: Question): QuestionAnswer {
  const text = line.trim();
  const numbers = text.split(/[\s,;]+/).filter((part) => part !== '');
  const chosen = numbers.flatMap((part) => {
    const choice = /^\d{1,3}$/.test(part) ? choices[Number(part) - 1] : undefined;
    return choice === undefined ? [] : [choice];
  });
  const isNumbers = numbers.length > 0 && chosen.length === numbers.length;
  if (multiple !== true) return isNumbers && chosen.length === 1 ? (chosen[0] ?? text) : text;
  if (isNumbers) return [...new Set(chosen)];
  return text === '' ? [] : [text];
}
