import { diffArrays } from 'diff';

/** Lines `start` to `end` (excluded, counted from 0) of a text are replaced by `lines`, each with its line end. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** More differing lines than this in a text are taken for one edit, because to compare them takes too long. */
const maxEditLength = 1_000;

/** The lines of a text, each with its line end; the last one may have none. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** What turns the lines of `before` into those of `after`, from top to bottom. Edits never touch each other. */
export function lineEdits(
  before: readonly string[],
  after: readonly string[],
): readonly LineEdit[] {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  const oldLines = before.slice(start, before.length - end);
  const newLines = after.slice(start, after.length - end);
  if (oldLines.length === 0 && newLines.length === 0) return [];
  const whole = { start, end: before.length - end, lines: newLines };
  if (oldLines.length === 0 || newLines.length === 0) return [whole];
  const changes = diffArrays([...oldLines], [...newLines], { maxEditLength });
  return changes === undefined ? [whole] : toEdits(changes, start);
}

/** The lines with the edits made. */
export function applyEdits(
  lines: readonly string[],
  edits: readonly LineEdit[],
): readonly string[] {
  const result: string[] = [];
  let next = 0;
  for (const edit of edits) {
    for (; next < edit.start; next++) result.push(lines[next] ?? '');
    for (const line of edit.lines) result.push(line);
    next = edit.end;
  }
  for (; next < lines.length; next++) result.push(lines[next] ?? '');
  return result;
}

/** Lines added and removed between two texts; null stands for no file. */
export function countLines(
  before: string | null,
  after: string | null,
): { readonly added: number; readonly removed: number } {
  let added = 0;
  let removed = 0;
  for (const { start, end, lines } of lineEdits(linesOf(before ?? ''), linesOf(after ?? ''))) {
    added += lines.length;
    removed += end - start;
  }
  return { added, removed };
}

interface Change {
  readonly value: readonly string[];
  readonly added: boolean;
  readonly removed: boolean;
}

function toEdits(changes: readonly Change[], from: number): readonly LineEdit[] {
  const edits: LineEdit[] = [];
  let line = from;
  let open: { start: number; lines: string[] } | undefined;
  const close = (): void => {
    if (open !== undefined) edits.push({ ...open, end: line });
    open = undefined;
  };
  for (const { value, added, removed } of changes) {
    if (!added && !removed) {
      close();
      line += value.length;
      continue;
    }
    open ??= { start: line, lines: [] };
    if (added) open.lines.push(...value);
    else line += value.length;
  }
  close();
  return edits;
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[count] === b[count]) count += 1;
  return count;
}

function commonEnd(a: readonly string[], b: readonly string[], start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let count = 0;
  while (count < most && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}
