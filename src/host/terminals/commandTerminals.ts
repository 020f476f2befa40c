import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import type * as vscode from 'vscode';
import type { CommandRequest, CommandRunner } from '../../core/tools/command/commandRunner.ts';
import { runInChild } from '../../core/tools/command/runInChild.ts';
import { CommandTerminal, type TerminalTimes } from './commandTerminal.ts';

const defaultTimes: TerminalTimes = {
  readyMs: 5_000,
  beginMs: 15_000,
  endMs: 5_000,
  drainMs: 1_000,
};

/** Max number of terminals. While all of them are busy, further commands run without one. */
const maxTerminals = 8;
/** Max number of terminals that stay open without a command. Each has a process. */
const maxIdle = 4;
/** After so many terminals in a row that did not get ready, no more are opened. */
const maxFailures = 3;

/** A terminal of the pool, and what is needed to use it again. */
interface Pooled {
  readonly key: string;
  readonly terminal: CommandTerminal;
  isBusy: boolean;
}

interface CommandTerminalsOptions {
  /** The script of the shell in the terminals. */
  readonly shell: string;
  readonly times?: TerminalTimes;
  /** How commands run that get no terminal. */
  readonly fallback?: CommandRunner;
  readonly platform?: NodeJS.Platform;
}

/**
 * Runs commands in terminals of VS Code, where the user can follow them, and in child processes where there is no
 * terminal. A terminal is used again for the next command with the same folder and environment.
 */
export class CommandTerminals implements vscode.Disposable {
  readonly #shell: string;
  readonly #times: TerminalTimes;
  readonly #fallback: CommandRunner;
  /** The terminals of Windows redraw what a command prints, so that it cannot be read as it was. */
  readonly #isSupported: boolean;
  /** Those that ran a command last are at the end. */
  readonly #pool: Pooled[] = [];
  #failures = 0;

  constructor(options: CommandTerminalsOptions) {
    const { shell, times = defaultTimes, fallback = runInChild } = options;
    this.#shell = shell;
    this.#times = times;
    this.#fallback = fallback;
    this.#isSupported = (options.platform ?? process.platform) !== 'win32';
  }

  readonly run: CommandRunner = async (request) => {
    const pooled = await this.#take(request);
    // Nothing is begun for a conversation that has ended meanwhile.
    if (request.signal.aborted) {
      this.#giveBack(pooled);
      return { endedBy: 'SIGTERM' };
    }
    if (pooled === undefined) return await this.#fallback(request);
    try {
      return await pooled.terminal.run(request);
    } finally {
      this.#giveBack(pooled);
    }
  };

  dispose(): void {
    for (const { terminal } of this.#pool.splice(0)) terminal.dispose();
  }

  /** A terminal for the command; undefined when there is none. */
  async #take({ folder, environment, signal }: CommandRequest): Promise<Pooled | undefined> {
    if (!this.#isSupported || this.#failures >= maxFailures) return undefined;
    if (!(await isFolder(folder)) || signal.aborted) return undefined;
    for (const one of this.#idle()) if (one.terminal.isClosed) this.#drop(one);
    const key = JSON.stringify([folder, environment]);
    const idle = this.#idle().find((one) => one.key === key);
    if (idle !== undefined) {
      idle.isBusy = true;
      return idle;
    }
    if (!this.#hasRoom()) return undefined;
    const terminal = new CommandTerminal({ folder, environment }, this.#shell, this.#times);
    const pooled = { key, terminal, isBusy: true };
    this.#pool.push(pooled);
    if (await terminal.isReady(signal)) {
      this.#failures = 0;
      return pooled;
    }
    if (!signal.aborted) this.#failures += 1;
    this.#drop(pooled);
    return undefined;
  }

  #idle(): readonly Pooled[] {
    return this.#pool.filter(({ isBusy }) => !isBusy);
  }

  /** Makes room for one more, if need be by closing one that is idle. */
  #hasRoom(): boolean {
    if (this.#pool.length < maxTerminals) return true;
    const [oldest] = this.#idle();
    if (oldest !== undefined) this.#drop(oldest);
    return oldest !== undefined;
  }

  #giveBack(pooled: Pooled | undefined): void {
    if (pooled === undefined) return;
    pooled.isBusy = false;
    if (pooled.terminal.isClosed) {
      this.#drop(pooled);
      return;
    }
    this.#pool.splice(this.#pool.indexOf(pooled), 1);
    this.#pool.push(pooled);
    const [oldest, ...others] = this.#idle();
    if (oldest !== undefined && others.length >= maxIdle) this.#drop(oldest);
  }

  #drop(pooled: Pooled): void {
    const at = this.#pool.indexOf(pooled);
    if (at >= 0) this.#pool.splice(at, 1);
    pooled.terminal.dispose();
  }
}

/** A terminal whose folder is gone shows an error message. */
async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch {
    return false;
  }
}

/** The script of the shell in the terminals, among the bundles. */
export function commandShellIn(distPath: string): string {
  return path.join(distPath, 'command-shell.js');
}
