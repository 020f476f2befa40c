import * as vscode from 'vscode';
import type { Redactor } from '../core/base/redact.ts';
import { visibleText } from '../core/base/text.ts';
import type { RunEvent } from '../shared/conversationEvents.ts';

/** Flush interval in ms, to batch the lines of many events into one write. */
const flushMs = 50;

/** Something that emits the events of a run. */
interface RunEvents {
  readonly onEvent: (listener: (event: RunEvent) => void) => unknown;
}

/** The *Interleave* output channel: the logs of all runs, notes and errors. */
export class Log implements vscode.Disposable {
  readonly #redactor: Redactor;
  #channel: vscode.OutputChannel | undefined;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Keys that `redactor` knows are redacted. */
  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Writes the lines that `linesOf` returns for each event of the run. */
  follow(run: RunEvents, linesOf: (event: RunEvent) => readonly string[]): void {
    run.onEvent((event) => this.#write(linesOf(event)));
  }

  /** Shows the channel without taking the focus. */
  show(): void {
    this.#flush();
    this.#output().show(true);
  }

  /** Redacts keys and anything that looks like a secret from a text to be shown. */
  safe(text: string): string {
    return this.#redactor.hideSecrets(text);
  }

  /** Writes a note: something the user should know, but not an error. */
  note(text: string): void {
    this.#write([`note  ${visibleText(this.#redactor.hideSecrets(text))}`]);
  }

  /** Writes an error with its stack. Redacts anything that looks like a secret. */
  error(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const shown = visibleText(this.#redactor.hideSecrets(text), { keepNewlines: true });
    // Again, because a terminal escape sequence may have split a secret.
    const safe = this.#redactor.hideSecrets(shown);
    this.#write(safe.split('\n').map((line) => `error  ${line}`));
  }

  dispose(): void {
    this.#flush();
    this.#channel?.dispose();
  }

  #write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#lines.push(...lines);
    this.#timer ??= setTimeout(() => this.#flush(), flushMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    if (lines.length === 0) return;
    this.#lines = [];
    this.#output().append(this.#redactor.hideKeys(`${lines.join('\n')}\n`));
  }

  /** Created with the first line, so that the channel does not exist before the first run. */
  #output(): vscode.OutputChannel {
    // VS Code's language id for logs: it highlights times, numbers and strings.
    this.#channel ??= vscode.window.createOutputChannel('Interleave', 'log');
    return this.#channel;
  }
}
