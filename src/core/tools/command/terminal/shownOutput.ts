import { visibleText } from '../../../base/text.ts';
import { CommandOutput, maxCommandOutput } from '../commandOutput.ts';

/** Less than what the tool keeps, so that the tool does not shorten it once more. */
const maxShown = maxCommandOutput - 1_000;
/** Max length of a line that is held back because it may contain the beginning of a terminal sequence. */
const maxHeld = 4_096;

/**
 * Shows what a command prints, in a terminal: its beginning at once, its end when the command has ended, without
 * whatever steers a terminal. So the output can imitate no mark of the shell, and a flood of it is no burden.
 */
export class ShownOutput {
  readonly #print: (text: string) => void;
  readonly #kept = new CommandOutput(maxShown);
  #held = '';
  #isAtLineStart = true;

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  add(text: string): void {
    this.#show(this.#kept.add(text));
  }

  /** The command has ended. Returns whether the output ends with a whole line. */
  end(): boolean {
    this.#write(this.#held + this.#kept.end());
    this.#held = '';
    return this.#isAtLineStart;
  }

  #show(text: string): void {
    const all = this.#held + text;
    const line = all.lastIndexOf('\n') + 1;
    const last = all.slice(line);
    const isHeld = mayBeCut.test(last) && last.length <= maxHeld;
    this.#held = isHeld ? last : '';
    this.#write(isHeld ? all.slice(0, line) : all);
  }

  #write(text: string): void {
    if (text === '') return;
    // A progress bar goes back to the beginning of its line.
    const shown = text
      .split('\r')
      .map((part) => visibleText(part, { keepNewlines: true }))
      .join('\r');
    if (shown === '') return;
    this.#isAtLineStart = shown.endsWith('\n');
    this.#print(shown);
  }
}

/** A terminal sequence that may go on, or half of a character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters.
const mayBeCut = /[\u001b\u0080-\u009f]|[\ud800-\udbff]$/;
