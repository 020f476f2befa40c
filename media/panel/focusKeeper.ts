/** Where the focus goes when the element that has it is gone. */
export interface FocusPlaces {
  /** Focuses the row of a conversation or, if that is not shown, the next one. */
  row(conversation: number): void;
  /** Focuses the current row. */
  list(): void;
}

/** Keeps the focus in the panel: where its element goes away or is switched off, it moves to the nearest place. */
export class FocusKeeper {
  readonly #root: HTMLElement;
  readonly #places: FocusPlaces;
  readonly #observer = new MutationObserver(() => this.#check());
  #focused: { readonly element: Element; readonly conversation: number | undefined } | undefined;

  constructor(root: HTMLElement, places: FocusPlaces) {
    this.#root = root;
    this.#places = places;
  }

  start(): void {
    this.#root.addEventListener('focusin', this.#onFocus);
    const attributeFilter = ['disabled'];
    this.#observer.observe(this.#root, { childList: true, subtree: true, attributeFilter });
  }

  stop(): void {
    this.#root.removeEventListener('focusin', this.#onFocus);
    this.#observer.disconnect();
  }

  readonly #onFocus = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element)) return;
    const row = target.closest<HTMLElement & { conversation?: { readonly index: number } }>(
      'interleave-row',
    );
    this.#focused = { element: target, conversation: row?.conversation?.index };
  };

  #check(): void {
    const focused = this.#focused;
    if (focused === undefined) return;
    const { element, conversation } = focused;
    const isOff = element instanceof HTMLButtonElement && element.disabled;
    if (element.isConnected && !isOff) return;
    this.#focused = undefined;
    const { activeElement, body } = document;
    // The user may be elsewhere by now.
    if (activeElement !== null && activeElement !== body && activeElement !== element) return;
    if (conversation === undefined) this.#places.list();
    else this.#places.row(conversation);
  }
}
