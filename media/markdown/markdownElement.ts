import { render } from 'lit';
import { pager } from '../details/pager.ts';
import { RequestEvent } from '../panel/events.ts';
import { flashWhenCopied } from '../panel/flashCopied.ts';
import { Pacer } from './pacer.ts';
import type { Piece } from './pieces.ts';
import { piecesOf } from './pieces.ts';
import { createRenderAnswer, type RenderAnswer } from './renderAnswer.ts';
import { RenderQueue } from './renderQueue.ts';

/** Max length of a complete text that is rendered synchronously, in UTF-16 units. */
const maxAtOnce = 10_000;
/** How many pieces are one page: a whole answer of some megabytes would be a million pixels high. */
const piecesOfPage = 3;

/** An answer as Markdown. `live`: it still grows. */
export interface MarkdownSource {
  readonly text: string;
  readonly live: boolean;
  /** The page with this place is shown first. */
  readonly at?: number;
}

/**
 * `<interleave-markdown>`: renders untrusted Markdown in pieces, one piece per task of the event loop. A piece
 * that cannot change any more is rendered once. A long text is shown in pages.
 */
export class MarkdownElement extends HTMLElement {
  static #render: RenderAnswer | undefined;
  static readonly #queue = new RenderQueue();
  readonly #pacer = new Pacer(() => performance.now());
  #source: MarkdownSource = { text: '', live: false };
  /** The Markdown and the elements of each rendered piece. */
  #shown: { readonly markdown: string; readonly element: Element }[] = [];
  #page = 0;
  /** All pieces of the text that was cut last. */
  #cut: { readonly text: string; readonly pieces: readonly Piece[] } | undefined;

  /** What to show. While `live` it is rendered at most four times a second. */
  set source(source: MarkdownSource) {
    const { text, live, at } = this.#source;
    if (source.text === text && source.live === live && source.at === at) return;
    if (source.at !== at) this.#page = this.#pageOf(source);
    this.#source = source;
    this.#pacer.cancel();
    if (source.live) this.#showPaced();
    else if (source.text.length <= maxAtOnce) this.#show();
    else this.#showSoon();
  }

  connectedCallback(): void {
    this.classList.add('markdown');
    this.addEventListener('click', this);
    this.addEventListener('auxclick', this);
    this.addEventListener('keydown', this);
  }

  disconnectedCallback(): void {
    this.#pacer.cancel();
    MarkdownElement.#queue.cancel(this);
    this.removeEventListener('click', this);
    this.removeEventListener('auxclick', this);
    this.removeEventListener('keydown', this);
  }

  handleEvent(event: Event): void {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const link = target.closest('a');
    if (link !== null && isActivation(event)) openLink(link, event);
    const button = target.closest<HTMLElement>('.copy-code');
    if (button !== null && event.type === 'click') copyCode(button);
  }

  /** Never synchronously: many elements may ask in the same task. */
  #showPaced(): void {
    const show = (): void => this.#pacer.request(() => this.#show());
    MarkdownElement.#queue.request(this, show);
  }

  #showSoon(): void {
    MarkdownElement.#queue.request(this, () => this.#show());
  }

  /** Renders the first outdated piece, and schedules another task for the next. */
  #show(): void {
    const { text, live } = this.#source;
    const all = this.#piecesOf(text);
    const pieces = all.slice(this.#page * piecesOfPage, (this.#page + 1) * piecesOfPage);
    const changed = pieces.findIndex(({ markdown }, at) => this.#shown[at]?.markdown !== markdown);
    if (changed >= 0) this.#showPiece(changed, pieces[changed], live);
    if (changed >= 0 && changed + 1 < pieces.length) this.#showSoon();
    else for (const { element } of this.#shown.splice(pieces.length)) element.remove();
    this.#showPager(all.length, text.length);
  }

  #showPiece(at: number, piece: Piece | undefined, live: boolean): void {
    if (piece === undefined) return;
    MarkdownElement.#render ??= createRenderAnswer(window);
    const element = this.#shown[at]?.element ?? document.createElement('div');
    replaceChanged(element, MarkdownElement.#render(piece.markdown, piece.complete || !live));
    if (this.#shown[at] === undefined) this.insertBefore(element, this.#pager);
    this.#shown[at] = { markdown: piece.markdown, element };
  }

  get #pager(): HTMLElement | null {
    return this.querySelector(':scope > .markdown-pager');
  }

  #showPager(pieces: number, length: number): void {
    const pages = Math.ceil(pieces / piecesOfPage);
    const holder = this.#pager ?? document.createElement('div');
    if (pages <= 1) {
      holder.remove();
      return;
    }
    holder.className = 'markdown-pager';
    if (holder.parentElement !== this) this.append(holder);
    render(
      pager({ page: this.#page, pages, length }, (page) => this.#go(page)),
      holder,
    );
  }

  #go(page: number): void {
    this.#page = page;
    this.#showSoon();
    this.scrollIntoView?.({ block: 'nearest' });
  }

  #pageOf({ text, at = 0 }: MarkdownSource): number {
    const piece = this.#piecesOf(text).findLastIndex(({ start }) => start <= at);
    return Math.floor(Math.max(0, piece) / piecesOfPage);
  }

  #piecesOf(text: string): readonly Piece[] {
    if (this.#cut?.text !== text) this.#cut = { text, pieces: piecesOf(text) };
    return this.#cut.pieces;
  }
}

function isActivation(event: Event): boolean {
  return event instanceof KeyboardEvent ? event.key === 'Enter' : event.type === 'click';
}

function openLink(link: HTMLElement, event: Event): void {
  event.preventDefault();
  event.stopPropagation();
  const target = link.dataset.target;
  if (target === undefined) return;
  const isAddress = /^https?:/i.test(target);
  const request = isAddress
    ? ({ type: 'openLink', url: target } as const)
    : ({ type: 'openFile', target } as const);
  link.dispatchEvent(new RequestEvent(request));
}

function copyCode(button: HTMLElement): void {
  const text = button.parentElement?.querySelector('pre')?.textContent ?? '';
  const request = { type: 'copyText', text: text.replace(/\n$/, '') } as const;
  button.dispatchEvent(new RequestEvent(request, flashWhenCopied(button)));
}

/** Replaces children from the first different one on, so that a selection above it survives. */
function replaceChanged(element: Element, fragment: DocumentFragment): void {
  const next = [...fragment.childNodes];
  const old = [...element.childNodes];
  let same = 0;
  while (same < next.length && old[same]?.isEqualNode(next[same] ?? null)) same++;
  for (const node of old.slice(same)) node.remove();
  element.append(...next.slice(same));
}
