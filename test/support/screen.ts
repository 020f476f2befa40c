/** What a terminal of this width shows: text, line ends, and the movements that Node's readline makes. */
export class Screen {
  readonly #columns: number;
  readonly #rows: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the sequences.
    for (const [part, count = '', kind] of text.matchAll(/\u001b\[(\d*)([A-Z])|[\s\S]/g)) {
      if (kind === undefined) this.#type(part);
      else this.#act(kind, count === '' ? 1 : Number(count));
    }
  }

  /** From the top, without spaces at their ends. */
  lines(): readonly string[] {
    return this.#rows.map((row) =>
      Array.from(row, (one) => one ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  #type(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#down();
    else {
      if (this.#column === this.#columns) this.#down();
      const row = this.#rows[this.#row] ?? [];
      row[this.#column] = character;
      this.#column += 1;
    }
  }

  #down(): void {
    this.#row += 1;
    this.#column = 0;
    this.#rows[this.#row] ??= [];
  }

  #act(kind: string, count: number): void {
    if (kind === 'A') this.#row = Math.max(0, this.#row - count);
    if (kind === 'B') this.#row = Math.min(this.#rows.length - 1, this.#row + count);
    if (kind === 'C') this.#column += count;
    if (kind === 'D') this.#column = Math.max(0, this.#column - count);
    if (kind === 'G') this.#column = count - 1;
    if (kind === 'J') {
      this.#rows.length = this.#row + 1;
      this.#rows[this.#row]?.splice(this.#column);
    }
  }
}
