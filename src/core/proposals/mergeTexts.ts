import type { LineEdit } from './lineEdits.ts';
import { applyEdits, lineEdits, linesOf } from './lineEdits.ts';

/**
 * Merges two texts that were made from the same one: the edits of both, where they do not touch. An edit that
 * both made in the same way counts once. Undefined when edits touch.
 */
export function mergeTexts(base: string, one: string, other: string): string | undefined {
  if (one === other || other === base) return one;
  if (one === base) return other;
  const lines = linesOf(base);
  const merged = mergeEdits(lineEdits(lines, linesOf(one)), lineEdits(lines, linesOf(other)));
  return merged === undefined ? undefined : applyEdits(lines, merged).join('');
}

function mergeEdits(
  ones: readonly LineEdit[],
  others: readonly LineEdit[],
): readonly LineEdit[] | undefined {
  const merged: LineEdit[] = [];
  const left = [...others];
  for (const edit of ones) {
    while (left[0] !== undefined && left[0].end < edit.start) merged.push(...left.splice(0, 1));
    const [other] = left;
    if (other !== undefined && isSame(edit, other)) left.shift();
    else if (other !== undefined && other.start <= edit.end) return undefined;
    merged.push(edit);
  }
  return [...merged, ...left];
}

function isSame(one: LineEdit, other: LineEdit): boolean {
  return (
    one.start === other.start &&
    one.end === other.end &&
    one.lines.length === other.lines.length &&
    one.lines.every((line, index) => line === other.lines[index])
  );
}
