import { constants } from 'node:os';
import { revealHidden } from '../../../../shared/visibleText.ts';
import type { CommandEnvironment } from '../commandEnvironment.ts';
import type { CommandEnd, CommandRunner } from '../commandRunner.ts';
import { commandLineMark, endMark, shellMarks } from './shellMarks.ts';
import { RequestReader } from './shellRequest.ts';
import { ShownOutput } from './shownOutput.ts';

export interface CommandShellOptions {
  /** Known to whoever may run commands. */
  readonly nonce: string;
  readonly folder: string;
  readonly environment: CommandEnvironment;
  readonly run: CommandRunner;
  /** Writes to the terminal. */
  readonly print: (text: string) => void;
}

/** Ctrl+C, as a terminal in raw mode gives it. */
const interrupt = '\u0003';

/**
 * The shell in the terminals that commands run in. It has VS Code's shell integration, runs each command as
 * `run_command` does without a terminal, and shows the command and what it prints. Nothing can be typed into a
 * command; Ctrl+C ends it.
 */
export class CommandShell {
  readonly #options: CommandShellOptions;
  readonly #requests: RequestReader;
  #running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(options: CommandShellOptions) {
    this.#options = options;
    this.#requests = new RequestReader(options.nonce);
    this.#prompt();
  }

  /** Takes what is typed. */
  typed(text: string): void {
    if (this.#running !== undefined) {
      if (text.includes(interrupt)) this.#running.controller.abort();
      return;
    }
    const command = this.#requests.add(text);
    if (command === undefined) return;
    const controller = new AbortController();
    const ended = this.#run(command, controller.signal).finally(() => {
      this.#running = undefined;
      this.#prompt();
    });
    this.#running = { controller, ended };
  }

  /** Ends the command that runs, with all that it has started. */
  async close(): Promise<void> {
    this.#running?.controller.abort();
    await this.#running?.ended;
  }

  #prompt(): void {
    this.#options.print(`${shellMarks.prompt}$ ${shellMarks.input}`);
  }

  async #run(command: string, signal: AbortSignal): Promise<void> {
    const { folder, environment, nonce, run, print } = this.#options;
    print(`${revealHidden(command)}\n${shellMarks.begin}`);
    print(commandLineMark(listedAs(command), nonce));
    const output = new ShownOutput(print);
    let exitCode: number;
    try {
      exitCode = exitCodeOf(
        await run({
          ...{ command, folder, environment, signal },
          onOutput: (text) => output.add(text),
        }),
      );
    } catch (error) {
      output.add(`${String(error)}\n`);
      exitCode = notStarted;
    }
    const isWhole = output.end();
    print(`${endMark(exitCode)}${isWhole ? '' : '\n'}`);
  }
}

/** The command in VS Code's list of commands. VS Code does not tell the end of one that begins with a backslash. */
function listedAs(command: string): string {
  return command.startsWith('\\') ? ` ${command}` : command;
}

/** What shells say of a command that could not be started. */
const notStarted = 127;

/** The exit code as shells have it: 128 and the signal's number for what a signal has ended. */
function exitCodeOf({ exitCode, endedBy }: CommandEnd): number {
  if (exitCode !== undefined) return exitCode;
  const signals: { readonly [name: string]: number } = constants.signals;
  return 128 + (signals[endedBy ?? ''] ?? 0);
}
