import type { ConversationState } from '../../src/shared/conversationState.ts';
import type { Filter } from './viewState.ts';
import { isEmpty, noFilter } from './viewState.ts';

/** Whether a conversation matches the filter: by its phase, and by its name, answer or error. */
export function matchesFilter(conversation: ConversationState, filter: Filter): boolean {
  if (filter.phases.size > 0 && !filter.phases.has(conversation.phase)) return false;
  const query = filter.query.trim().toLowerCase();
  if (query === '') return true;
  const texts = [conversation.name, conversation.answer, conversation.error?.message ?? ''];
  return texts.some((text) => text.toLowerCase().includes(query));
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
    this.#seen.length = Math.min(this.#seen.length, conversations.length);
    conversations.forEach((conversation, index) => {
      if (this.#seen[index] === conversation) return;
      this.#seen[index] = conversation;
      this.#matches[index] = matchesFilter(conversation, this.#filter);
    });
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, position) => value === b[position]);
}
