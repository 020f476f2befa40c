import { StringDecoder } from 'node:string_decoder';
import { middleNote, visibleText } from '../../base/text.ts';

/** What a command prints: its beginning and its end, whatever comes between. Memory stays within the limit. */
export class CommandOutput {
  readonly #half: number;
  #head = '';
  #tail = '';
  #dropped = 0;

  /** `maxLength` in UTF-16 units. */
  constructor(maxLength: number) {
    this.#half = Math.floor(maxLength / 2);
  }

  /** A writer for one of the command's streams: characters may be split between pieces. */
  writer(): (bytes: Buffer) => void {
    const decoder = new StringDecoder('utf8');
    return (bytes) => this.add(decoder.write(bytes));
  }

  add(text: string): void {
    const room = this.#half - this.#head.length;
    if (room > 0) this.#head += text.slice(0, room);
    const rest = text.slice(Math.max(0, room));
    if (rest === '') return;
    this.#tail += rest;
    // Cut now and then, not with every piece.
    if (this.#tail.length > this.#half * 2) this.#cut();
  }

  /** Without colours and whatever else steers a terminal. */
  text(): string {
    this.#cut();
    const middle = this.#dropped === 0 ? '' : middleNote(this.#dropped);
    return visibleText(withoutOverwritten(`${this.#head}${middle}${this.#tail}`), {
      keepNewlines: true,
    }).trimEnd();
  }

  #cut(): void {
    const excess = this.#tail.length - this.#half;
    if (excess <= 0) return;
    this.#dropped += excess;
    this.#tail = this.#tail.slice(excess);
  }
}

/** Of a line that a progress bar writes over and over, what is left at its end. */
function withoutOverwritten(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.slice(line.trimEnd().lastIndexOf('\r') + 1))
    .join('\n');
}
