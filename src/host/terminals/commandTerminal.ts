import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { CommandEnvironment } from '../../core/tools/command/commandEnvironment.ts';
import type { CommandEnd, CommandRequest } from '../../core/tools/command/commandRunner.ts';
import { requestLine } from '../../core/tools/command/terminal/shellRequest.ts';
import { DisposableStore } from '../disposables.ts';

/** What a terminal is opened with. Commands that differ in it need terminals of their own. */
export interface TerminalPlace {
  readonly folder: string;
  readonly environment: CommandEnvironment;
}

/** Time limits, in ms. */
export interface TerminalTimes {
  /** From opening a terminal to its first prompt. */
  readonly readyMs: number;
  /** From asking for a command to its beginning. */
  readonly beginMs: number;
  /** From asking a command to end to its end. It has 2 s before it is forced. */
  readonly endMs: number;
  /** In which the last output must arrive after the end. */
  readonly drainMs: number;
}

/** Ctrl+C. */
const interrupt = '\u0003';

/** A terminal of VS Code in which commands run, one at a time. It never takes the focus. */
export class CommandTerminal implements vscode.Disposable {
  readonly #terminal: vscode.Terminal;
  readonly #nonce = randomUUID();
  readonly #times: TerminalTimes;
  readonly #closed = Promise.withResolvers<'closed'>();
  readonly #disposables = new DisposableStore();
  #isClosed = false;

  /** `shell` is the script of the shell in the terminal. */
  constructor({ folder, environment }: TerminalPlace, shell: string, times: TerminalTimes) {
    this.#times = times;
    this.#disposables.add(
      vscode.window.onDidCloseTerminal((terminal) => {
        if (terminal === this.#terminal) this.#close();
      }),
    );
    this.#terminal = vscode.window.createTerminal({
      name: 'Interleave',
      // VS Code's own program is Node only with this variable.
      shellPath: '/bin/sh',
      shellArgs: ['-c', startNode, process.execPath, shell, folder],
      cwd: folder,
      // Nothing of the window's environment, of settings and of other extensions.
      env: { ...environment, VSCODE_NONCE: this.#nonce },
      strictEnv: true,
      shellIntegrationNonce: this.#nonce,
      isTransient: true,
    });
  }

  /** Whether it is gone: the user closed it, or it could not be opened. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether commands can run in it: it has to show a prompt within a short time. */
  async isReady(signal: AbortSignal): Promise<boolean> {
    const { window } = vscode;
    const ready = Promise.withResolvers<boolean>();
    const changed = window.onDidChangeTerminalShellIntegration(({ terminal }) => {
      if (terminal === this.#terminal) ready.resolve(true);
    });
    if (this.#terminal.shellIntegration !== undefined) ready.resolve(true);
    const onAbort = (): void => ready.resolve(false);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(onAbort, this.#times.readyMs);
    void this.#closed.promise.then(onAbort);
    try {
      return await ready.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      changed.dispose();
    }
  }

  /** Runs a command. Never rejects: what goes wrong is the command's end. */
  async run({ command, signal, onOutput }: CommandRequest): Promise<CommandEnd> {
    const integration = this.#terminal.shellIntegration;
    if (integration === undefined) return { problem: notBegun };
    const watch = new DisposableStore();
    const begun = Promise.withResolvers<'begun'>();
    const ended = Promise.withResolvers<CommandEnd>();
    let execution: vscode.TerminalShellExecution;
    try {
      execution = integration.executeCommand(requestLine(this.#nonce, command));
    } catch {
      return this.#giveUp(notBegun);
    }
    watch.add(
      vscode.window.onDidStartTerminalShellExecution((event) => {
        if (event.execution === execution) begun.resolve('begun');
      }),
    );
    watch.add(
      vscode.window.onDidEndTerminalShellExecution(({ execution: one, exitCode }) => {
        if (one === execution) ended.resolve(exitCode === undefined ? {} : { exitCode });
      }),
    );
    const reading = readOutput(execution, onOutput);
    try {
      const begins = Promise.race([begun.promise, ended.promise]);
      const start = await this.#within(this.#times.beginMs, begins);
      if (start === undefined) return this.#giveUp(notBegun);
      if (start === 'closed') return { problem: closedByUser };
      const end = await this.#endOf(ended.promise, signal);
      await within(this.#times.drainMs, reading);
      return end;
    } finally {
      watch.dispose();
    }
  }

  dispose(): void {
    this.#terminal.dispose();
    this.#close();
  }

  /** When it is aborted, the command is asked to end; the shell forces it, and else the terminal is closed. */
  async #endOf(ended: Promise<CommandEnd>, signal: AbortSignal): Promise<CommandEnd> {
    const aborted = Promise.withResolvers<'aborted'>();
    const onAbort = (): void => aborted.resolve('aborted');
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const first = await Promise.race([ended, this.#closed.promise, aborted.promise]);
    signal.removeEventListener('abort', onAbort);
    if (first === 'closed') return { problem: closedByUser };
    if (first !== 'aborted') return first;
    this.#terminal.sendText(interrupt, false);
    if ((await this.#within(this.#times.endMs, ended)) === undefined) this.dispose();
    return { endedBy: 'SIGTERM' };
  }

  /** What comes first, this or the terminal's closing; undefined when it takes longer. */
  #within<T>(ms: number, wait: Promise<T>): Promise<T | 'closed' | undefined> {
    return within(ms, Promise.race([wait, this.#closed.promise]));
  }

  #giveUp(problem: string): CommandEnd {
    // With the terminal, whatever was begun ends.
    this.dispose();
    return { problem };
  }

  #close(): void {
    this.#isClosed = true;
    this.#disposables.dispose();
    this.#closed.resolve('closed');
  }
}

/** A shell's way to start Node: `$0` is the program, the arguments are the script and its arguments. */
const startNode = 'ELECTRON_RUN_AS_NODE=1 exec "$0" "$@"';

const notBegun =
  'The terminal did not say that the command began, and was closed. It is not known what the command has done.';
const closedByUser = 'Its terminal was closed, which ended it.';

/** Undefined when it takes longer. */
async function within<T>(ms: number, wait: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([wait, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The shell's own marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for marks.
const marks = /\u001b\]633;[^\u0007]*\u0007/g;
/** Half of a mark, or of an end of line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for marks.
const cutOff = /(?:\r|\u001b[^\u0007]*)$/;

/** Without the shell's marks. Terminals end lines with CR LF, whatever the command printed. */
async function readOutput(
  execution: vscode.TerminalShellExecution,
  onOutput: CommandRequest['onOutput'],
): Promise<void> {
  let held = '';
  for await (const data of execution.read()) {
    const text = (held + data).replaceAll(marks, '');
    held = cutOff.exec(text)?.[0] ?? '';
    const whole = text.slice(0, text.length - held.length);
    onOutput(whole.replaceAll('\r\n', '\n'));
  }
  if (held !== '') onOutput(held);
}
