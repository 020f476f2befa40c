import { type ChildProcess, spawn } from 'node:child_process';
import type * as vscode from 'vscode';
import { EventEmitter } from './fakeWindow.ts';

/** The options that the extension gives. */
export interface FakeTerminalOptions {
  readonly name: string;
  readonly shellPath: string;
  readonly shellArgs: readonly string[];
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
  readonly strictEnv?: boolean;
  readonly isTransient?: boolean;
}

/** How the terminals of a window behave. */
export interface TerminalTraits {
  /** The shell's marks are not seen: there is no shell integration. */
  ignoresMarks: boolean;
  /** What is typed is lost. */
  isDeaf: boolean;
}

interface Execution {
  readonly value: {
    readonly commandLine: { readonly value: string };
    read(): AsyncIterable<string>;
  };
  readonly data: string[];
  wake: () => void;
  hasEnded: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for the shell's marks.
const marks = /\u001b\]633;([ABCDE])(?:;([^\u0007]*))?\u0007/g;

/** A terminal that runs its program for real, and reads the shell's marks as VS Code does. */
export class FakeTerminal {
  readonly options: FakeTerminalOptions;
  readonly process: ChildProcess;
  shellIntegration: { executeCommand(line: string): Execution['value'] } | undefined;
  isDisposed = false;
  shows = 0;
  /** All that was shown in it, without marks. */
  screen = '';
  readonly #window: FakeTerminals;
  readonly #pending: Execution[] = [];
  #current: Execution | undefined;
  /** The command in the list of commands. */
  #listed = '';
  #cut = '';

  constructor(options: FakeTerminalOptions, window: FakeTerminals) {
    this.options = options;
    this.#window = window;
    this.process = spawn(options.shellPath, [...options.shellArgs], {
      cwd: options.cwd,
      env: { ...options.env, TERM_PROGRAM: 'vscode' },
      detached: true,
    });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#shown(text));
    this.process.stdin?.on('error', () => undefined);
    this.process.once('exit', () => this.#close());
  }

  get api(): vscode.Terminal {
    return this as unknown as vscode.Terminal;
  }

  show(): void {
    this.shows++;
  }

  sendText(text: string, shouldExecute = true): void {
    if (!this.#window.traits.isDeaf) this.process.stdin?.write(shouldExecute ? `${text}\r` : text);
  }

  /** The extension or the user closes it. */
  dispose(): void {
    this.process.kill('SIGHUP');
    this.#close();
  }

  #close(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.#window.closed.fire(this);
  }

  #shown(text: string): void {
    let rest = this.#cut + text;
    // A mark may be split between pieces.
    const start = rest.lastIndexOf('\u001b');
    this.#cut = start >= 0 && !rest.includes('\u0007', start) ? rest.slice(start) : '';
    rest = rest.slice(0, rest.length - this.#cut.length);
    let at = 0;
    for (const found of rest.matchAll(marks)) {
      this.#data(rest.slice(at, found.index));
      at = found.index + found[0].length;
      this.#mark(found[1] ?? '', found[2] ?? '', found[0]);
    }
    this.#data(rest.slice(at));
  }

  #data(text: string): void {
    if (text === '') return;
    this.screen += text;
    this.#read(text.replaceAll('\n', '\r\n'));
  }

  #read(data: string): void {
    this.#current?.data.push(data);
    this.#current?.wake();
  }

  #mark(kind: string, argument: string, whole: string): void {
    if (this.#window.traits.ignoresMarks) return;
    if (kind === 'B' && this.shellIntegration === undefined) {
      this.shellIntegration = { executeCommand: (line) => this.#execute(line) };
      this.#window.integrated.fire({ terminal: this, shellIntegration: this.shellIntegration });
    }
    if (kind === 'E') this.#commandLine(argument, whole);
    if (kind === 'C') this.#start();
    if (kind === 'D') this.#end(Number(argument));
  }

  #execute(line: string): Execution['value'] {
    const execution = newExecution(line);
    this.#pending.push(execution);
    this.sendText(line);
    return execution.value;
  }

  #start(): void {
    this.#listed = this.screen.slice(this.screen.lastIndexOf('$ ') + 2).trim();
    this.#current = this.#pending.shift() ?? newExecution(this.#listed);
    this.#window.begun.fire({ terminal: this, execution: this.#current.value });
  }

  #commandLine(argument: string, whole: string): void {
    const line = lineOf(argument, this.options.env.VSCODE_NONCE);
    // Before its beginning, VS Code replaces the line by what is on the screen, and then knows no such execution.
    if (this.#current === undefined) this.#pending.length = 0;
    this.#listed = line;
    this.#read(whole);
  }

  #end(exitCode: number): void {
    const ended = this.#current;
    this.#current = undefined;
    // VS Code does not tell the end of such a command.
    if (ended === undefined || this.#listed.startsWith('\\')) return;
    ended.hasEnded = true;
    ended.wake();
    this.#window.ended.fire({ terminal: this, execution: ended.value, exitCode });
  }
}

function newExecution(line: string): Execution {
  const execution: Execution = {
    value: { commandLine: { value: line }, read },
    data: [],
    wake: () => undefined,
    hasEnded: false,
  };
  async function* read(): AsyncIterable<string> {
    for (;;) {
      yield* execution.data.splice(0);
      if (execution.hasEnded) return;
      await new Promise<void>((resolve) => {
        execution.wake = resolve;
      });
    }
  }
  return execution;
}

/** The command line of an `E` mark; empty without the right nonce. */
function lineOf(argument: string, nonce: string | undefined): string {
  const [line = '', given] = argument.split(';');
  if (given !== nonce) return '';
  return line.replaceAll(/\\(?:\\|x([0-9a-f]{2}))/g, (_, hex?: string) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The terminals of a window. */
export class FakeTerminals {
  readonly made: FakeTerminal[] = [];
  readonly traits: TerminalTraits = { ignoresMarks: false, isDeaf: false };
  readonly closed = new EventEmitter<FakeTerminal>();
  readonly integrated = new EventEmitter<unknown>();
  readonly begun = new EventEmitter<unknown>();
  readonly ended = new EventEmitter<unknown>();

  readonly window = {
    createTerminal: (options: FakeTerminalOptions): FakeTerminal => {
      const terminal = new FakeTerminal(options, this);
      this.made.push(terminal);
      return terminal;
    },
    onDidCloseTerminal: this.closed.event,
    onDidChangeTerminalShellIntegration: this.integrated.event,
    onDidStartTerminalShellExecution: this.begun.event,
    onDidEndTerminalShellExecution: this.ended.event,
  };

  get open(): readonly FakeTerminal[] {
    return this.made.filter(({ isDisposed }) => !isDisposed);
  }

  reset(): void {
    for (const terminal of this.made.splice(0)) terminal.dispose();
    this.traits.ignoresMarks = false;
    this.traits.isDeaf = false;
  }
}
