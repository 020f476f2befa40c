import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import { requestOf, toolSpanOf } from '../../src/shared/span.ts';
import type { ToolCallRecord } from '../../src/shared/toolCall.ts';
import { toolButton } from '../panel/controls.ts';
import { RequestEvent, RowChange } from '../panel/events.ts';
import { flashWhenCopied } from '../panel/flashCopied.ts';
import type { FoundIn, Search } from '../state/search.ts';
import { type DetailTab, detailTabs, type OpenRow } from '../state/viewState.ts';
import { conversationCost } from '../text/spending.ts';
import { prettyJson } from '../text/visibleText.ts';
import { answerTab, answerToCopy } from './answerTab.ts';
import { changesTab, changesText } from './changesTab.ts';
import { promptTab, rawTab } from './textTabs.ts';
import { toolsTab } from './toolsTab.ts';
import { transcriptTab } from './transcriptTab.ts';
import { usageTab } from './usageTab.ts';

const tabLabels: { readonly [T in DetailTab]: string } = {
  answer: 'Answer',
  tools: 'Tools',
  changes: 'Changes',
  prompt: 'Prompt',
  transcript: 'Transcript',
  usage: 'Usage',
  raw: 'Raw',
};

/** `<interleave-details>`: everything about one conversation, in tabs. */
export class DetailsElement extends LitElement {
  static override properties: PropertyDeclarations = {
    conversation: { attribute: false },
    row: { attribute: false },
    nowMs: { attribute: false },
    search: { attribute: false },
  };

  declare conversation: ConversationState;
  declare row: OpenRow;
  declare nowMs: number;
  declare search: Search | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { tab } = this.row;
    return html`<div class="tab-bar">
        <div class="tabs" role="tablist" aria-label="Views" @keydown=${this.#onKey}>
          ${this.#tabs().map((name) => this.#tab(name))}
        </div>
        <span class="tab-actions">${this.#actions()}</span>
      </div>
      <div
        class="tab-panel"
        role="tabpanel"
        id=${this.#id('panel')}
        aria-labelledby=${this.#id(tab)}
      >${this.#content(tab)}</div>`;
  }

  /** Changes have a tab where there are some. */
  #tabs(): readonly DetailTab[] {
    const { proposals } = this.conversation;
    const hasChanges = proposals !== undefined || this.row.tab === 'changes';
    return detailTabs.filter((name) => name !== 'changes' || hasChanges);
  }

  #tab(name: DetailTab): TemplateResult {
    const selected = name === this.row.tab;
    const { toolCalls, proposals = [] } = this.conversation;
    const count = { tools: toolCalls.length, changes: proposals.length }[name as string] ?? 0;
    return html`<button
      type="button"
      class="tab"
      role="tab"
      id=${this.#id(name)}
      aria-selected=${selected}
      aria-controls=${selected ? this.#id('panel') : nothing}
      tabindex=${selected ? 0 : -1}
      data-tab=${name}
      @click=${() => this.#select(name)}
    >${tabLabels[name]}${
      count > 0 ? html` <span class="tab-count">${count}</span>` : nothing
    }</button>`;
  }

  #actions(): TemplateResult {
    const { tab, source } = this.row;
    return html`${tab === 'answer' ? this.#sourceToggle(source) : nothing}
      ${toolButton({
        icon: 'copy',
        label: `Copy ${tabLabels[tab]}`,
        run: (event) => this.#copy(tab, event),
      })}
      ${toolButton({
        icon: 'comment-discussion',
        label: 'Open Transcript in an Editor',
        run: () => this.#openTranscript(),
      })}`;
  }

  #sourceToggle(source: boolean): TemplateResult {
    return html`<button
      type="button"
      class="tool toggle"
      aria-pressed=${source}
      title="Show the answer's Markdown source"
      @click=${() => this.#change({ ...this.row, source: !source })}
    >Source</button>`;
  }

  #content(tab: DetailTab): TemplateResult {
    const { conversation } = this;
    switch (tab) {
      case 'answer':
        return answerTab(conversation, {
          ...{ source: this.row.source, nowMs: this.nowMs },
          at: this.#placeIn('answer'),
        });
      case 'tools':
        return toolsTab(conversation);
      case 'changes':
        return changesTab(conversation, this.#send);
      case 'prompt':
        return promptTab(conversation, this.#placeIn('prompt'));
      case 'transcript':
        return transcriptTab(conversation);
      case 'usage':
        return usageTab(conversation);
      case 'raw':
        return rawTab(conversation, this.nowMs);
    }
  }

  /** Where the search found something, so that the page with it is shown; undefined where it did not. */
  #placeIn(place: FoundIn): number | undefined {
    const found = this.search?.find(this.conversation);
    return found?.in === place ? found.at : undefined;
  }

  #copy(tab: DetailTab, event: Event): void {
    const { conversation } = this;
    const text = tab === 'answer' ? answerToCopy(conversation) : copyText(conversation, tab);
    const button = event.currentTarget;
    const onAnswer = button instanceof Element ? flashWhenCopied(button) : undefined;
    this.dispatchEvent(new RequestEvent({ type: 'copyText', text }, onAnswer));
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const tabs = this.#tabs();
    const at = tabs.indexOf(this.row.tab) + step;
    const next = tabs.at(at % tabs.length);
    if (next === undefined) return;
    this.#select(next);
    this.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  }

  #select(tab: DetailTab): void {
    if (tab !== this.row.tab) this.#change({ ...this.row, tab });
  }

  #change(row: OpenRow): void {
    this.dispatchEvent(new RowChange(this.conversation.index, row));
  }

  #openTranscript(): void {
    const { index } = this.conversation;
    this.#send({ type: 'openTranscript', conversation: index });
  }

  readonly #send = (request: PanelRequest): void => {
    this.dispatchEvent(new RequestEvent(request));
  };

  #id(part: string): string {
    return `conversation-${this.conversation.index}-${part}`;
  }
}

/** The content of a tab as text for the clipboard. */
function copyText(conversation: ConversationState, tab: Exclude<DetailTab, 'answer'>): string {
  switch (tab) {
    case 'tools':
      return prettyJson(conversation.toolCalls.map((call) => timedCall(call, conversation)));
    case 'changes':
      return changesText(conversation);
    case 'prompt':
      return conversation.prompt;
    case 'transcript':
      return prettyJson({
        prompt: conversation.prompt,
        turns: conversation.turns,
        toolCalls: conversation.toolCalls,
        spans: conversation.spans,
        answer: conversation.answer,
      });
    case 'usage':
      return prettyJson({
        turns: conversation.turns.map((turn) => ({
          ...turn,
          request: requestOf(conversation, turn.turn),
        })),
        usage: conversation.usage,
        costUsd: conversationCost(conversation),
      });
    case 'raw':
      return prettyJson(conversation);
  }
}

function timedCall(call: ToolCallRecord, conversation: ConversationState): object {
  const { startMs, endMs } = toolSpanOf(conversation, call) ?? {};
  return { ...call, startMs, endMs };
}
