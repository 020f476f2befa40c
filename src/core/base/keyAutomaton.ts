/**
 * Looks for many words at once, letter by letter: after each letter it is in the state that stands for
 * the longest beginning of a word that the letters so far end in (Aho and Corasick). It has one row of
 * following states for each, so that a letter costs one look into a table.
 */
export class KeyAutomaton {
  readonly #width: number;
  readonly #next: Uint32Array;
  /** By state: letters of the beginning that it stands for. */
  readonly #depths: Uint32Array;
  /** By state: letters of the longest word that ends there; 0 when none does. */
  readonly #found: Uint32Array;
  /** The same as `#next`, but with the places of the rows, and -1 where a word has been found. */
  readonly #jumps: Int32Array;
  /** Where each of the last letters stood, in a ring. */
  readonly #places: Uint32Array;
  readonly #mask: number;
  #state = 0;
  #count = 0;

  /** The words are made of `letters` alone. */
  constructor(words: readonly string[], letters: string) {
    const most = 1 + words.reduce((sum, { length }) => sum + length, 0);
    const longest = Math.max(1, ...words.map(({ length }) => length));
    this.#width = letters.length;
    this.#next = new Uint32Array(most * this.#width);
    this.#depths = new Uint32Array(most);
    this.#found = new Uint32Array(most);
    const ring = 2 ** Math.ceil(Math.log2(longest + 1));
    this.#places = new Uint32Array(ring);
    this.#mask = ring - 1;
    let states = 1;
    for (const word of words) states = this.#addWord(word, letters, states);
    this.#linkStates();
    this.#jumps = Int32Array.from(this.#next, (state) =>
      this.#found[state] === 0 ? state * this.#width : -1,
    );
  }

  /**
   * Whether a word may be in a text: a quick look, for texts without one are nearly all. `kinds` has the
   * number of the letter that each UTF-16 unit stands for; `skip` is asked about those that `kinds` gives
   * `special` for, and says where to go on, or -1 where one has to look more closely.
   */
  mayBeIn(
    text: string,
    kinds: Uint8Array,
    special: number,
    skip: (text: string, at: number) => number,
  ): boolean {
    const jumps = this.#jumps;
    const width = this.#width;
    let row = 0;
    for (let at = 0; at < text.length; at++) {
      const kind = kinds[text.charCodeAt(at)] as number;
      if (kind < width) {
        row = jumps[row + kind] as number;
        if (row < 0) return true;
      } else if (kind === special) {
        at = skip(text, at) - 1;
        if (at < -1) return true;
      }
    }
    return false;
  }

  /** Forgets all letters so far. */
  begin(): void {
    this.#state = 0;
  }

  /** Letters of the longest beginning of a word that the letters so far end in. */
  get depth(): number {
    return this.#depths[this.#state] ?? 0;
  }

  /** Takes the next letter, by its number. Gives the length of the longest word that ends with it, or 0. */
  take(letter: number, place: number): number {
    this.#count++;
    this.#places[this.#count & this.#mask] = place;
    this.#state = this.#next[this.#state * this.#width + letter] ?? 0;
    return this.#found[this.#state] ?? 0;
  }

  /** Where the last so many letters began. */
  startOf(length: number): number {
    return this.#places[(this.#count - length + 1) & this.#mask] ?? 0;
  }

  /** Adds the states for a word; gives how many there are then. */
  #addWord(word: string, letters: string, before: number): number {
    let states = before;
    let state = 0;
    for (const letter of word) {
      const at = state * this.#width + letters.indexOf(letter);
      let next = this.#next[at] ?? 0;
      if (next === 0) {
        next = states++;
        this.#next[at] = next;
        this.#depths[next] = (this.#depths[state] ?? 0) + 1;
      }
      state = next;
    }
    this.#found[state] = word.length;
    return states;
  }

  /** What does not go on with a word goes on with the longest of its ends that does. */
  #linkStates(): void {
    const fallbacks = new Uint32Array(this.#depths.length);
    const queue = [0];
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head] ?? 0;
      const fallback = fallbacks[state] ?? 0;
      if (this.#found[state] === 0) this.#found[state] = this.#found[fallback] ?? 0;
      this.#linkRow(state, fallback, (next, other) => {
        fallbacks[next] = other;
        queue.push(next);
      });
    }
  }

  /** Completes the row of a state with that of its fallback; `onNext` hears of the states of the row itself. */
  #linkRow(state: number, fallback: number, onNext: (next: number, other: number) => void): void {
    for (let letter = 0; letter < this.#width; letter++) {
      const at = state * this.#width + letter;
      const next = this.#next[at] ?? 0;
      const other = state === 0 ? 0 : (this.#next[fallback * this.#width + letter] ?? 0);
      if (next === 0) this.#next[at] = other;
      else onNext(next, other);
    }
  }
}
