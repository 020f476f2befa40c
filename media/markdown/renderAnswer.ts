import { createMarkdownToHtml } from './markdownToHtml.ts';
import { createSanitizer } from './sanitizeHtml.ts';
import { setDirections } from './textDirection.ts';

/** Renders an answer into elements that are safe to insert; `keep` when it will be needed again. */
export type RenderAnswer = (markdown: string, keep: boolean) => DocumentFragment;

/** Answers that stay rendered for when their row comes into sight again. */
const maxCached = 40;
/** Longer texts are not worth the memory. */
const maxCachedLength = 100_000;

/**
 * The way from hostile Markdown to elements. Links lose their `href` and keep their target as
 * text only, so that nothing but a message to the extension host can open them.
 */
export function createRenderAnswer(window: Window & typeof globalThis): RenderAnswer {
  const toHtml = createMarkdownToHtml();
  const sanitize = createSanitizer(window);
  const cache = new Map<string, DocumentFragment>();
  return (markdown, keep) => {
    const cached = cache.get(markdown);
    const fragment = cached ?? furnish(sanitize(toHtml(markdown)));
    if (cached === undefined && (!keep || markdown.length > maxCachedLength)) return fragment;
    cache.delete(markdown);
    cache.set(markdown, fragment);
    const oldest = cache.keys().next();
    if (cache.size > maxCached && !oldest.done) cache.delete(oldest.value);
    return fragment.cloneNode(true) as DocumentFragment;
  };
}

/** Disarms links, gives texts their direction, and makes wide blocks scroll by themselves. */
function furnish(fragment: DocumentFragment): DocumentFragment {
  setDirections(fragment);
  for (const link of fragment.querySelectorAll('a')) disarmLink(link);
  for (const block of fragment.querySelectorAll('pre')) addCopyButton(block);
  for (const table of fragment.querySelectorAll('table')) {
    wrap(table, 'table-scroll', 'Table').dir = table.dir;
  }
  return fragment;
}

function disarmLink(link: HTMLAnchorElement): void {
  const url = link.getAttribute('href');
  link.removeAttribute('href');
  if (url === null) return;
  link.title = url;
  link.dataset.target = url;
  link.setAttribute('role', 'link');
  link.tabIndex = 0;
}

function addCopyButton(block: HTMLElement): void {
  const document = block.ownerDocument;
  const holder = wrap(block, 'code-block');
  makeScroller(block, 'Code');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'tool copy-code';
  button.title = 'Copy Code';
  button.setAttribute('aria-label', 'Copy Code');
  const icon = document.createElement('span');
  icon.className = 'codicon codicon-copy';
  icon.setAttribute('aria-hidden', 'true');
  button.append(icon);
  holder.append(button);
}

function wrap(element: HTMLElement, className: string, scrollerLabel?: string): HTMLElement {
  const holder = element.ownerDocument.createElement('div');
  holder.className = className;
  element.replaceWith(holder);
  holder.append(element);
  if (scrollerLabel !== undefined) makeScroller(holder, scrollerLabel);
  return holder;
}

/** What scrolls sideways must be reachable by keyboard. */
function makeScroller(element: HTMLElement, label: string): void {
  element.tabIndex = 0;
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', label);
}
