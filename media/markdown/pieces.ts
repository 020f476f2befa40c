/** One piece of a Markdown text. Pieces are rendered separately, so that none takes long. */
export interface Piece {
  /** The Markdown to render, with the fence or table head that the piece before left open. */
  readonly markdown: string;
  /** Where it begins in the text. */
  readonly start: number;
  /** Whether text that is appended later cannot change it any more. */
  readonly complete: boolean;
}

/** Max length of a piece in UTF-16 units, without what is put before it. */
export const maxPieceLength = 20_000;

/** Max length of a fence or table head that is repeated in the next piece. */
const maxHeadLength = 1_000;

/**
 * Cuts a text into at most `maxPieces` pieces: before a heading or after a blank line, else at the end of a line,
 * else within a line. Appending text does not change the cuts before it.
 */
export function piecesOf(text: string, maxPieces = Number.POSITIVE_INFINITY): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let head = '';
  while (at < text.length && pieces.length < maxPieces) {
    const isLast = text.length - at <= maxPieceLength;
    const end = isLast ? text.length : cutOf(text, at);
    const part = text.slice(at, end);
    pieces.push({ markdown: head + part, start: at, complete: !isLast });
    head = isLast ? '' : headAfter(head + part);
    at = end;
  }
  return pieces;
}

/** Where a piece that begins at `from` ends: at the best cut in its second half, if there is one. */
function cutOf(text: string, from: number): number {
  const to = from + maxPieceLength;
  const half = from + maxPieceLength / 2;
  const blank = text.lastIndexOf('\n\n', to - 2);
  if (blank >= half) return blank + 2;
  const line = text.lastIndexOf('\n', to - 1);
  if (line >= half) return line + 1;
  // Not within a surrogate pair.
  return /[\uDC00-\uDFFF]/.test(text.charAt(to)) ? to - 1 : to;
}

/** What the next piece must repeat so that its lines keep their meaning: a fence or a table head. */
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

/** The first two lines of the table that a text ends in; empty if it does not end in one. */
function tableHead(markdown: string): string {
  const block = markdown.slice(markdown.lastIndexOf('\n\n') + 1).trimStart();
  const [names = '', rule = ''] = block.split('\n', 2);
  const isTable = names.includes('|') && /^[ |:-]*-[ |:-]*\|?[ |:-]*$/.test(rule);
  return isTable && rule.includes('|') && !markdown.endsWith('\n\n') ? `${names}\n${rule}\n` : '';
}
