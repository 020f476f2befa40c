/** A `## Heading`. */
export interface Heading {
  readonly line: number;
  readonly column: number;
  /** The heading without its number signs; empty for a bare `##`. */
  readonly title: string;
}

/** A code fence, an HTML comment or another HTML block that only its end mark closes. */
export interface Block {
  readonly kind: 'fence' | 'comment' | 'html';
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** False when the document ends first. */
  readonly closed: boolean;
}

/** What splits a document into prompts, in document order. */
export interface MarkdownBlocks {
  readonly headings: readonly Heading[];
  readonly blocks: readonly Block[];
  /** Lines such as `##Name`, which are no headings but may be meant as such. */
  readonly crowdedHeadings: readonly Heading[];
  /** Lines such as `Name` above a line of dashes: headings of the second level, too. */
  readonly underlinedHeadings: readonly number[];
}

/**
 * Finds second-level headings outside code fences and HTML comments. Fences and comments follow
 * CommonMark, inside list items too: they end with the list item at the latest. Linear in the text.
 */
export function scanMarkdown(lines: readonly string[], from: number): MarkdownBlocks {
  const scanner = new BlockScanner();
  for (let line = from; line < lines.length; line++) scanner.read(lines[line] ?? '', line);
  scanner.finish();
  return scanner;
}

/** A place in a line: where it is in the string, and where that is on screen (tabs are four wide). */
interface Place {
  readonly index: number;
  readonly column: number;
}

interface OpenBlock {
  readonly kind: 'fence' | 'comment' | 'html';
  readonly line: number;
  readonly column: number;
  /** Screen column at which the content of the surrounding list item starts. */
  readonly listColumn: number;
  /** What closes it: at least so many backticks or tildes, or a text in lower case. */
  readonly closer: string;
}

class BlockScanner implements MarkdownBlocks {
  readonly headings: Heading[] = [];
  readonly crowdedHeadings: Heading[] = [];
  readonly underlinedHeadings: number[] = [];
  readonly blocks: Block[] = [];
  /** Screen columns at which the content of the open list items starts, outermost first. */
  readonly #lists: number[] = [];
  #open: OpenBlock | undefined;
  /** Whether the line before is text that dashes would make a heading. */
  #isAfterText = false;
  #lastLine = 0;
  #lastLength = 0;

  read(text: string, line: number): void {
    const start = skipIndent(text, { index: 0, column: 0 });
    const isAfterText = this.#isAfterText;
    this.#isAfterText = false;
    if (!this.#readInside(text, line, start) && start.index < text.length) {
      if (isAfterText && start.column <= 3 && /^-+[ \t]*$/.test(text.slice(start.index))) {
        this.underlinedHeadings.push(line - 1);
      } else this.#readOutside(text, line, start);
    }
    this.#lastLine = line;
    this.#lastLength = text.length;
  }

  finish(): void {
    this.#close(this.#lastLine, this.#lastLength, false);
  }

  /** Whether the line belongs to an open fence or comment. */
  #readInside(text: string, line: number, start: Place): boolean {
    const open = this.#open;
    if (!open) return false;
    const isTextLeftOfList = start.index < text.length && start.column < open.listColumn;
    if (isTextLeftOfList) {
      this.#close(this.#lastLine, this.#lastLength, true);
      return false;
    }
    if (open.kind !== 'fence') this.#closeHtml(text, line, 0);
    else if (closesFence(text, start, open)) this.#close(line, text.length, true);
    return true;
  }

  #readOutside(text: string, line: number, start: Place): void {
    if (start.column <= 3 && text.startsWith('##', start.index)) {
      this.#lists.length = 0;
      this.#readHeading(text, line, start.index);
      return;
    }
    while (start.column < this.#listColumn()) this.#lists.pop();
    const place = this.#enterLists(text, start);
    if (place.column - this.#listColumn() > 3) return;
    const html = htmlBlockAt(text, place.index);
    if (html) {
      this.#openBlock(html.kind, line, place, html.closer);
      this.#closeHtml(text, line, place.index + 2);
      return;
    }
    const closer = fenceAt(text, place.index);
    if (closer) this.#openBlock('fence', line, place, closer);
    else this.#isAfterText = this.#lists.length === 0 && isPlainText(text, place.index);
  }

  #readHeading(text: string, line: number, column: number): void {
    const next = text.charAt(column + 2);
    const heading = { line, column, title: headingTitle(text.slice(column + 2)) };
    if (next === '' || next === ' ' || next === '\t') this.headings.push(heading);
    else if (/^[\p{L}\p{N}]/u.test(heading.title)) this.crowdedHeadings.push(heading);
  }

  /** Opens the list items whose markers stand at `place`; returns where their content starts. */
  #enterLists(text: string, place: Place): Place {
    let at = place;
    while (at.column - this.#listColumn() <= 3) {
      const content = listItemContent(text, at);
      if (!content) break;
      this.#lists.push(content.column);
      at = content;
    }
    return at;
  }

  #listColumn(): number {
    return this.#lists.at(-1) ?? 0;
  }

  #openBlock(kind: Block['kind'], line: number, place: Place, closer: string): void {
    const listColumn = this.#listColumn();
    this.#open = { kind, line, column: place.index, listColumn, closer };
  }

  #closeHtml(text: string, line: number, from: number): void {
    const closer = this.#open?.closer ?? '';
    const end = text.toLowerCase().indexOf(closer, from);
    if (end >= 0) this.#close(line, end + closer.length, true);
  }

  #close(endLine: number, endColumn: number, closed: boolean): void {
    if (!this.#open) return;
    const { kind, line, column } = this.#open;
    this.blocks.push({ kind, line, column, endLine, endColumn, closed });
    this.#open = undefined;
  }
}

