import * as vscode from 'vscode';
import type { Redactor } from '../core/base/redact.ts';
import { visibleText } from '../core/base/text.ts';
import type { RunEvent } from '../shared/conversationEvents.ts';

/** How long lines are gathered before they are written, in ms: one write for many events. */
const flushMs = 50;

/** Something that emits the events of a run. */
interface RunEvents {
  readonly onEvent: (listener: (event: RunEvent) => void) => unknown;
}

/** The *Interleave* output channel: every run's interleaved log, and errors for a developer. */
export class Log implements vscode.Disposable {
  readonly #redactor: Redactor;
  #channel: vscode.OutputChannel | undefined;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Nothing is written that `redactor` knows for a key. */
  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Writes the lines that `linesOf` makes of the run's events, until the run is gone. */
  follow(run: RunEvents, linesOf: (event: RunEvent) => readonly string[]): void {
    run.onEvent((event) => this.#write(linesOf(event)));
  }

  /** Shows the channel without taking the focus. */
  show(): void {
    this.#flush();
    this.#output().show(true);
  }

  /** A text that is about to be shown as an error, without keys and what looks like a secret. */
  safe(text: string): string {
    return this.#redactor.hideSecrets(text);
  }

  /** Writes what a person should know and what stops nothing. */
  note(text: string): void {
    this.#write([`note  ${visibleText(this.#redactor.hideSecrets(text))}`]);
  }

  /** Writes an error with its stack, without what looks like a secret. */
  error(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const shown = visibleText(this.#redactor.hideSecrets(text), { keepNewlines: true });
    // Once more, for what a sequence for a terminal has kept apart.
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

  /** Made with the first line, so that nothing is there before the first run. */
  #output(): vscode.OutputChannel {
    // The language that VS Code gives to logs: times, numbers and strings get colours of their own.
    this.#channel ??= vscode.window.createOutputChannel('Interleave', 'log');
    return this.#channel;
  }
}
