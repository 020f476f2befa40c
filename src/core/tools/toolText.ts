import { clipEnd } from '../base/text.ts';
import type { ToolLimits } from './toolLimits.ts';

/** Lines with notes below them in brackets. Empty notes are left out. */
export function withNotes(lines: readonly string[], notes: readonly string[]): string {
  const said = notes.filter((note) => note !== '');
  if (said.length === 0) return lines.join('\n');
  const note = `[${said.join(' ')}]`;
  return lines.length === 0 ? note : [...lines, '', note].join('\n');
}

/** The first lines that fit. If even the first one is too long, its beginning. */
export function withinLength(
  lines: readonly string[],
  { resultLength }: Pick<ToolLimits, 'resultLength'>,
): readonly string[] {
  const fitting = countFitting(lines, resultLength);
  const [first] = lines;
  return fitting === 0 && first !== undefined
    ? [clipEnd(first, resultLength)]
    : lines.slice(0, fitting);
}

/** How many lines from the start fit into `length` UTF-16 units, line ends included. */
export function countFitting(lines: readonly string[], length: number): number {
  let room = length;
  const end = lines.findIndex((line) => {
    room -= line.length + 1;
    return room < 0;
  });
  return end < 0 ? lines.length : end;
}
