import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/shared/quantities.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { pager } from './pager.ts';

const defaultLimit = 600;
const defaultLines = 8;
/** Length of a page of a long text, in UTF-16 units. */
const pageLength = 50_000;

/** `<interleave-clip>`: plain text. A long text shows its beginning and *Show all*, which shows it in pages. */
export class ClipElement extends LitElement {
  static override properties: PropertyDeclarations = {
    text: { attribute: false },
    limit: { attribute: false },
    prose: { type: Boolean },
    at: { attribute: false },
    expanded: { state: true },
    page: { state: true },
  };

  declare text: string;
  /** Max characters that are shown at first. */
  declare limit: number;
  /** Whether each line has the direction of its own text. Code is always left to right. */
  declare prose: boolean;
  /** The page with this place is shown first; undefined for the beginning. */
  declare at: number | undefined;
  declare expanded: boolean;
  declare page: number;

  constructor() {
    super();
    this.text = '';
    this.limit = defaultLimit;
    this.prose = false;
    this.at = undefined;
    this.expanded = false;
    this.page = 0;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    const { at } = this;
    if (!changed.has('at') || at === undefined || at < clip(this.text, this.limit).length) return;
    this.expanded = true;
    this.page = pageStarts(this.text).findLastIndex((start) => start <= at);
  }

  protected override render(): TemplateResult {
    const { text, expanded } = this;
    const clipped = clip(text, this.limit);
    const starts = expanded ? pageStarts(text) : [0];
    const page = Math.min(this.page, starts.length - 1);
    const shown = expanded ? text.slice(starts[page], starts[page + 1]) : clipped;
    return html`<div class="plain-text ${this.prose ? 'prose' : ''}">${revealHidden(shown)}${
      clipped.length < text.length && !expanded ? '…' : nothing
    }</div>${pager({ page, pages: starts.length, length: text.length }, (to) => {
      this.page = to;
    })}${clipped.length < text.length ? this.#toggle() : nothing}`;
  }

  #toggle(): TemplateResult {
    const more = `Show all (${formatBytes(this.text.length)})`;
    return html`<button
      type="button"
      class="link clip-toggle"
      aria-expanded=${this.expanded}
      @click=${() => {
        this.expanded = !this.expanded;
      }}
    >${this.expanded ? 'Show less' : more}</button>`;
  }
}

/** Where the pages of a text begin: after the end of a line, if there is one near. */
function pageStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = 0; text.length - at > pageLength; starts.push(at)) {
    const line = text.lastIndexOf('\n', at + pageLength);
    const next = line > at + pageLength / 2 ? line + 1 : at + pageLength;
    // Not within a surrogate pair.
    at = /[\uDC00-\uDFFF]/.test(text.charAt(next)) ? next - 1 : next;
  }
  return starts;
}

/** The beginning of a text: at most `limit` characters and some lines, or all of it if little would be left. */
function clip(text: string, limit: number): string {
  const lines = text.slice(0, limit).split('\n');
  const maxLines = limit > defaultLimit ? Number.POSITIVE_INFINITY : defaultLines;
  const clipped = lines.length > maxLines ? lines.slice(0, maxLines).join('\n') : lines.join('\n');
  return text.length - clipped.length < 80 && text.split('\n', maxLines + 3).length <= maxLines + 2
    ? text
    : clipped;
}
