import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { needsAnswer } from '../../src/shared/question.ts';
import { needsDecision } from '../../src/shared/span.ts';
import { icon, toolButton } from '../panel/controls.ts';
import { CurrentRow, RequestEvent, RowChange } from '../panel/events.ts';
import { flashWhenCopied } from '../panel/flashCopied.ts';
import type { Search } from '../state/search.ts';
import { defaultRow, type OpenRow } from '../state/viewState.ts';
import { phaseIcons, phaseLabels } from '../text/labels.ts';
import { type Preview, previewOf } from '../text/preview.ts';
import { snippet } from '../text/snippet.ts';
import { visibleLine } from '../text/visibleText.ts';
import { type RowAction, rowActions } from './rowActions.ts';
import { rowColumns } from './rowColumns.ts';
import { rowLabel } from './rowLabel.ts';

const maxNameLength = 200;

/** Whether the text is still growing. Its end stays visible then. */
function isGrowing(tone: Preview['tone']): boolean {
  return tone === 'tail' || tone === 'thinking';
}

/** `<interleave-row>`: one conversation on one line, with its details below while it is open. */
export class RowElement extends LitElement {
  static override properties: PropertyDeclarations = {
    conversation: { attribute: false },
    row: { attribute: false },
    current: { attribute: false },
    position: { attribute: false },
    rowCount: { attribute: false },
    offset: { attribute: false },
    nowMs: { attribute: false },
    heardMs: { attribute: false },
    search: { attribute: false },
  };

  /** A new object after every change of the conversation. */
  declare conversation: ConversationState;
  /** How the open row is shown; undefined while it is closed. */
  declare row: OpenRow | undefined;
  /** Whether the Tab key leads to this row. */
  declare current: boolean;
  /** Its position among the shown rows, from 0. */
  declare position: number;
  declare rowCount: number;
  /** Distance from the top of the list in CSS pixels. */
  declare offset: number;
  /** Ms since the run's start while the conversation runs, else 0. */
  declare nowMs: number;
  /** When something was last heard of the conversation, in ms since the run's start. */
  declare heardMs: number | undefined;
  declare search: Search | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Focuses the line. */
  focusLine(): void {
    this.querySelector<HTMLElement>('.row')?.focus({ preventScroll: true });
  }

  protected override updated(): void {
    this.style.top = `${this.offset}px`;
  }

  protected override render(): TemplateResult {
    const { conversation, row } = this;
    return html`<div
        class="row"
        role="row"
        aria-level="1"
        aria-posinset=${this.position + 1}
        aria-setsize=${this.rowCount}
        aria-expanded=${row !== undefined}
        tabindex=${this.current ? 0 : -1}
        data-phase=${conversation.phase}
        aria-keyshortcuts="C R"
        aria-label=${rowLabel(conversation, this.#stateLabel().label, this.nowMs)}
        @click=${this.#onClick}
        @focus=${this.#onFocus}
      >
        ${icon(row === undefined ? 'chevron-right' : 'chevron-down', 'twisty')}
        <span class="index" role="gridcell">${conversation.index + 1}</span>
        ${this.#state()}
        <span class="name" role="gridcell" dir="auto" title=${this.#nameTitle()}
          >${visibleLine(conversation.name, maxNameLength)}</span
        >
        ${this.#preview()} ${this.#actions()} ${rowColumns(conversation, this.nowMs)}
      </div>
      ${row === undefined ? nothing : this.#details(row)}`;
  }

  #stateLabel(): { readonly label: string; readonly mark: string } {
    const { phase } = this.conversation;
    if (phase !== 'waiting' || !needsDecision(this.conversation)) {
      return { label: phaseLabels[phase], mark: `${phaseIcons[phase]} state-${phase}` };
    }
    return needsAnswer(this.conversation)
      ? { label: 'waiting for an answer', mark: 'comment-discussion state-undecided' }
      : { label: 'waiting for a decision', mark: 'shield state-undecided' };
  }

  #state(): TemplateResult {
    const { label, mark } = this.#stateLabel();
    return html`<span class="state" role="gridcell"
      ><span
        class="codicon codicon-${mark}"
        role="img"
        aria-label=${label}
        title=${label}
      ></span
    ></span>`;
  }

  #nameTitle(): string {
    const { name, id } = this.conversation;
    return visibleLine(name === id ? name : `${name}\n${id}`, 2 * maxNameLength);
  }

  #preview(): TemplateResult {
    const { text, tone, title } = this.#previewText();
    return html`<span class="preview preview-${tone}" role="gridcell" title=${title ?? nothing}
      >${isGrowing(tone) ? html`<span class="preview-text"><bdi>${text}</bdi></span>` : html`<span class="preview-text" dir="auto">${text}</span>`}</span
    >`;
  }

  /** While a search found the conversation by a text that the row does not show, that text. */
  #previewText(): Preview {
    const { conversation, search } = this;
    const preview = previewOf(conversation, this.nowMs, this.heardMs);
    const found = search?.find(conversation);
    if (search === undefined || found === undefined || found.in === 'name') return preview;
    if (search.matches(preview.text).length > 0) return preview;
    return { text: snippet(found), tone: 'answer' };
  }

  #actions(): TemplateResult {
    return html`<span class="row-actions" role="gridcell"
      >${repeat(
        rowActions(this.conversation),
        // A button never becomes another one: it may have the focus.
        ({ label }) => label,
        (action) =>
          toolButton({
            icon: action.icon,
            label: action.label,
            run: (event) => this.#run(action, event),
          }),
      )}</span
    >`;
  }

  #details(row: OpenRow): TemplateResult {
    return html`<div class="details-row" role="row" aria-level="2">
      <div class="details-cell" role="gridcell">
        <interleave-details
          .conversation=${this.conversation}
          .row=${row}
          .nowMs=${this.nowMs}
          .search=${this.search}
        ></interleave-details>
      </div>
    </div>`;
  }

  #run(action: RowAction, event: Event): void {
    event.stopPropagation();
    const { request } = action;
    const button = event.currentTarget;
    const isCopy = request.type === 'copyAnswer' && button instanceof Element;
    this.dispatchEvent(new RequestEvent(request, isCopy ? flashWhenCopied(button) : undefined));
  }

  #onClick(): void {
    const { index } = this.conversation;
    this.dispatchEvent(new CurrentRow(index));
    this.dispatchEvent(new RowChange(index, this.row === undefined ? defaultRow : undefined));
  }

  #onFocus(): void {
    if (!this.current) this.dispatchEvent(new CurrentRow(this.conversation.index));
  }
}
