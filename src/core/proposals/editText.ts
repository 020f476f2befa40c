/** The mark that some editors put at the beginning of a file. */
const bom = '\uFEFF';

/** A text as models see it: without byte order mark, lines ended by `\n`. */
export function shownText(text: string): string {
  return withUnixEnds(text.startsWith(bom) ? text.slice(1) : text);
}

/** A text of a model's in the form of the file that it replaces: with its byte order mark and its line ends. */
export function inFormOf(file: string, shown: string): string {
  const body = withEnds(shownText(shown), lineEndOf(file));
  return file.startsWith(bom) ? bom + body : body;
}

/** How often a text stands in a file, or the file with it replaced when that is once. */
export type Replacement =
  | { readonly matches: 1; readonly text: string }
  | { readonly matches: number; readonly text?: never };

/**
 * Replaces a text that stands in the file exactly once. `\n` and `\r\n` match each other, and the new text
 * gets the file's own line ends. Everything else of the file stays as it is, byte for byte.
 */
export function replaceOnce(file: string, oldText: string, newText: string): Replacement {
  const body = withUnixEnds(file);
  const wanted = shownText(oldText);
  const matches = countMatches(body, wanted);
  if (matches !== 1) return { matches };
  const at = body.indexOf(wanted);
  const start = indexInFile(file, at);
  const end = indexInFile(file, at + wanted.length);
  const replaced = file.slice(start, end);
  const lineEnd = lineEndOf(replaced.includes('\n') ? replaced : file);
  const text = file.slice(0, start) + withEnds(withUnixEnds(newText), lineEnd) + file.slice(end);
  return { matches: 1, text };
}

function countMatches(text: string, wanted: string): number {
  let count = 0;
  // A match that overlaps another one makes the place just as unclear.
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) count += 1;
  return count;
}

/** Where a place in the text with Unix line ends is in the file itself; never between `\r` and `\n`. */
function indexInFile(file: string, shown: number): number {
  let left = shown;
  let index = 0;
  for (;;) {
    const next = file.indexOf('\r\n', index);
    // The characters before it, and the line end itself, which counts as one.
    if (next < 0 || left <= next - index) return index + left;
    left -= next - index + 1;
    index = next + 2;
  }
}

/** The line end that a text has most of. */
function lineEndOf(text: string): '\n' | '\r\n' {
  const windows = text.split('\r\n').length - 1;
  const all = text.split('\n').length - 1;
  return windows * 2 > all ? '\r\n' : '\n';
}

function withUnixEnds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function withEnds(text: string, lineEnd: '\n' | '\r\n'): string {
  return lineEnd === '\n' ? text : text.replaceAll('\n', '\r\n');
}
