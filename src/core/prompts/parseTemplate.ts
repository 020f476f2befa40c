import { span } from './sourceText.ts';
import type { Template, TemplatePart } from './template.ts';
import { placeVariables } from './template.ts';

/** The lines of a document that a template is read from. */
export interface TemplateLines {
  readonly lines: readonly string[];
  /** Their numbers in the document, in order; others are not part of the text. */
  readonly numbers: readonly number[];
  /** In a code fence, only `{{name}}` is a variable. */
  readonly isInFence: (line: number) => boolean;
  /** Whether Markdown links to files are attached, as VS Code does in its prompt files. */
  readonly attachesLinks: boolean;
}

/** Reads the lines as a template. Takes time in proportion to the length of the text. */
export function parseTemplate(source: TemplateLines): Template {
  const parts: TemplatePart[] = [];
  let text = '';
  for (const [place, line] of source.numbers.entries()) {
    if (place > 0) text += '\n';
    let from = 0;
    const content = source.lines[line] ?? '';
    for (const part of partsOf(content, line, source)) {
      text += content.slice(from, part.range.column);
      if (text !== '') parts.push({ kind: 'text', source: text });
      text = '';
      parts.push(part);
      from = part.range.endColumn;
    }
    text += content.slice(from);
  }
  if (text !== '') parts.push({ kind: 'text', source: text });
  return parts;
}

type PlacedPart = Exclude<TemplatePart, { readonly kind: 'text' }>;

/** What may start a variable or a link. */
const starts = /\$\{|\{\{|#file:|\[/g;

function* partsOf(content: string, line: number, source: TemplateLines): Generator<PlacedPart> {
  if (!/[{[]|#file:/.test(content)) return;
  const isFenced = source.isInFence(line);
  const reading: LineReading = {
    content,
    lastBrace: content.lastIndexOf('}'),
    isCode: isFenced ? () => true : codeSpans(content),
  };
  let from = 0;
  for (const { 0: start, index } of content.matchAll(starts)) {
    if (index < from) continue;
    const found = partAt(start, index, reading, { isFenced, ...source });
    if (found === undefined) continue;
    from = index + found.length;
    const range = span(line, index, found.length);
    yield { ...found.part, source: content.slice(index, from), range };
  }
}

interface LineReading {
  readonly content: string;
  readonly lastBrace: number;
  /** Whether a column is in a code span or fence. */
  readonly isCode: (column: number) => boolean;
}

type Unplaced<P> = P extends PlacedPart ? Omit<P, 'source' | 'range'> : never;

interface Found {
  readonly part: Unplaced<PlacedPart>;
  readonly length: number;
}

function partAt(
  start: string,
  index: number,
  reading: LineReading,
  { isFenced, attachesLinks }: { readonly isFenced: boolean; readonly attachesLinks: boolean },
): Found | undefined {
  if (start === '{{') return columnAt(reading.content, index);
  if (start === '${') return isFenced ? undefined : variableAt(reading, index);
  if (reading.isCode(index)) return undefined;
  if (start === '#file:') return fileAt(reading.content, index);
  return attachesLinks ? linkAt(reading.content, index) : undefined;
}

/** A name in double braces may have at most this many characters. */
const columnPattern = /\{\{[ \t]*([^{}\s](?:[^{}]{0,198}[^{}\s])?)[ \t]*\}\}/y;

function columnAt(content: string, index: number): Found | undefined {
  const match = matchAt(columnPattern, content, index);
  const name = match?.[1];
  if (match === undefined || name === undefined) return undefined;
  return { part: { kind: 'column', name }, length: match[0].length };
}

function variableAt({ content, lastBrace }: LineReading, index: number): Found | undefined {
  const start = index + 2;
  if (lastBrace < start) return undefined;
  const variable = placeVariables.find((name) => content.startsWith(`${name}}`, start));
  if (variable !== undefined) {
    return { part: { kind: 'place', variable }, length: variable.length + 3 };
  }
  if (!content.startsWith('input:', start)) return undefined;
  const end = content.indexOf('}', start);
  const inside = content.slice(start + 'input:'.length, end);
  const colon = inside.indexOf(':');
  const name = (colon < 0 ? inside : inside.slice(0, colon)).trim();
  const placeholder = colon < 0 ? '' : inside.slice(colon + 1).trim();
  return {
    part: { kind: 'input', name, ...(placeholder === '' ? {} : { placeholder }) },
    length: end + 1 - index,
  };
}

const filePattern = /#file:(?:'([^'\n]{1,1000})'|([^\s#'"`<>()[\]{}]{1,1000}))/y;

function fileAt(content: string, index: number): Found | undefined {
  // A sign or letter before it makes it a part of another word, such as a link to a place in a page.
  if (/[\p{L}\p{N}_/#.-]/u.test(content[index - 1] ?? '')) return undefined;
  const match = matchAt(filePattern, content, index);
  if (match === undefined) return undefined;
  const [whole, inQuotes, plain = ''] = match;
  if (inQuotes !== undefined) {
    return { part: fileLink(inQuotes, true), length: whole.length };
  }
  // Punctuation at the end belongs to the sentence.
  const path = plain.replace(/[.,;:!?]+$/, '');
  if (path === '' || path.includes('$')) return undefined;
  return { part: fileLink(path, true), length: '#file:'.length + path.length };
}

const linkPattern =
  /\[[^[\]\n]{0,1000}\]\((?:<([^<>\n]{1,1000})>|([^\s()<>]{1,1000}))(?:[ \t]{1,20}(?:"[^"\n]{0,1000}"|'[^'\n]{0,1000}'))?\)/y;

function linkAt(content: string, index: number): Found | undefined {
  if (/[!\\]/.test(content[index - 1] ?? '')) return undefined;
  const match = matchAt(linkPattern, content, index);
  const path = match && linkedPath(match[1] ?? match[2] ?? '');
  if (match === undefined || path === undefined) return undefined;
  return { part: fileLink(path, false), length: match[0].length };
}

/** The path that a link leads to; undefined for an address, a place in the same text, and one with a variable. */
function linkedPath(target: string): string | undefined {
  if (/^(?:[a-z][a-z\d+.-]+:|\/\/)/i.test(target) || /\$\{|\{\{/.test(target)) return undefined;
  const plain = target.replace(/[?#].*$/, '');
  if (plain === '') return undefined;
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

function fileLink(path: string, isRequired: boolean) {
  return { kind: 'link', path, isRequired } as const;
}

function matchAt(pattern: RegExp, content: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index;
  return pattern.exec(content) ?? undefined;
}

/** Tells which columns of a line are in a code span: between two equal runs of backticks. */
function codeSpans(content: string): (column: number) => boolean {
  if (!content.includes('`')) return () => false;
  const runs = [...content.matchAll(/`+/g)].map(
    ({ 0: run, index }) => [index, run.length] as const,
  );
  const marks = new Uint8Array(content.length);
  /** Where runs of a length start, last first. */
  const ahead = new Map<number, number[]>();
  for (const [index, length] of runs.toReversed()) {
    const others = ahead.get(length);
    if (others === undefined) ahead.set(length, [index]);
    else others.push(index);
  }
  let from = 0;
  for (const [index, length] of runs) {
    const others = ahead.get(length);
    while (others !== undefined && (others.at(-1) ?? Number.POSITIVE_INFINITY) <= index)
      others.pop();
    const end = others?.at(-1);
    if (index < from || end === undefined) continue;
    from = end + length;
    marks.fill(1, index, from);
  }
  return (column) => marks[column] === 1;
}
