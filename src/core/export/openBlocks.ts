import { createBlockParser } from '../base/blockParser.ts';

/** Stands where the next section begins. */
const probe = '## The next section of this document';
/** Closers that are tried after one another: an open comment may hold an open fence, and so on. */
const mostClosers = 4;

type Parser = ReturnType<typeof createBlockParser>;
type Token = ReturnType<Parser['parse']>[number];

/**
 * Makes the function that closes what a Markdown text leaves open, so that a heading after it is one.
 * Else an answer that was cut off in a code block, or that ends in `<!--`, would swallow whatever follows
 * it in a document. Both kinds of viewers are kept in mind: those that show HTML, and those that do not.
 */
export function blockCloser(): (text: string) => string {
  const parsers = [createBlockParser({ html: true }), createBlockParser({ html: false })];
  return (text) => closeOpenBlocks(text, parsers);
}

function closeOpenBlocks(text: string, parsers: readonly Parser[]): string {
  const closed = closedBlocks(text, parsers);
  if (closed === undefined) return asCode(text);
  const elements = openElements(closed, parsers);
  if (elements.length === 0) return closed;
  const all = `${closed}\n\n${elements.map((name) => `</${name}>`).join('\n')}`;
  return isClosed(all, parsers) ? all : asCode(text);
}

/** The text with the fewest closers after it; undefined where none help. */
function closedBlocks(text: string, parsers: readonly Parser[]): string | undefined {
  let candidates = [text];
  for (let closers = 0; closers <= mostClosers; closers++) {
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

/** What closes the block that swallows whatever follows; undefined when there is none. */
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

/** Elements of HTML that take in, hide or change what follows until they are closed. */
const enclosing: ReadonlySet<string> = new Set(
  'details div section article aside center table template svg math ul ol dl blockquote form fieldset sub sup del s b i em strong a'.split(
    ' ',
  ),
);

/** Those that the HTML of a text leaves open, innermost first. A closing mark too many does no harm. */
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

/** The tags of enclosing elements, but for those in comments and code. */
function* tagsIn(content: string) {
  const html = content.replaceAll(/<!--[\s\S]*?(?:-->|$)|(`+)[^`][\s\S]*?\1/g, '');
  for (const [, slash, tag = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)(?=[\s/>])[^<>]*>/gi)) {
    const name = tag.toLowerCase();
    if (enclosing.has(name)) yield { isClosing: slash !== '', name };
  }
}

/** A text whose blocks cannot be closed, as it is. */
function asCode(text: string): string {
  const plain = text.replaceAll(/\r\n?/g, '\n');
  const longest = Math.max(2, ...Array.from(plain.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}markdown\n${plain}\n${fence}`;
}
