import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { Notice } from '../../src/shared/notice.ts';
import type { ToPanel } from '../../src/shared/panelProtocol.ts';
import { KnownWork } from '../../src/shared/work.ts';
import type { ListElement } from '../list/listElement.ts';
import { isStoreMessage, RunStore } from '../state/runStore.ts';
import {
  defaultRow,
  type Filter,
  freshView,
  isEmpty,
  noFilter,
  restoreView,
  saveView,
  type ViewState,
  withRow,
} from '../state/viewState.ts';
import { VisibleRows } from '../state/visibleRows.ts';
import type { WebviewApi } from '../webviewApi.ts';
import { Announcer } from './announcer.ts';
import { approvalsStrip } from './approvalsStrip.ts';
import { changesStrip } from './changesStrip.ts';
import type { CurrentRow, RequestEvent, RowChange } from './events.ts';
import { failedStrip } from './failedStrip.ts';
import { failureStrip } from './failureStrip.ts';
import { filterBar, progressBar } from './filterBar.ts';
import { FocusKeeper } from './focusKeeper.ts';
import { headerView } from './headerView.ts';
import { notesStrip } from './notesStrip.ts';
import { nothingShown } from './nothingShown.ts';
import { noticesStrip } from './noticesStrip.ts';
import { handlePanelKey } from './panelKeys.ts';
import { PanelRequests } from './panelRequests.ts';
import { PanelSearch } from './panelSearch.ts';
import { pausedStrip } from './pausedStrip.ts';

/** How often running times are updated, in ms. */
const tickMs = 200;
const saveAfterMs = 300;

/**
 * `<interleave-results>`: the whole panel. It keeps a copy of the run up to date, draws it at most once a frame,
 * and sends requests to the extension host.
 */
export class ResultsElement extends LitElement {
  static override properties: PropertyDeclarations = {};

