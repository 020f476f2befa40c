import { fileReference } from '../../src/shared/fileReference.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { createMarkdownToHtml } from './markdownToHtml.ts';
import { createSanitizer } from './sanitizeHtml.ts';
import { setDirections } from './textDirection.ts';

/** Renders an answer as elements that are safe to insert. `keep` caches them. */
export type RenderAnswer = (markdown: string, keep: boolean) => DocumentFragment;

/** How many rendered answers are cached for when their row is visible again. */
const maxCached = 40;
/** Longer texts are not cached, to save memory. */
const maxCachedLength = 100_000;

/**
 * Turns untrusted Markdown into elements. Links have no `href`; their target is kept as data, so that only a
 * message to the extension host can open them.
 */
export function createRenderAnswer(window: Window & typeof globalThis): RenderAnswer {
  const toHtml = createMarkdownToHtml();
  const sanitize = createSanitizer(window);
  const cache = new Map<string, DocumentFragment>();
  return (markdown, keep) => {
    const cached = cache.get(markdown);
    const fragment = cached ?? prepare(sanitize(toHtml(markdown)));
    if (cached === undefined && (!keep || markdown.length > maxCachedLength)) return fragment;
    cache.delete(markdown);
    cache.set(markdown, fragment);
    const oldest = cache.keys().next();
    if (cache.size > maxCached && !oldest.done) cache.delete(oldest.value);
    return fragment.cloneNode(true) as DocumentFragment;
  };
}

/** Removes link targets, sets text directions, and makes wide blocks scrollable. */
function prepare(fragment: DocumentFragment): DocumentFragment {
  setDirections(fragment);
  for (const link of fragment.querySelectorAll('a')) disarmLink(link);
  for (const block of fragment.querySelectorAll('pre')) addCopyButton(block);
  for (const task of fragment.querySelectorAll<HTMLElement>('.task-open, .task-done'))
    showTask(task);
  for (const table of fragment.querySelectorAll('table')) {
    wrap(table, 'table-scroll', 'Table').dir = table.dir;
  }
  return fragment;
}

function disarmLink(link: HTMLAnchorElement): void {
  const url = link.getAttribute('href');
  link.removeAttribute('href');
  if (url === null) return;
  link.title = titleOf(url);
  link.dataset.target = url;
  link.setAttribute('role', 'link');
  link.tabIndex = 0;
}

function titleOf(url: string): string {
  const file = /^https?:/i.test(url) ? undefined : fileReference(url);
  if (file === undefined) return revealHidden(url);
  const line = file.line === undefined ? '' : `, line ${file.line}`;
  return revealHidden(`Open ${file.path}${line}`);
}

/** A box with a mark, for eyes and screen readers. */
function showTask(task: HTMLElement): void {
  const isDone = task.className === 'task-done';
  task.classList.add('codicon', isDone ? 'codicon-pass' : 'codicon-circle-large-outline');
  task.setAttribute('role', 'img');
  task.setAttribute('aria-label', isDone ? 'done' : 'to do');
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

/** What scrolls sideways must be focusable by keyboard. */
function makeScroller(element: HTMLElement, label: string): void {
  element.tabIndex = 0;
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', label);
}
