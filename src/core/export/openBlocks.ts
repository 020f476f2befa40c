import { codeBlock } from '../../shared/codeBlock.ts';
import { createBlockParser } from '../base/blockParser.ts';

/** Appended to a text to test it: if no block is open, the parser finds this as a heading. */
const probe = '## The next section of this document';
/** Max closers in a row. One may not be enough, because an open comment may contain an open fence. */
const maxClosers = 4;

type Parser = ReturnType<typeof createBlockParser>;
type Token = ReturnType<Parser['parse']>[number];

/**
 * Creates a function that closes the blocks that a Markdown text leaves open. Otherwise an answer that ends in
 * `<!--` or in an open code block would swallow the rest of the document. The result works in viewers with and
 * without HTML support. A text whose blocks cannot be closed becomes a code block.
 */
export function blockCloser(): (text: string) => string {
  const parsers = [createBlockParser({ html: true }), createBlockParser({ html: false })];
  return (text) => closeOpenBlocks(text, parsers);
}

function closeOpenBlocks(text: string, parsers: readonly Parser[]): string {
  const closed = closedBlocks(text, parsers);
  if (closed === undefined) return codeBlock(text, 'markdown');
  const elements = openElements(closed, parsers);
  if (elements.length === 0) return closed;
  const all = `${closed}\n\n${elements.map((name) => `</${name}>`).join('\n')}`;
  return isClosed(all, parsers) ? all : codeBlock(text, 'markdown');
}

/** The text with as few closers as possible; undefined when closers do not help. */
function closedBlocks(text: string, parsers: readonly Parser[]): string | undefined {
  let candidates = [text];
  for (let closers = 0; closers <= maxClosers; closers++) {
    const next = new Set<string>();
    for (const candidate of candidates) {
      const open = parsers.flatMap((parser) => openBlock(candidate, parser) ?? []);
      if (open.length === 0) return candidate;
      for (const closer of open) next.add(`${candidate}\n${closer}`);
    }
    candidates = [...next];
  }
  return undefined;
}

function isClosed(text: string, parsers: readonly Parser[]): boolean {
  return parsers.every((parser) => openBlock(text, parser) === undefined);
}

/** The closer of the block that is open at the end; undefined when none is open. */
function openBlock(text: string, parser: Parser): string | undefined {
  const tokens = parser.parse(`${text}\n\n${probe}`, {});
  const [open, inline] = tokens.slice(-3);
  const isHeading = open?.type === 'heading_open' && open.level === 0;
  if (isHeading && inline?.type === 'inline' && `## ${inline.content}` === probe) return undefined;
  const last = tokens.findLast(({ content }: Token) => content.includes(probe));
  return last === undefined ? '' : closerOf(last);
}

function closerOf({ type, markup, content }: Token): string {
  if (type === 'fence') return markup;
  const start = content.trimStart();
  if (start.startsWith('<!--')) return '-->';
  if (start.startsWith('<?')) return '?>';
  if (start.startsWith('<![CDATA[')) return ']]>';
  if (start.startsWith('<!')) return '>';
  const [, name] = /^<(pre|script|style|textarea)/i.exec(start) ?? [];
  return name === undefined ? '' : `</${name}>`;
}

/** HTML elements that contain, hide or change everything up to their closing tag. */
const enclosing: ReadonlySet<string> = new Set(
  'details div section article aside center table template svg math ul ol dl blockquote form fieldset sub sup del s b i em strong a'.split(
    ' ',
  ),
);

/** The elements that a text leaves open, innermost first. A superfluous closing tag is harmless. */
function openElements(text: string, [parser]: readonly Parser[]): readonly string[] {
  const open: string[] = [];
  for (const { type, content } of parser?.parse(text, {}) ?? []) {
    if (type !== 'html_block' && type !== 'inline') continue;
    for (const { isClosing, name } of tagsIn(content)) {
      const at = open.lastIndexOf(name);
      if (!isClosing) open.push(name);
      else if (at >= 0) open.splice(at, 1);
    }
  }
  return open.reverse();
}

/** The tags of enclosing elements outside comments and code. */
function* tagsIn(content: string) {
  const html = content.replaceAll(/<!--[\s\S]*?(?:-->|$)|(`+)[^`][\s\S]*?\1/g, '');
  for (const [, slash, tag = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)(?=[\s/>])[^<>]*>/gi)) {
    const name = tag.toLowerCase();
    if (enclosing.has(name)) yield { isClosing: slash !== '', name };
  }
}