  readonly #store = new RunStore();
  readonly #visible = new VisibleRows();
  readonly #announcer = new Announcer();
  readonly #work = new KnownWork();
  readonly #focus = new FocusKeeper(this, {
    row: (conversation) => void this.#list?.focusNear(conversation),
    list: () => void this.#list?.focusNear(this.#view.current),
  });
  readonly #search = new PanelSearch(this);
  readonly #requests = new PanelRequests({
    post: (message) => this.#api?.postMessage(message),
    run: () => this.#store.run,
    onChange: () => this.#draw(),
  });
  #api: WebviewApi | undefined;
  #view: ViewState = freshView('');
  #notices: readonly Notice[] = [];
  #version = 0;
  #frame: number | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #saver: ReturnType<typeof setTimeout> | undefined;
  #shownFailure: number | undefined;
  #revealLater: number | undefined;

  /** Connects to the extension host. Called once. */
  connect(api: WebviewApi): void {
    this.#api = api;
    window.addEventListener('message', this.#onMessage);
    api.postMessage({ type: 'ready' });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('panel-request', this.#onRequest);
    this.addEventListener('row-change', this.#onRowChange);
    this.addEventListener('current-row', this.#onCurrentRow);
    window.addEventListener('keydown', this.#onKey);
    this.#focus.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('message', this.#onMessage);
    window.removeEventListener('keydown', this.#onKey);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearInterval(this.#ticker);
    clearTimeout(this.#saver);
    this.#search.stop();
    this.#focus.stop();
    this.#requests.dispose();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    const run = this.#store.run;
    if (run === undefined) return nothing;
    const localMs = performance.now();
    const nowMs = this.#store.nowMs(localMs);
    const { filter, open, current, twoLines } = this.#view;
    const rows = this.#visible.update(run.conversations, filter, this.#keeps);
    const { cancelling, resuming, send, failure, notice, dismissFailure } = this.#requests;
    const lines = { twoLines, setTwoLines: this.#setTwoLines };
    const context = { nowMs, work: this.#work, cancelling, resuming, send, ...lines };
    return html`<header class="top">
        ${headerView(run, context)} ${filterBar(run, filter, this.#setFilter, rows.length)} ${progressBar(run)}
        ${pausedStrip(run, context)} ${approvalsStrip(run, { show: this.#reveal, send })}
        ${noticesStrip(this.#notices, send)} ${notesStrip(run)}
        ${changesStrip(run, send)}
        ${failedStrip(run, { shown: this.#shownFailure, show: this.#showFailure, send })}
        ${failureStrip(failure, dismissFailure)}
      </header>
      <main class="body">
        <interleave-list
          .conversations=${run.conversations}
          .rows=${rows}
          .open=${open}
          .current=${current}
          .nowMs=${nowMs}
          .heard=${this.#store.heard}
          .search=${this.#search.of(filter.query)}
          .twoLines=${twoLines}
          .version=${this.#version}
          @scroll=${this.#onScroll}
          @mouseleave=${this.#draw}
        ></interleave-list>
        ${rows.length === 0 ? nothingShown(run, () => this.#setFilter(noFilter)) : nothing}
      </main>
      <div class="visually-hidden" role="status">${
        notice || this.#announcer.textFor(run, localMs)
      }</div>`;
  }

  get #list(): ListElement | null {
    return this.querySelector('interleave-list');
  }

  /** Draws in the next frame, once, however often it is called. */
  readonly #draw = (): void => {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#version += 1;
      this.requestUpdate();
    });
  };

  readonly #onRequest = ({ request, onAnswer }: RequestEvent): void =>
    this.#requests.send(request, onAnswer);

  readonly #onMessage = (event: MessageEvent<ToPanel | undefined>): void => {
    const message = event.data;
    if (message?.type === 'reveal') {
      this.#reveal(message.conversation);
      return;
    }
    if (message?.type === 'notices') {
      this.#notices = message.notices;
      this.#draw();
      return;
    }
    if (message?.type === 'answer') {
      this.#requests.accept(message);
      return;
    }
    if (message === undefined || !isStoreMessage(message)) return;
    const arrival = { localMs: performance.now(), wallMs: Date.now() };
    const accepted = this.#store.accept(message, arrival);
    if (accepted === 'snapshot') this.#adopt();
    if (accepted === 'resync') this.#api?.postMessage({ type: 'ready' });
    if (accepted !== 'nothing') this.#afterChange();
  };

  /** A snapshot arrived: restores the user's view of the run. */
  #adopt(): void {
    const id = this.#store.run?.started.id ?? '';
    if (id === this.#view.runId) return;
    const restored = restoreView(this.#api?.getState(), id);
    this.#view = restored?.view ?? freshView(id);
    this.#shownFailure = undefined;
    const top = restored?.top;
    if (top !== undefined && top.conversation + top.aboveTop > 0)
      this.#afterDrawing((list) => list.restoreTop(top));
    const reveal = this.#revealLater;
    this.#revealLater = undefined;
    if (reveal !== undefined) this.#reveal(reveal);
    this.#saveSoon();
  }

  #afterChange(): void {
    this.#requests.follow();
    const running = this.#store.run?.state === 'running';
    if (!running) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    } else {
      this.#ticker ??= setInterval(this.#draw, tickMs);
    }
    this.#draw();
  }

  /** Opens the row of a conversation, scrolls to it and focuses it. */
  readonly #reveal = (conversation: number): void => {
    const run = this.#store.run;
    if (run === undefined) {
      this.#revealLater = conversation;
      return;
    }
    if (run.conversations[conversation] === undefined) return;
    const row = this.#view.open.get(conversation) ?? defaultRow;
    const filter = this.#isShown(conversation) ? this.#view.filter : noFilter;
    this.#change({ ...withRow(this.#view, conversation, row), current: conversation, filter });
    this.#afterDrawing((list) => list.focusCurrent());
  };

  readonly #showFailure = (conversation: number): void => {
    this.#shownFailure = conversation;
    this.#reveal(conversation);
  };

  #isShown(conversation: number): boolean {
    return isEmpty(this.#view.filter) || (this.#list?.rows.includes(conversation) ?? false);
  }

  #afterDrawing(act: (list: ListElement) => Promise<void>): void {
    requestAnimationFrame(() => {
      this.requestUpdate();
      void this.updateComplete.then(async () => {
        const list = this.#list;
        if (list !== null) await act(list);
      });
    });
  }

  readonly #setFilter = (filter: Filter): void => {
    this.#change({ ...this.#view, filter });
    this.#search.markSoon();
  };

  readonly #onRowChange = ({ conversation, row }: RowChange): void => {
    const isOpened = row !== undefined && !this.#view.open.has(conversation);
    const state = this.#store.run?.conversations[conversation];
    const tab = isOpened && state !== undefined ? this.#search.tabOf(state) : undefined;
    const shown = row === undefined || tab === undefined ? row : { ...row, tab };
    this.#change(withRow(this.#view, conversation, shown));
    if (tab === undefined) return;
    this.#afterDrawing(async (list) => {
      const details = await list.detailsOf(conversation);
      if (details !== undefined) this.#search.showIn(details);
    });
  };

  readonly #setTwoLines = (twoLines: boolean): void => this.#change({ ...this.#view, twoLines });

  readonly #onScroll = (): void => {
    this.#saveSoon();
    if (this.#view.filter.query !== '') this.#search.markSoon();
  };

  protected override updated(): void {
    this.#search.drawn();
  }

  readonly #onCurrentRow = (event: CurrentRow): void =>
    this.#change({ ...this.#view, current: event.conversation });

  #change(view: ViewState): void {
    this.#view = view;
    this.#draw();
    this.#saveSoon();
  }

  readonly #saveSoon = (): void => {
    this.#saver ??= setTimeout(() => {
      this.#saver = undefined;
      if (this.#view.runId === '') return;
      this.#api?.setState(
        saveView(this.#view, this.#list?.top ?? { conversation: 0, aboveTop: 0 }),
      );
    }, saveAfterMs);
  };

  /** Rows that stay although they no longer match the filter: open, current, or under the pointer. */
  readonly #keeps = (index: number): boolean =>
    this.#view.open.has(index) ||
    this.#view.current === index ||
    (this.#list?.matches(':hover') ?? false);

  readonly #onKey = (event: KeyboardEvent): void =>
    handlePanelKey(event, {
      search: () => this.querySelector<HTMLElement>('.search')?.focus(),
      focusRow: (first) =>
        this.#afterDrawing(async (list) => {
          if (first) await list.focusNear(0);
          else await list.focusNear(this.#view.current);
        }),
      clearFilter: (all) => {
        const { filter } = this.#view;
        if (isEmpty(filter)) return false;
        this.#setFilter(all ? noFilter : { ...filter, query: '' });
        return true;
      },
    });
}
