/** What keys do in the panel as a whole. */
export interface PanelKeyActions {
  /** Moves the focus to the search field. */
  search(): void;
  /** Moves the focus to the current row or, with `first`, to the first one that is shown. */
  focusRow(first: boolean): void;
  /** Clears the search text, or with `all` the whole filter. Returns false when there was no filter. */
  clearFilter(all: boolean): boolean;
}

/** Handles a key that no part of the panel has handled. */
export function handlePanelKey(event: KeyboardEvent, actions: PanelKeyActions): void {
  if (event.defaultPrevented) return;
  const target = event.target instanceof Element ? event.target : document.body;
  const inSearch = target.closest('.search') !== null;
  if (wantsSearch(event) && !(inSearch && event.key === '/')) {
    event.preventDefault();
    actions.search();
  } else if (event.key === 'Escape') {
    leave(target, inSearch, actions);
  } else if (inSearch && (event.key === 'ArrowDown' || event.key === 'Enter')) {
    if (event.isComposing) return;
    event.preventDefault();
    actions.focusRow(true);
  }
}

/** Leaves the details, the search text and the filter, one step at a time. */
function leave(target: Element, inSearch: boolean, actions: PanelKeyActions): void {
  if (target.closest('.details-row') !== null) {
    target.closest('interleave-row')?.querySelector<HTMLElement>('.row')?.focus();
  } else if (!actions.clearFilter(!inSearch) && inSearch) {
    actions.focusRow(false);
  }
}

/** Whether a key leads to the search field. */
function wantsSearch(event: KeyboardEvent): boolean {
  if (event.key === '/') return !event.ctrlKey && !event.metaKey && !event.altKey;
  return event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.shiftKey;
}
