/**
 * Searches for many words at once, letter by letter (the Aho–Corasick algorithm). A state is the longest prefix of
 * a word with which the letters so far end. Each state has a row of successors, so a letter costs one lookup.
 */
export class KeyAutomaton {
  readonly #width: number;
  readonly #next: Uint32Array;
  /** By state: length of its prefix. */
  readonly #depths: Uint32Array;
  /** By state: length of the longest word that ends there; 0 for none. */
  readonly #found: Uint32Array;
  /** The same as `#next`, with offsets of rows instead of states, and -1 where a word ends. */
  readonly #jumps: Int32Array;
  /** Positions of the last letters, in a ring buffer. */
  readonly #places: Uint32Array;
  readonly #mask: number;
  #state = 0;
  #count = 0;

  /** The words consist of `letters` only. */
  constructor(words: readonly string[], letters: string) {
    const maxStates = 1 + words.reduce((sum, { length }) => sum + length, 0);
    const longest = Math.max(1, ...words.map(({ length }) => length));
    this.#width = letters.length;
    this.#next = new Uint32Array(maxStates * this.#width);
    this.#depths = new Uint32Array(maxStates);
    this.#found = new Uint32Array(maxStates);
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
   * A quick check whether a text may contain a word; nearly no text does. `kinds` maps each UTF-16 unit to the
   * number of its letter. For a unit of the kind `special`, `skip` returns the position to continue from, or -1
   * when a full scan is needed.
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

  /** Starts over. */
  begin(): void {
    this.#state = 0;
  }

  /** Length of the longest prefix of a word with which the letters so far end. */
  get depth(): number {
    return this.#depths[this.#state] ?? 0;
  }

  /** Adds the next letter, by its number. Returns the length of the longest word that ends with it, or 0. */
  take(letter: number, place: number): number {
    this.#count++;
    this.#places[this.#count & this.#mask] = place;
    this.#state = this.#next[this.#state * this.#width + letter] ?? 0;
    return this.#found[this.#state] ?? 0;
  }

  /** Position of the first of the last `length` letters. */
  startOf(length: number): number {
    return this.#places[(this.#count - length + 1) & this.#mask] ?? 0;
  }

  /** Adds the states of a word. Returns the new number of states. */
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

  /** Links each state to its longest proper suffix that is a state. */
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

  /** Fills the gaps in the row of a state from its fallback. Calls `onNext` for each successor the state already has. */
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
