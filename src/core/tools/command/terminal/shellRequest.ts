import { isJsonObject, parseJson } from '../../../../shared/json.ts';

/**
 * The line that is typed into a terminal to run a command in it. It is plain JSON without control characters, so
 * that no part of the command means something to the terminal. `nonce` is known to the extension and to the shell
 * in the terminal only: whatever else is typed there runs nothing.
 */
export function requestLine(nonce: string, command: string): string {
  return JSON.stringify({ nonce, command }).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Max length of such a line: longer input is no request. */
const maxLine = 200_000;

/** Finds requests in what is typed into a terminal. */
export class RequestReader {
  readonly #start: string;
  #typed = '';

  constructor(nonce: string) {
    this.#start = `{"nonce":${JSON.stringify(nonce)},`;
  }

  /** Takes what was typed. Returns the command of a request that is complete with it; other input is dropped. */
  add(text: string): string | undefined {
    this.#typed += text;
    const from = this.#typed.indexOf(this.#start);
    if (from < 0) {
      // The end of it may be the beginning of a request.
      this.#typed = this.#typed.slice(-this.#start.length);
      return undefined;
    }
    const end = this.#typed.slice(from).search(/[\r\n]/);
    if (end < 0) {
      if (this.#typed.length - from > maxLine) this.#typed = '';
      return undefined;
    }
    const request = parseJson(this.#typed.slice(from, from + end));
    this.#typed = '';
    const command = isJsonObject(request) ? request.command : undefined;
    return typeof command === 'string' ? command : undefined;
  }
}
