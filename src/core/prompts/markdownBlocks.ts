import { createBlockParser } from '../base/blockParser.ts';

/** A `## Heading`. */
export interface Heading {
  readonly line: number;
  readonly column: number;
  /** The heading without its number signs; empty for a bare `##`. */
  readonly title: string;
}

/** A code fence or a block of HTML, comments included. */
export interface Block {
  readonly kind: 'fence' | 'comment' | 'html';
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** After the `-->` of a comment; the end of the line for other blocks. */
  readonly endColumn: number;
  /** False when the document ends first. The end of a list item or quote closes the blocks in it. */
  readonly closed: boolean;
  /** Whether it is inside a list item, a quote or other HTML. */
  readonly isNested: boolean;
  /** What stands behind the marks of a fence. */
  readonly info?: string;
}

/** A line that looks like the start of a prompt but is not one. */
export interface Lookalike {
  readonly kind: 'no-space' | 'underlined' | 'in-list' | 'in-html';
  readonly line: number;
  readonly column: number;
}

/** The parts of a document that matter for splitting it into prompts, in document order. */
export interface MarkdownBlocks {
  readonly headings: readonly Heading[];
  readonly blocks: readonly Block[];
  readonly lookalikes: readonly Lookalike[];
}

/**
 * Appended to every document. If a block is still open at the end, the probe is inside it. Otherwise it is found as a
 * heading.
 */
const probe = '\n\n##';

/** Finds headings and blocks as CommonMark defines them, from the line `from` on. */
export function findBlocks(lines: readonly string[], from: number): MarkdownBlocks {
  const parser = createBlockParser({ html: true });
  const tokens = parser.parse(lines.slice(from).join('\n') + probe, {});
  const found = new FoundBlocks(lines);
  for (const [index, token] of tokens.entries()) {
    if (token.map === null) continue;
    const [start, end] = token.map;
    const place = { line: start + from, end: end + from, isNested: token.level > 0 };
    // The probe is not part of the document.
    if (place.line >= lines.length) break;
    found.add(token, place, tokens[index + 1]?.content ?? '');
  }
  return found;
}

/** Whether a line would start a prompt outside of blocks. */
export function isHeadingLine(text: string): boolean {
  return /^ {0,3}##(?:[ \t]|$)/.test(text);
}

type Token = ReturnType<ReturnType<typeof createBlockParser>['parse']>[number];

/** The lines of a block. */
interface Place {
  readonly line: number;
  /** The first line after it. */
  readonly end: number;
  readonly isNested: boolean;
}

class FoundBlocks implements MarkdownBlocks {
  readonly headings: Heading[] = [];
  readonly blocks: Block[] = [];
  readonly lookalikes: Lookalike[] = [];
  readonly #lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /** Adds what a token starts; `content` is that of the token after it. */
  add({ type, tag, markup, info }: Token, place: Place, content: string): void {
    if (type === 'fence') this.#addBlock(place, markup, info);
    else if (type === 'html_block') this.#addBlock(place, '<');
    else if (type === 'paragraph_open') this.#addText(place);
    else if (type === 'heading_open' && tag === 'h2') {
      if (markup === '##') this.#addHeading(place, content.trim());
      else this.#addUnderlined(place);
    }
  }

  #addHeading({ line, isNested }: Place, title: string): void {
    const text = this.#textOf(line);
    if (!isNested) this.headings.push({ line, column: indentOf(text), title });
    else if (isHeadingLine(text)) this.#addLookalike('in-list', line);
  }

  #addUnderlined({ end, isNested }: Place): void {
    if (!isNested) this.#addLookalike('underlined', end - 2);
  }

  #addText({ line: first, end }: Place): void {
    for (let line = first; line < end; line++) {
      if (/^ {0,3}##[\p{L}\p{N}]/u.test(this.#textOf(line))) this.#addLookalike('no-space', line);
    }
  }

  /** `mark` is what the block starts with. */
  #addBlock({ line, end, isNested }: Place, mark: string, info = ''): void {
    const first = this.#textOf(line);
    const column = Math.max(0, first.indexOf(mark));
    const isComment = first.startsWith('<!--', column);
    const endLine = Math.min(end, this.#lines.length) - 1;
    const last = this.#textOf(endLine);
    // The shortest comment is `<!-->`.
    const closer = isComment ? last.indexOf('-->', endLine === line ? column + 2 : 0) : -1;
    // An unclosed block extends beyond the blank line before the probe.
    const closed = end <= this.#lines.length + 1;
    const block: Block = {
      kind: mark === '<' ? (isComment ? 'comment' : 'html') : 'fence',
      line,
      column,
      endLine,
      endColumn: closer < 0 ? last.length : closer + 3,
      closed,
      isNested,
      ...(info === '' ? {} : { info }),
    };
    this.blocks.push(block);
    if (block.kind !== 'html' || !closed) return;
    if (!isNested) this.#addHeadingBelowHtml(block);
    if (!/^<(?:pre|script|style|textarea)\b/i.test(first.slice(column))) this.#addCommentsIn(block);
  }

  /**
   * A block that starts with a tag ends at the next blank line, wherever its closing tag is. A heading before the
   * closing tag is part of the HTML on purpose. One after it is probably a mistake.
   */
  #addHeadingBelowHtml({ line: first, column, endLine }: Block): void {
    if (!/^<\/?[a-z]/i.test(this.#textOf(first).slice(column, column + 3))) return;
    for (let line = endLine; line > first; line--) {
      const text = this.#textOf(line);
      if (text.includes('</')) return;
      if (isHeadingLine(text)) {
        this.#addLookalike('in-html', line);
        return;
      }
    }
  }

  /** A comment directly below HTML, without a blank line between them, is part of that HTML block. */
  #addCommentsIn({ line: first, endLine }: Block): void {
    const endColumn = this.#textOf(endLine).length;
    for (let line = first + 1; line <= endLine; line++) {
      const text = this.#textOf(line);
      if (!/^ {0,3}<!--/.test(text)) continue;
      const place = { line, column: indentOf(text), endLine, endColumn };
      this.blocks.push({ kind: 'comment', ...place, closed: true, isNested: true });
    }
  }

  #addLookalike(kind: Lookalike['kind'], line: number): void {
    this.lookalikes.push({ kind, line, column: indentOf(this.#textOf(line)) });
  }

  #textOf(line: number): string {
    return this.#lines[line] ?? '';
  }
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
