/** A Markdown text in pieces that are rendered on their own, so that none takes long. */
export interface Piece {
  /** The Markdown to render: with the fence or table head that the piece before has left open. */
  readonly markdown: string;
  /** Whether text that is added later can change it no more. */
  readonly complete: boolean;
}

/** UTF-16 units of a piece, less what is put before it. */
export const maxPieceLength = 20_000;

/** A fence or the head of a table longer than this is not repeated. */
const maxHeadLength = 1_000;

/**
 * Cuts a text into pieces: before a heading or after a blank line where there is one, else at a line's end,
 * else in the middle of a line. What a text begins with is cut the same way however long it grows.
 * `atMost` pieces are made.
 */
export function piecesOf(text: string, atMost = Number.POSITIVE_INFINITY): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let head = '';
  while (at < text.length && pieces.length < atMost) {
    const isLast = text.length - at <= maxPieceLength;
    const end = isLast ? text.length : cutOf(text, at);
    const part = text.slice(at, end);
    pieces.push({ markdown: head + part, complete: !isLast });
    head = isLast ? '' : headAfter(head + part);
    at = end;
  }
  return pieces;
}

/** Where a piece that begins at `from` ends: the best place in its second half, if there is one. */
function cutOf(text: string, from: number): number {
  const to = from + maxPieceLength;
  const half = from + maxPieceLength / 2;
  const blank = text.lastIndexOf('\n\n', to - 2);
  if (blank >= half) return blank + 2;
  const line = text.lastIndexOf('\n', to - 1);
  if (line >= half) return line + 1;
  // Not between the two halves of a character.
  return /[\uDC00-\uDFFF]/.test(text.charAt(to)) ? to - 1 : to;
}

/** What the next piece has to begin with for its lines to mean what they mean: a fence, a table's head. */
function headAfter(markdown: string): string {
  const fence = openFence(markdown);
  const head = fence === undefined ? tableHead(markdown) : `${fence}\n`;
  return head.length > maxHeadLength || !markdown.endsWith('\n') ? '' : head;
}

/** The line that opened the code block that a text ends in. */
function openFence(markdown: string): string | undefined {
  let open: string | undefined;
  for (const [line, mark = ''] of markdown.matchAll(/^ {0,3}(`{3,}|~{3,}).*$/gm)) {
    if (open === undefined) open = line;
    else if (open.trimStart().startsWith(mark.slice(0, 3)) && /^ {0,3}[`~]+ *$/.test(line)) {
      open = undefined;
    }
  }
  return open;
}

/** The first two lines of the table that a text ends in; empty when it ends in none. */
function tableHead(markdown: string): string {
  const block = markdown.slice(markdown.lastIndexOf('\n\n') + 1).trimStart();
  const [names = '', rule = ''] = block.split('\n', 2);
  const isTable = names.includes('|') && /^[ |:-]*-[ |:-]*\|?[ |:-]*$/.test(rule);
  return isTable && rule.includes('|') && !markdown.endsWith('\n\n') ? `${names}\n${rule}\n` : '';
}