function skipIndent(text: string, from: Place): Place {
  let { index, column } = from;
  for (; ; index++) {
    const character = text.charAt(index);
    if (character === ' ') column++;
    else if (character === '\t') column += 4 - (column % 4);
    else return { index, column };
  }
}

/** HTML that only its end mark closes, as CommonMark has it: comments, scripts, CDATA and the like. */
function htmlBlockAt(text: string, index: number): Pick<OpenBlock, 'kind' | 'closer'> | undefined {
  if (text.charAt(index) !== '<') return undefined;
  if (text.startsWith('<!--', index)) return { kind: 'comment', closer: '-->' };
  if (text.startsWith('<?', index)) return { kind: 'html', closer: '?>' };
  if (text.startsWith('<![CDATA[', index)) return { kind: 'html', closer: ']]>' };
  if (/^<![A-Za-z]/.test(text.slice(index, index + 3))) return { kind: 'html', closer: '>' };
  const tag = /^<(pre|script|style|textarea)(?=[\s>]|$)/i.exec(text.slice(index, index + 11));
  return tag ? { kind: 'html', closer: `</${tag[1]?.toLowerCase()}>` } : undefined;
}

/** Whether a line is text of a paragraph, and not a heading, a quote, a table or other markup. */
function isPlainText(text: string, index: number): boolean {
  return /[\p{L}\p{N}*_`"'([]/u.test(text.charAt(index));
}

/** The run of backticks or tildes that opens a fence at `index`. */
function fenceAt(text: string, index: number): string | undefined {
  const character = text.charAt(index);
  if (character !== '`' && character !== '~') return undefined;
  const end = endOfRun(text, index, character);
  if (end - index < 3) return undefined;
  // Backticks after the run make it inline code.
  if (character === '`' && text.includes('`', end)) return undefined;
  return text.slice(index, end);
}

function closesFence(text: string, start: Place, open: OpenBlock): boolean {
  if (start.column - open.listColumn > 3 || !text.startsWith(open.closer, start.index))
    return false;
  const end = endOfRun(text, start.index, open.closer.charAt(0));
  return skipIndent(text, { index: end, column: 0 }).index === text.length;
}

function endOfRun(text: string, from: number, character: string): number {
  let end = from;
  while (text.charAt(end) === character) end++;
  return end;
}

/** Where the content of the list item starts whose marker (`-`, `*`, `+`, `1.`, `1)`) is at `at`. */
function listItemContent(text: string, at: Place): Place | undefined {
  const marker = /[-*+]|\d{1,9}[.)]/y;
  marker.lastIndex = at.index;
  if (!marker.test(text)) return undefined;
  const afterMarker = { index: marker.lastIndex, column: at.column + marker.lastIndex - at.index };
  const content = skipIndent(text, afterMarker);
  const width = content.column - afterMarker.column;
  if (content.index === text.length) return { ...content, column: afterMarker.column + 1 };
  if (width === 0) return undefined;
  // Five spaces or more: the content is indented code, one space after the marker.
  return width <= 4 ? content : { index: afterMarker.index + 1, column: afterMarker.column + 1 };
}

/** The text after `##`, without the number signs that may close a heading. */
function headingTitle(rest: string): string {
  const title = rest.trim();
  let end = title.length;
  while (end > 0 && title.charAt(end - 1) === '#') end--;
  if (end === 0) return '';
  const isClosed = end < title.length && /[ \t]/.test(title.charAt(end - 1));
  return isClosed ? title.slice(0, end).trimEnd() : title;
}
