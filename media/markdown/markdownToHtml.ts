import MarkdownIt from 'markdown-it';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { linkFiles, markTasks } from './answerTokens.ts';
import { createColourCode } from './codeColours.ts';

/** Renders Markdown as HTML, which is not sanitized yet. */
export type MarkdownToHtml = (markdown: string) => string;

/** Max depth of nested lists and quotes, because deeper ones are slow to render. */
const maxNesting = 20;
const containers: ReadonlySet<string> = new Set(['blockquote_open', 'list_item_open']);
const leftOut = '<p><em>Deeper nested text is left out. Select Source to read it.</em></p>';

/**
 * Creates a Markdown renderer without HTML and images. An image becomes the text `[image: host]`, so that showing
 * an answer never makes a network request. Invisible and bidirectional characters are spelled out, so that what is
 * copied is what was shown. Headings start at level 2, because level 1 is the panel's title. Web addresses, and
 * paths of files with a line, become links.
 */
export function createMarkdownToHtml(): MarkdownToHtml {
  const markdown = new MarkdownIt({
    ...{ html: false, linkify: true, maxNesting },
    highlight: createColourCode(),
  });
  // Only complete addresses with `http` or `https`.
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  for (const schema of ['ftp:', 'mailto:', '//']) markdown.linkify.add(schema, null);
  const { rules } = markdown.renderer;
  rules.task_open = () => '<span class="task-open"></span>';
  rules.task_done = () => '<span class="task-done"></span>';
  rules.image = (tokens, index) =>
    markdown.utils.escapeHtml(imageText(String(tokens[index]?.attrGet('src') ?? '')));
  rules.heading_open = (tokens, index) => `<${headingTag(tokens[index]?.tag)}>`;
  rules.heading_close = (tokens, index) => `</${headingTag(tokens[index]?.tag)}>`;
  rules.th_open = (tokens, index) => cellTag('th', tokens[index]?.attrGet('style') ?? '');
  rules.td_open = (tokens, index) => cellTag('td', tokens[index]?.attrGet('style') ?? '');
  return (text) => {
    const tokens = markdown.parse(text, {});
    linkFiles(tokens);
    markTasks(tokens);
    revealInTokens(tokens);
    const isCut = tokens.some(({ type, level }) => containers.has(type) && level >= maxNesting - 1);
    const html = markdown.renderer.render(tokens, markdown.options, {});
    return isCut ? html + leftOut : html;
  };
}

/**
 * Runs after parsing, because the brackets around a spelled-out character must not form a link. Only the
 * children of an inline token are rendered, so only they are changed.
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

/** Column alignment as a class, because the content security policy forbids style attributes. */
function cellTag(tag: string, style: string | number): string {
  const side = /text-align:\s*(center|right)/.exec(String(style))?.[1];
  return side === undefined ? `<${tag}>` : `<${tag} class="align-${side}">`;
}
