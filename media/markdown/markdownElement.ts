import { revealHidden } from '../../src/shared/visibleText.ts';
import { PanelRequest } from '../panel/events.ts';
import { flashCopied } from '../panel/flashCopied.ts';
import { Pacer } from './pacer.ts';
import { createRenderAnswer, type RenderAnswer } from './renderAnswer.ts';

/** Longer texts are shown as they are: nobody reads them, and rendering them takes seconds. */
const maxRenderedLength = 300_000;

/** An answer as Markdown; `live` while it still grows. */
export interface MarkdownSource {
  readonly text: string;
  readonly live: boolean;
}

/** `<interleave-markdown>`: renders hostile Markdown, paced while it streams in. */
export class MarkdownElement extends HTMLElement {
  static #render: RenderAnswer | undefined;
  readonly #pacer = new Pacer(() => performance.now());
  #shown: string | undefined;

  /** What to show. While `live` it is rendered at most four times a second. */
  set source({ text, live }: MarkdownSource) {
    if (text === this.#shown) {
      this.#pacer.cancel();
      return;
    }
    if (live) {
      this.#pacer.request(() => this.#show(text, false));
      return;
    }
    this.#pacer.cancel();
    this.#show(text, true);
  }

  connectedCallback(): void {
    this.classList.add('markdown');
    this.addEventListener('click', this);
    this.addEventListener('auxclick', this);
    this.addEventListener('keydown', this);
  }

  disconnectedCallback(): void {
    this.#pacer.cancel();
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

  #show(text: string, final: boolean): void {
    this.#shown = text;
    if (text.length > maxRenderedLength) {
      showPlain(this, text);
      return;
    }
    MarkdownElement.#render ??= createRenderAnswer(window);
    replaceChanged(this, MarkdownElement.#render(text, final));
  }
}

function isActivation(event: Event): boolean {
  return event instanceof KeyboardEvent ? event.key === 'Enter' : event.type === 'click';
}

function openLink(link: HTMLElement, event: Event): void {
  event.preventDefault();
  event.stopPropagation();
  const url = link.dataset.target;
  if (url !== undefined) link.dispatchEvent(new PanelRequest({ type: 'openLink', url }));
}

function copyCode(button: HTMLElement): void {
  const text = button.parentElement?.querySelector('pre')?.textContent ?? '';
  button.dispatchEvent(new PanelRequest({ type: 'copyText', text: text.replace(/\n$/, '') }));
  flashCopied(button);
}

function showPlain(element: Element, text: string): void {
  const block = document.createElement('div');
  block.className = 'plain-text';
  block.textContent = revealHidden(text);
  element.replaceChildren(block);
}

/** Replaces children from the first that differs, so that a selection above it survives. */
function replaceChanged(element: Element, fragment: DocumentFragment): void {
  const next = [...fragment.childNodes];
  const old = [...element.childNodes];
  let same = 0;
  while (same < next.length && old[same]?.isEqualNode(next[same] ?? null)) same++;
  for (const node of old.slice(same)) node.remove();
  element.append(...next.slice(same));
}
