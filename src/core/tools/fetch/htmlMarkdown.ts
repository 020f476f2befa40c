import TurndownService from 'turndown';
import { ToolError } from '../tool.ts';

/** HTML as it came, and where from: links in it are relative to that. */
export interface HtmlPage {
  readonly html: string;
  readonly url: string;
}

/** What is needed of an element; the parser's own types are those of a browser. */
interface HtmlElement {
  readonly nodeName: string;
  readonly parentElement: HtmlElement | null;
  readonly previousElementSibling: HtmlElement | null;
  readonly children: { readonly length: number };
  getAttribute(name: string): string | null;
}

/** What is no text for a reader. */
const noText: ReadonlySet<string> = new Set([
  ...['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'IFRAME', 'OBJECT', 'EMBED', 'CANVAS', 'AUDIO'],
  ...[
    'VIDEO',
    'SOURCE',
    'TRACK',
    'MAP',
    'LINK',
    'META',
    'INPUT',
    'SELECT',
    'BUTTON',
    'DIALOG',
    'SVG',
  ],
]);

/**
 * Turns a page into Markdown: without scripts, styles, images and what the page hides, and with whole addresses.
 * Throws a `ToolError` for a page that cannot be read. It blocks: it is meant for a worker thread.
 */
export function htmlToMarkdown({ html, url }: HtmlPage): string {
  try {
    return tidy(createService(url).turndown(html));
  } catch (error) {
    // Elements that are nested very deeply overflow the stack.
    throw new ToolError('The HTML of the page cannot be read.', { cause: error });
  }
}

function createService(base: string): TurndownService {
  const service = new TurndownService({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    emDelimiter: '*',
  });
  service.addRule('image', { filter: 'img', replacement: (_text, node) => imageText(node) });
  service.addRule('link', {
    filter: 'a',
    replacement: (text, node) => linkText(text, node.getAttribute('href'), base),
  });
  service.addRule('cell', { filter: ['th', 'td'], replacement: cellText });
  service.addRule('row', { filter: 'tr', replacement: rowText });
  service.addRule('table', {
    filter: ['table', 'thead', 'tbody', 'tfoot', 'caption'],
    replacement: (text, node) => (node.nodeName === 'TABLE' ? `\n\n${text.trim()}\n\n` : text),
  });
  // The rule that is added last comes first.
  service.addRule('unseen', { filter: isUnseen, replacement: () => '' });
  return service;
}

/** What is not visible on the page is no part of the result. */
function isUnseen(node: HtmlElement): boolean {
  if (noText.has(node.nodeName.toUpperCase()) || node.getAttribute('hidden') !== null) return true;
  const style = (node.getAttribute('style') ?? '').toLowerCase();
  return /(?:display\s*:\s*none|visibility\s*:\s*hidden)/.test(style);
}

function imageText(node: HtmlElement): string {
  const text = (node.getAttribute('alt') ?? '').replaceAll(/\s+/g, ' ').trim();
  return text === '' ? '' : `[image: ${text}]`;
}

function linkText(text: string, href: string | null, base: string): string {
  const label = text.trim();
  if (label === '' || href === null || href.startsWith('#') || !URL.canParse(href, base))
    return text;
  const { protocol, href: target } = new URL(href, base);
  return protocol === 'https:' || protocol === 'http:' ? `[${label}](<${target}>)` : text;
}

function cellText(text: string): string {
  return ` ${text
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|')
    .trim()} |`;
}

function rowText(text: string, node: HtmlElement): string {
  if (text.trim() === '') return '';
  const isFirst = node.previousElementSibling === null && !isInLaterPart(node);
  const cells = node.children.length;
  const line = `|${text.replaceAll('\n', ' ')}\n`;
  return isFirst ? `${line}|${' --- |'.repeat(cells)}\n` : line;
}

function isInLaterPart({ parentElement }: HtmlElement): boolean {
  return (
    parentElement?.nodeName !== 'TABLE' &&
    parentElement?.previousElementSibling?.nodeName === 'THEAD'
  );
}

function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
