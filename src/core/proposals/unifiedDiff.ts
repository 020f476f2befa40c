import type { FileOutcome } from './combineProposals.ts';
import type { LineEdit } from './lineEdits.ts';
import { lineEdits, linesOf } from './lineEdits.ts';

/** Unchanged lines shown around a change. */
const contextLines = 3;

/** A patch of all these files that `git apply` takes, a file at a time. */
export function* unifiedDiff(files: readonly FileOutcome[]): Generator<string> {
  for (const file of files) yield fileDiff(file);
}

function fileDiff({ path, from = path, before, after }: FileOutcome): string {
  const header = [`diff --git ${gitPath('a/', from)} ${gitPath('b/', path)}`];
  if (before === null) header.push('new file mode 100644');
  if (after === null) header.push('deleted file mode 100644');
  if (from !== path)
    header.push(`rename from ${gitPath('', from)}`, `rename to ${gitPath('', path)}`);
  const oldLines = linesOf(before ?? '');
  const newLines = linesOf(after ?? '');
  const hunks = hunksOf(oldLines, lineEdits(oldLines, newLines));
  if (hunks.length > 0) {
    header.push(
      `--- ${before === null ? '/dev/null' : withTab(gitPath('a/', from))}`,
      `+++ ${after === null ? '/dev/null' : withTab(gitPath('b/', path))}`,
    );
  }
  return `${header.join('\n')}\n${hunks.join('')}`;
}

/** A name with a quote or a backslash stands in quotes. */
function gitPath(side: '' | 'a/' | 'b/', path: string): string {
  const name = side + path;
  return /["\\]/.test(name) ? `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"` : name;
}

/** Marks the end of a name with spaces. */
function withTab(name: string): string {
  return name.includes(' ') ? `${name}\t` : name;
}

function hunksOf(lines: readonly string[], edits: readonly LineEdit[]): readonly string[] {
  let shift = 0;
  return grouped(edits).map((group) => {
    const hunk = hunkOf(lines, group, shift);
    for (const { start, end, lines: added } of group) shift += added.length - (end - start);
    return hunk;
  });
}

/** Edits so near to each other that their context would overlap stand in one hunk. */
function grouped(edits: readonly LineEdit[]): readonly (readonly LineEdit[])[] {
  const groups: LineEdit[][] = [];
  for (const edit of edits) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (last !== undefined && edit.start - last.end <= 2 * contextLines) group?.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

/** `shift`: how many lines earlier hunks have added. */
function hunkOf(lines: readonly string[], edits: readonly LineEdit[], shift: number): string {
  const first = Math.max(0, (edits[0]?.start ?? 0) - contextLines);
  const last = Math.min(lines.length, (edits.at(-1)?.end ?? 0) + contextLines);
  const shown: string[] = [];
  const oldCount = last - first;
  let newCount = oldCount;
  let next = first;
  for (const edit of edits) {
    shown.push(...lines.slice(next, edit.start).map((line) => hunkLine(' ', line)));
    shown.push(...lines.slice(edit.start, edit.end).map((line) => hunkLine('-', line)));
    shown.push(...edit.lines.map((line) => hunkLine('+', line)));
    newCount += edit.lines.length - (edit.end - edit.start);
    next = edit.end;
  }
  shown.push(...lines.slice(next, last).map((line) => hunkLine(' ', line)));
  return `@@ -${range(first, oldCount)} +${range(first + shift, newCount)} @@\n${shown.join('')}`;
}

function hunkLine(sign: string, line: string): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}

/** Lines count from 1; a range without lines names the line before it. */
function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}
