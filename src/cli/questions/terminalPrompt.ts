import type { Interface } from 'node:readline';
import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import type { QuestionStreams } from '../askYesNo.ts';
import type { Terminal } from '../terminal.ts';

/** Asks the user for lines of text, one at a time. */
export interface LinePrompt {
  /**
   * Shows a text and reads one line. Resolves with undefined when the user ends the input (Ctrl+D) or the signal is
   * aborted.
   */
  ask(text: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A prompt at the terminal. What is printed meanwhile stands above it, and what the user has typed stays. */
export class TerminalPrompt implements LinePrompt {
  readonly #streams: () => QuestionStreams;
  readonly #onInterrupt: () => void;
  #open: Interface | undefined;

  /** `streams` are opened with the first question. `onInterrupt` is called for Ctrl+C, which the prompt takes for itself. */
  constructor(streams: () => QuestionStreams, onInterrupt: () => void) {
    this.#streams = streams;
    this.#onInterrupt = onInterrupt;
  }

  ask(text: string, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    const streams = this.#streams();
    streams.output.write(text);
    const lines = createInterface({ ...streams, prompt: '> ', historySize: 0 });
    this.#open = lines;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    let isInterrupted = false;
    const close = (): void => {
      if (this.#open !== lines) return;
      this.#open = undefined;
      lines.close();
    };
    const giveUp = (): void => {
      // A line that the user has ended has its end on the screen.
      if (this.#open === lines) streams.output.write('\n');
      close();
    };
    const onAbort = (): void => {
      giveUp();
      resolve(undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    lines.once('line', (line) => {
      resolve(line);
      close();
    });
    lines.once('close', () => {
      if (!isInterrupted) onAbort();
    });
    // It is over when whoever is told of Ctrl+C takes the question back.
    lines.once('SIGINT', () => {
      isInterrupted = true;
      giveUp();
      this.#onInterrupt();
    });
    lines.prompt();
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Prints with `write` what does not belong to the prompt: above it, if one is open. */
  printAbove(text: string, write: (text: string) => void): void {
    const lines = this.#open;
    if (lines === undefined || text === '') {
      write(text);
      return;
    }
    const { output } = this.#streams();
    moveCursor(output, 0, -lines.getCursorPos().rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    write(text.endsWith('\n') ? text : `${text}\n`);
    // The prompt is shown anew from here, not from where it was.
    Object.assign(lines, { prevRows: 0 });
    lines.prompt(true);
  }
}

/** A terminal whose output leaves the prompt as it is. `hasAnswers`: standard output goes to the terminal, too. */
export function promptedTerminal(
  terminal: Terminal,
  prompt: TerminalPrompt,
  hasAnswers: boolean,
): Terminal {
  return {
    ...terminal,
    out: (text) =>
      hasAnswers ? prompt.printAbove(text, (all) => terminal.out(all)) : terminal.out(text),
    err: (text) => prompt.printAbove(text, (all) => terminal.err(all)),
  };
}
