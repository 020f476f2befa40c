import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import type { Clock } from '../../../src/core/base/clock.ts';
import type { DemoServer } from '../../../src/demo/server.ts';
import { startDemoServer } from '../../../src/demo/server.ts';
import {
  type LoopbackServer,
  type Replies,
  startLoopbackServer,
} from '../../support/loopback/loopbackServer.ts';
import { impatient } from '../../support/runs.ts';

/** The output and exit code of a command line. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The surroundings of a command line. */
export interface CommandLineOptions {
  readonly environment?: { readonly [name: string]: string };
  /** Files of the tools' workspace, by path; none when absent. */
  readonly workspace?: { readonly [name: string]: string };
  /** The folder of the tools' workspace, where several commands share one. */
  readonly workspaceFolder?: string;
  /** Called after each write to standard error with its whole text. `interrupt` acts like Ctrl+C. */
  readonly onErr?: (soFar: string, interrupt: () => void) => void;
  /** The clock for requests and waits; the system's when absent. */
  readonly clock?: Clock;
  /** The script of the search worker; the product's own when absent. */
  readonly searchScript?: string;
  /** The folder for saved runs; runs are not saved when absent. */
  readonly runsFolder?: string;
  /** Answers a question at the terminal; there is no terminal when absent. */
  readonly ask?: (question: string) => boolean;
  /** Answers what conversations ask; undefined refuses. There is no terminal when absent. */
  readonly answer?: (text: string) => string | undefined | Promise<string | undefined>;
  /** The person's home folder; one that is not there when absent. */
  readonly home?: string;
  /** The current folder; that of this process when absent. */
  readonly folder?: string;
  /** The content of standard input; empty when absent. */
  readonly input?: string | Uint8Array;
}

/** Runs a command line in this process. */
export async function interleave(
  args: readonly string[],
  options: CommandLineOptions = {},
): Promise<Outcome> {
  const { environment = {}, workspace = {}, onErr, clock, runsFolder, ask, answer } = options;
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  const interrupt = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const folders = [{ name: 'workspace', path: options.workspaceFolder ?? promptFolder(workspace) }];
  const workerPath =
    options.searchScript ?? path.resolve('src/core/tools/workers/toolWorkerMain.ts');
  const code = await runProgram(args, '1.2.3', {
    terminal: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
        onErr?.(err, interrupt);
      },
    },
    environment,
    folder: options.folder ?? process.cwd(),
    home: options.home ?? path.join(tmpdir(), 'interleave-no-home'),
    tools: { folders, exclude: [], workerPath },
    readInput: async () => Buffer.from(options.input ?? ''),
    retry: impatient,
    ...(clock === undefined ? {} : { clock }),
    ...(runsFolder === undefined ? {} : { runsFolder }),
    ...(ask === undefined ? {} : { ask: async (question: string) => ask(question) }),
    ...(answer === undefined ? {} : { prompt: { ask: async (text: string) => answer(text) } }),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  if (listeners.size > 0) throw new Error('The command line still listens for Ctrl+C.');
  return { code, out, err };
}

/** Creates a folder with these files, by path. It is deleted when the test ends. */
export function promptFolder(files: { readonly [name: string]: string | Uint8Array }): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'interleave-cli-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

/** Creates one prompt file with these prompts, by name. */
export function promptFile(prompts: { readonly [name: string]: string }): string {
  const text = Object.entries(prompts).map(([name, prompt]) => `## ${name}\n\n${prompt}\n`);
  return path.join(promptFolder({ 'test.prompts.md': text.join('\n') }), 'test.prompts.md');
}

/** Starts the demo model until the test ends. It answers at once unless `pace` is given. */
export async function demoServer(pace = 0): Promise<DemoServer> {
  const server = await startDemoServer({ pace });
  onTestFinished(() => server.close());
  return server;
}

/** Starts a server with scripted replies until the test ends. */
export async function scriptedServer(replies: Replies): Promise<LoopbackServer> {
  const server = await startLoopbackServer(replies);
  onTestFinished(() => server.close());
  return server;
}

/** Starts a server that expects no requests. */
export function silentServer(): Promise<LoopbackServer> {
  return scriptedServer([]);
}

/** Options that send requests to a server over the Messages API. */
export function viaAnthropic(baseUrl: string): readonly string[] {
  return ['--provider', 'anthropic', '--base-url', baseUrl];
}

/** Options that send requests to a server over the Responses API. */
export function viaOpenAi(baseUrl: string): readonly string[] {
  return ['--provider', 'openai', '--base-url', baseUrl];
}
