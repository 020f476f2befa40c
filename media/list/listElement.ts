import {
  defaultRangeExtractor,
  type Range,
  VirtualizerController,
  type VirtualizerOptions,
} from '@tanstack/lit-virtual';
import {
  html,
  LitElement,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { hasEnded } from '../../src/shared/conversationState.ts';
import { CurrentRow } from '../panel/events.ts';
import type { Search } from '../state/search.ts';
import type { OpenRow } from '../state/viewState.ts';
import { mayCost } from '../text/spending.ts';
import { listCommand } from './listKeys.ts';
import { nameWidth } from './nameWidth.ts';
import type { RowElement } from './rowElement.ts';
import { rowEvent } from './rowEvent.ts';

/** Heights of a row in CSS pixels, with one and with two lines. */
const oneLine = 22;
const twoLines = 44;
/** Estimated height of an open row that has not been drawn yet. */
const openRowHeight = 240;
const overscan = 8;

/** A row, and how far its top is above the top of the view. */
export interface Anchor {
  readonly conversation: number;
  readonly aboveTop: number;
}

type Virtual = VirtualizerController<HTMLElement, RowElement>;
type VirtualOptions = VirtualizerOptions<HTMLElement, RowElement>;

/**
 * `<interleave-list>`: a virtual list that draws the visible rows only. The row with the focus stays in the
 * document. Visible rows keep their place when rows above them come or go.
 */
export class ListElement extends LitElement {
  static override properties: PropertyDeclarations = {
    conversations: { attribute: false },
    rows: { attribute: false },
    open: { attribute: false },
    current: { attribute: false },
    nowMs: { attribute: false },
    heard: { attribute: false },
    search: { attribute: false },
    twoLines: { attribute: false },
    version: { attribute: false },
  };

  /** All conversations. Mutable; `version` changes with every change. */
  declare conversations: readonly ConversationState[];
  /** Indices of the conversations to show; a new array for every change. */
  declare rows: readonly number[];
  declare open: ReadonlyMap<number, OpenRow>;
  declare current: number;
  declare nowMs: number;
  /** When something was last heard of each conversation, in ms since the run's start. */
  declare heard: ReadonlyMap<number, number>;
  declare search: Search | undefined;
  /** Whether each row has a second line, for the answer. */
  declare twoLines: boolean;
  declare version: number;

  readonly #virtual: Virtual = new VirtualizerController<HTMLElement, RowElement>(this, {
    count: 0,
    getScrollElement: () => this,
    estimateSize: () => oneLine,
  });
  #keyedRows: readonly number[] = [];
  #keyOf = (position: number): number => position;
  #anchor: Anchor | undefined;

  constructor() {
    super();
    this.conversations = [];
    this.rows = [];
    this.open = new Map();
    this.current = 0;
    this.nowMs = 0;
    this.heard = new Map();
    this.search = undefined;
    this.twoLines = false;
    this.version = 0;
    this.addEventListener('keydown', (event) => this.#onKey(event));
    // At once: a scroll before the next drawing must not take the row with the focus away.
    this.addEventListener('current-row', ({ conversation }) => {
      this.current = conversation;
    });
  }

  /** The conversation at the top of the view, and how far its top is above that. */
  get top(): Anchor {
    return this.#topAnchor() ?? { conversation: 0, aboveTop: 0 };
  }

  /** Scrolls back to what was at the top. */
  async restoreTop({ conversation, aboveTop }: Anchor): Promise<void> {
    await this.scrollToConversation(conversation, 'start');
    await this.updateComplete;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    this.scrollTop += aboveTop;
  }

  /** Scrolls to a row, if it is shown. */
  async scrollToConversation(conversation: number, align: 'auto' | 'start'): Promise<void> {
    await this.updateComplete;
    const position = this.rows.indexOf(conversation);
    if (position < 0) return;
    this.#virtual.getVirtualizer().scrollToIndex(position, { align });
  }

  /** Focuses the row of a conversation or, if it is not shown, the next one that is. */
  async focusNear(conversation: number): Promise<void> {
    await this.updateComplete;
    const next = this.rows.find((index) => index >= conversation) ?? this.rows.at(-1);
    if (next === undefined) return;
    this.#move(next);
  }

  #move(conversation: number): void {
    this.current = conversation;
    this.dispatchEvent(new CurrentRow(conversation));
    void this.focusCurrent();
  }

  /** Scrolls to the current row and focuses it. */
  async focusCurrent(): Promise<void> {
    await this.scrollToConversation(this.current, 'auto');
    await this.updateComplete;
    const row = this.#rowElement(this.current);
    await row?.updateComplete;
    row?.focusLine();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(): void {
    if (this.rows !== this.#keyedRows) this.#rekey();
    this.#virtual.getVirtualizer().setOptions(this.#options());
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('conversations')) {
      // Decided at the start, so that columns do not move later.
      this.toggleAttribute(
        'data-costs',
        this.conversations.some(({ price }) => mayCost(price)),
      );
      this.style.setProperty('--name-width', `${nameWidth(this.conversations)}ch`);
    }
    if (changed.has('twoLines')) {
      this.toggleAttribute('data-two-lines', this.twoLines);
      this.#virtual.getVirtualizer().measure();
    }
    const digits = String(this.conversations.length).length;
    this.style.setProperty('--index-width', `${Math.max(2, digits)}ch`);
    const virtualizer = this.#virtual.getVirtualizer();
    for (const row of this.querySelectorAll<RowElement>('interleave-row')) {
      virtualizer.measureElement(row);
    }
    this.#restoreAnchor();
  }

  protected override render(): TemplateResult {
    const virtualizer = this.#virtual.getVirtualizer();
    const height = `height: ${virtualizer.getTotalSize()}px`;
    const tabStop = this.#tabStop();
    const row = (conversation: number, position: number, offset: number) =>
      this.#row({ conversation, position, offset, current: conversation === tabStop });
    return html`<div
      class="rows"
      role="treegrid"
      aria-label="Conversations in prompt order"
      .style=${height}
    >${repeat(
      virtualizer.getVirtualItems(),
      (item) => item.key,
      (item) => row(Number(item.key), item.index, item.start),
    )}</div>`;
  }

  #row(place: {
    readonly conversation: number;
    readonly position: number;
    readonly offset: number;
    readonly current: boolean;
  }): TemplateResult | undefined {
    const conversation = this.conversations[place.conversation];
    if (conversation === undefined) return undefined;
    return html`<interleave-row
      role="rowgroup"
      data-index=${place.position}
      .conversation=${conversation}
      .row=${this.open.get(place.conversation)}
      .current=${place.current}
      .position=${place.position}
      .rowCount=${this.rows.length}
      .offset=${place.offset}
      .nowMs=${hasEnded(conversation) ? 0 : this.nowMs}
      .heardMs=${this.heard.get(place.conversation)}
      .search=${this.search}
    ></interleave-row>`;
  }

  /** The row that the Tab key leads to: the current one, or the first one if that is not shown. */
  #tabStop(): number | undefined {
    return this.rows.includes(this.current) ? this.current : this.rows[0];
  }

  #options(): VirtualOptions {
    const virtualizer = this.#virtual.getVirtualizer();
    return {
      ...virtualizer.options,
      count: this.rows.length,
      overscan,
      getItemKey: this.#keyOf,
      estimateSize: (position) =>
        this.open.has(this.rows[position] ?? -1) ? openRowHeight : this.#rowHeight,
      rangeExtractor: (range) => this.#range(range),
      measureElement: (element, entry, instance) => {
        const box = entry?.borderBoxSize[0];
        if (box !== undefined) return Math.round(box.blockSize);
        const position = instance.indexFromElement(element);
        const known = instance.itemSizeCache.get(this.#keyOf(position));
        return known ?? instance.options.estimateSize(position);
      },
    };
  }

  /** The visible rows, and the current one, so that it keeps the focus. */
  #range(range: Range): number[] {
    const positions = defaultRangeExtractor(range);
    const current = this.rows.indexOf(this.#tabStop() ?? -1);
    if (current < 0 || positions.includes(current)) return positions;
    return [...positions, current].sort((a, b) => a - b);
  }

  /** Remembers the scroll position before rows come or go. */
  #rekey(): void {
    this.#anchor = this.#keyedRows.length === 0 ? undefined : this.#topAnchor();
    const rows = this.rows;
    this.#keyedRows = rows;
    this.#keyOf = (position) => rows[position] ?? -1;
  }

  #topAnchor(): Anchor | undefined {
    const virtualizer = this.#virtual.getVirtualizer();
    const top = this.scrollTop;
    const first = virtualizer.getVirtualItemForOffset(top);
    if (first === undefined) return undefined;
    return { conversation: Number(first.key), aboveTop: top - first.start };
  }

  #restoreAnchor(): void {
    const anchor = this.#anchor;
    this.#anchor = undefined;
    if (anchor === undefined || this.scrollTop === 0) return;
    const position = this.rows.indexOf(anchor.conversation);
    const start = this.#virtual.getVirtualizer().measurementsCache[position]?.start;
    if (start !== undefined) this.scrollTop = start + anchor.aboveTop;
  }

  /** The details of an open row, once they are drawn. */
  async detailsOf(conversation: number): Promise<Element | undefined> {
    await this.updateComplete;
    const row = this.#rowElement(conversation);
    await row?.updateComplete;
    await new Promise((resolve) => setTimeout(resolve));
    return row?.querySelector('.tab-panel') ?? undefined;
  }

  get #rowHeight(): number {
    return this.twoLines ? twoLines : oneLine;
  }

  #rowElement(conversation: number): RowElement | undefined {
    const rows = this.querySelectorAll<RowElement>('interleave-row');
    return [...rows].find((row) => row.conversation.index === conversation);
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.target;
    if (!(target instanceof HTMLElement) || !target.classList.contains('row')) return;
    const conversation = target.closest<RowElement>('interleave-row')?.conversation;
    if (conversation === undefined) return;
    const expanded = this.open.has(conversation.index);
    const command = listCommand(event, {
      position: this.rows.indexOf(conversation.index),
      rowCount: this.rows.length,
      page: Math.max(1, Math.floor(this.clientHeight / this.#rowHeight) - 1),
      expanded,
    });
    if (command === undefined) return;
    event.preventDefault();
    if (command.type === 'move') this.#move(this.rows[command.to] ?? conversation.index);
    else this.dispatchEvent(rowEvent(command, conversation.index, expanded));
  }
}
