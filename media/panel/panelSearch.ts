import type { ConversationState } from '../../src/shared/conversationState.ts';
import { type FoundIn, type Search, searchFor } from '../state/search.ts';
import type { DetailTab } from '../state/viewState.ts';
import { markFound, showFound } from './searchMarks.ts';

/** Marks are made so long after a change, in ms: rows and answers are drawn after the panel. */
const markAfterMs = 60;

/** The tab that shows what was found there. A name is in the row itself. */
const foundTabs: { readonly [F in FoundIn]: DetailTab | undefined } = {
  name: undefined,
  answer: 'answer',
  error: 'answer',
  prompt: 'prompt',
  tools: 'tools',
  transcript: 'transcript',
};

/** What the panel searches for, and the marks of what was found. */
export class PanelSearch {
  readonly #panel: Element;
  #query = '';
  #search: Search | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(panel: Element) {
    this.#panel = panel;
  }

  /** The search for what was typed; the same object while that stays the same. */
  of(query: string): Search | undefined {
    if (query !== this.#query) {
      this.#query = query;
      this.#search = searchFor(query);
    }
    return this.#search;
  }

  /** The tab of a conversation's details that shows what was found; undefined when none does. */
  tabOf(conversation: ConversationState): DetailTab | undefined {
    const found = this.#search?.find(conversation);
    return found === undefined ? undefined : foundTabs[found.in];
  }

  /** Scrolls to the first match in the details of a row. */
  showIn(details: Element): void {
    if (this.#search !== undefined) showFound(details, this.#search);
  }

  markSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      markFound(this.#panel, this.#search);
    }, markAfterMs);
  }

  /** The panel was drawn anew. */
  drawn(): void {
    if (this.#search !== undefined) this.markSoon();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
