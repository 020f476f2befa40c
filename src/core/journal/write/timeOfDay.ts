/** Writes times of day. Many records are added in the same millisecond: their text is made once. */
export class TimeOfDay {
  #ms = Number.NaN;
  #text = '';

  /** `ms`: since 1970. */
  text(ms: number): string {
    if (ms !== this.#ms) {
      this.#ms = ms;
      this.#text = new Date(ms).toISOString();
    }
    return this.#text;
  }
}
