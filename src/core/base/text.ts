import { formatInteger } from '../../shared/quantities.ts';
import { revealHidden } from '../../shared/visibleText.ts';

/** Options of `visibleText`. */
export interface VisibleTextOptions {
  /** Keeps line feeds; otherwise each becomes `⏎` and the result is one line. */
  readonly keepNewlines?: boolean;
}

const esc = '\\u001b';
const csiStart = `(?:${esc}\\[|\\u009b)`;
const stringStart = `(?:${esc}[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])`;
const stringEnd = `(?:\\u0007|\\u009c|${esc}\\\\)`;

/**
 * Terminal control sequences. A string sequence (a window title, a link target) must end on the same line.
 * Otherwise a stray start would hide everything up to a distant end.
 */
const terminalSequence = [
  `${csiStart}[0-?]*[ -/]*[@-~]`,
  `${stringStart}\\P{Cc}*${stringEnd}`,
  `${esc}[ -/]*[0-~]`,
].join('|');

const sequences = new RegExp(terminalSequence, 'gu');

/**
 * Makes a text safe to show: removes terminal sequences, and makes hidden characters visible as `revealHidden`
 * does. The result is well-formed; idempotent.
 */
export function visibleText(text: string, options: VisibleTextOptions = {}): string {
  const shown = revealHidden(text.toWellFormed().replace(sequences, ''));
  return options.keepNewlines === true ? shown : shown.replaceAll('\n', '⏎');
}

/**
 * At most `max` UTF-16 units. A longer text keeps its beginning and end, with a note between them that says how
 * much is left out. Never splits a surrogate pair.
 */
export function clipMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const room = max - middleNote(text.length).length;
  if (room < 2) return clipEnd(text, max);
  const head = backToBoundary(text, Math.ceil(room / 2));
  const tail = forwardToBoundary(text, text.length - Math.floor(room / 2));
  return text.slice(0, head) + middleNote(tail - head) + text.slice(tail);
}

/** The note for characters that were left out. */
export function middleNote(count: number): string {
  return `\n[… ${formatInteger(count)} characters left out …]\n`;
}

/** At most `max` UTF-16 units; a longer text ends in `…`. Never splits a surrogate pair. */
export function clipEnd(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  return `${text.slice(0, backToBoundary(text, max - 1))}…`;
}

/**
 * The part of a text from `start` up to `end`, shortened where an end would split a surrogate pair.
 */
export function sliceWhole(text: string, start: number, end: number): string {
  return text.slice(forwardToBoundary(text, start), backToBoundary(text, end));
}

function backToBoundary(text: string, index: number): number {
  return isInsidePair(text, index) ? index - 1 : index;
}

function forwardToBoundary(text: string, index: number): number {
  return isInsidePair(text, index) ? index + 1 : index;
}

function isInsidePair(text: string, index: number): boolean {
  return (text.codePointAt(index - 1) ?? 0) > 0xffff;
}

/** A value from outside for a message: in quotes, clipped to `max` UTF-16 units, safe to show. */
export function quoted(value: unknown, max = 40): string {
  return visibleText(JSON.stringify(clipEnd(String(value).toWellFormed(), max)));
}
