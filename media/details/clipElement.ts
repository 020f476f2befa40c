import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/shared/quantities.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';

const defaultLimit = 600;
const defaultLines = 8;

/** `<interleave-clip>`: plain text. A long text shows its beginning and *Show all*. */
export class ClipElement extends LitElement {
  static override properties: PropertyDeclarations = {
    text: { attribute: false },
    limit: { attribute: false },
    prose: { type: Boolean },
    expanded: { state: true },
  };

  declare text: string;
  /** Max characters that are shown at first. */
  declare limit: number;
  /** Whether each line has the direction of its own text. Code is always left to right. */
  declare prose: boolean;
  declare expanded: boolean;

  constructor() {
    super();
    this.text = '';
    this.limit = defaultLimit;
    this.prose = false;
    this.expanded = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { text, expanded } = this;
    const clipped = clip(text, this.limit);
    const shown = expanded ? text : clipped;
    return html`<div class="plain-text ${this.prose ? 'prose' : ''}">${revealHidden(shown)}${
      clipped.length < text.length && !expanded ? '…' : nothing
    }</div>${clipped.length < text.length ? this.#toggle() : nothing}`;
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

/** The beginning of a text: at most `limit` characters and some lines, or all of it if little would be left. */
function clip(text: string, limit: number): string {
  const lines = text.slice(0, limit).split('\n');
  const maxLines = limit > defaultLimit ? Number.POSITIVE_INFINITY : defaultLines;
  const clipped = lines.length > maxLines ? lines.slice(0, maxLines).join('\n') : lines.join('\n');
  return text.length - clipped.length < 80 && text.split('\n', maxLines + 3).length <= maxLines + 2
    ? text
    : clipped;
}
