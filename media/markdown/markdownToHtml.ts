import MarkdownIt from 'markdown-it';
import { revealHidden } from '../../src/shared/visibleText.ts';

/** Turns Markdown into HTML that still has to be sanitized. */
export type MarkdownToHtml = (markdown: string) => string;

/** Lists in lists, or quotes in quotes: deeper ones cost more than they are worth. */
const maxNesting = 20;
const containers: ReadonlySet<string> = new Set(['blockquote_open', 'list_item_open']);
const leftOut =
  '<p><em>What is nested deeper than this is left out. Switch to Source to read it.</em></p>';

/**
 * A Markdown renderer without HTML, without automatic links, and without images: an image becomes
 * the text `[image: host]`, so that looking at an answer never asks the network for anything.
 * Characters that hide or reorder what is read are spelled out, in code above all: what is selected
 * or copied is what was shown.
 * Headings start at the second level; the first one is the panel's own.
 */
export function createMarkdownToHtml(): MarkdownToHtml {
  const markdown = new MarkdownIt({ html: false, linkify: false, maxNesting });
  const { rules } = markdown.renderer;
  rules.image = (tokens, index) =>
    markdown.utils.escapeHtml(imageText(String(tokens[index]?.attrGet('src') ?? '')));
  rules.heading_open = (tokens, index) => `<${headingTag(tokens[index]?.tag)}>`;
  rules.heading_close = (tokens, index) => `</${headingTag(tokens[index]?.tag)}>`;
  rules.th_open = (tokens, index) => cellTag('th', tokens[index]?.attrGet('style') ?? '');
  rules.td_open = (tokens, index) => cellTag('td', tokens[index]?.attrGet('style') ?? '');
  return (text) => {
    const tokens = markdown.parse(text, {});
    revealInTokens(tokens);
    const isCut = tokens.some(({ type, level }) => containers.has(type) && level >= maxNesting - 1);
    const html = markdown.renderer.render(tokens, markdown.options, {});
    return isCut ? html + leftOut : html;
  };
}

/**
 * After parsing: the brackets around a spelled-out character must not make up a link. An inline token
 * repeats what its children say, and only they are rendered.
 */
function revealInTokens(tokens: ReturnType<InstanceType<typeof MarkdownIt>['parse']>): void {
  for (const token of tokens) {
    token.content = revealHidden(token.content);
    if (token.children !== null) revealInTokens(token.children);
  }
}

function imageText(source: string): string {
  if (/^data:/i.test(source)) return '[image: embedded data]';
  const host = URL.parse(source)?.host ?? '';
  return host === '' ? '[image: local file]' : `[image: ${host}]`;
}

function headingTag(tag: string | undefined): string {
  const level = Number(tag?.slice(1) ?? 1);
  return `h${Math.min(6, level + 1)}`;
}

/** Column alignment as a class: the content security policy allows no style attributes. */
function cellTag(tag: string, style: string | number): string {
  const side = /text-align:\s*(center|right)/.exec(String(style))?.[1];
  return side === undefined ? `<${tag}>` : `<${tag} class="align-${side}">`;
}
