import type { ConversationState } from '../../src/shared/conversationState.ts';
import { type Search, searchFor } from './search.ts';
import type { Filter } from './viewState.ts';
import { isEmpty, noFilter } from './viewState.ts';

/** Whether a conversation matches the filter: by its phase, and by any of its texts. */
export function matchesFilter(
  conversation: ConversationState,
  { phases, query }: Filter,
  search: Search | undefined = searchFor(query),
): boolean {
  if (phases.size > 0 && !phases.has(conversation.phase)) return false;
  return search === undefined || search.find(conversation) !== undefined;
}

/**
 * The conversations that the list shows, in prompt order. A row in use stays until the filter changes, even if
 * its conversation no longer matches. Only changed conversations are matched again.
 */
export class VisibleRows {
  #filter: Filter = noFilter;
  #seen: ConversationState[] = [];
  #matches: boolean[] = [];
  #shown = new Set<number>();
  #rows: readonly number[] = [];

  /** The rows; the same array as before if nothing changed. */
  update(
    conversations: readonly ConversationState[],
    filter: Filter,
    keep: (index: number) => boolean,
  ): readonly number[] {
    if (filter !== this.#filter) this.#restart(filter);
    this.#match(conversations);
    const rows: number[] = [];
    for (let index = 0; index < conversations.length; index++) {
      if (this.#matches[index] || (this.#shown.has(index) && keep(index))) rows.push(index);
    }
    if (isSame(rows, this.#rows)) return this.#rows;
    this.#shown = new Set(isEmpty(filter) ? [] : rows);
    this.#rows = rows;
    return rows;
  }

  #restart(filter: Filter): void {
    this.#filter = filter;
    this.#seen = [];
    this.#rows = [];
    this.#shown = new Set();
  }

  #match(conversations: readonly ConversationState[]): void {
    const search = searchFor(this.#filter.query);
    this.#seen.length = Math.min(this.#seen.length, conversations.length);
    conversations.forEach((conversation, index) => {
      if (this.#seen[index] === conversation) return;
      this.#seen[index] = conversation;
      this.#matches[index] = matchesFilter(conversation, this.#filter, search);
    });
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, position) => value === b[position]);
}
