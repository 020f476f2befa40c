import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { ArchiveUse } from '../../../src/cli/keptRuns.ts';
import { runProgram } from '../../../src/cli/program.ts';
import type { Clock } from '../../../src/core/base/clock.ts';
import { nodeEnvironment } from '../../../src/core/journal/environment.ts';
import { RunArchive } from '../../../src/core/journal/runs/runArchive.ts';
import { createToolset } from '../../../src/core/tools/toolset.ts';
import type { DemoServer } from '../../../src/demo/server.ts';
import { startDemoServer } from '../../../src/demo/server.ts';
import {
  type LoopbackServer,
  type Replies,
  startLoopbackServer,
} from '../../support/loopback/loopbackServer.ts';
import { impatient } from '../../support/runs.ts';

/** What a command line wrote and exited with. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandLineOptions {
  readonly environment?: { readonly [name: string]: string };
  /** Files of the tools' workspace, by their paths; none when absent. */
  readonly workspace?: { readonly [name: string]: string };
  /** Hears of everything written to standard error; `interrupt` is what Ctrl+C does. */
  readonly onErr?: (soFar: string, interrupt: () => void) => void;
  /** How time passes for requests and waits; as it does when absent. */
  readonly clock?: Clock;
  /** The script that serves searches; the product's own when absent. */
  readonly searchScript?: string;
  /** Where runs are kept; they are not when absent. */
  readonly runsFolder?: string;
  /** Answers a question at the terminal; nobody is there when absent. */
  readonly ask?: (question: string) => boolean;
  /** The person's home folder; one that is not there when absent. */
  readonly home?: string;
  /** Where the command is given; the same place when absent. */
  readonly folder?: string;
  /** What standard input holds; nothing when absent. */
  readonly input?: string | Uint8Array;
}

/** Carries out a command line in this process. */
export async function interleave(
  args: readonly string[],
  options: CommandLineOptions = {},
): Promise<Outcome> {
  const { environment = {}, workspace = {}, onErr, clock, runsFolder: root, ask } = options;
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  const interrupt = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const folders = [{ name: 'workspace', path: promptFolder(workspace) }];
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
    createToolset: (limits, cpuTools) =>
      createToolset({
        ...{ folders, exclude: [], workerPath, limits },
        ...(cpuTools === undefined ? {} : { cpuTools }),
      }),
    readInput: async () => Buffer.from(options.input ?? ''),
    retry: impatient,
    ...(clock === undefined ? {} : { clock }),
    ...(root === undefined ? {} : { openArchive: (use) => openArchive(root, use) }),
    ...(ask === undefined ? {} : { ask: async (question: string) => ask(question) }),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  if (listeners.size > 0) throw new Error('The command line still listens for Ctrl+C.');
  return { code, out, err };
}

async function openArchive(root: string, { redact, limits }: ArchiveUse): Promise<RunArchive> {
  const environment = await nodeEnvironment();
  return new RunArchive({ root, environment, redact, limits: () => limits, maxRuns: 50 });
}

/** A folder with these files, by their paths, until the test has finished. */
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

/** One file of prompts, by their names. */
export function promptFile(prompts: { readonly [name: string]: string }): string {
  const text = Object.entries(prompts).map(([name, prompt]) => `## ${name}\n\n${prompt}\n`);
  return path.join(promptFolder({ 'test.prompts.md': text.join('\n') }), 'test.prompts.md');
}

/** The demo model, until the test has finished; it answers at once unless it is given a pace. */
export async function demoServer(pace = 0): Promise<DemoServer> {
  const server = await startDemoServer({ pace });
  onTestFinished(() => server.close());
  return server;
}

/** A server that answers by script, until the test has finished. */
export async function scriptedServer(replies: Replies): Promise<LoopbackServer> {
  const server = await startLoopbackServer(replies);
  onTestFinished(() => server.close());
  return server;
}

/** A server that no request should reach. */
export function silentServer(): Promise<LoopbackServer> {
  return scriptedServer([]);
}

/** Options that send requests to a server by the Messages API. */
export function viaAnthropic(baseUrl: string): readonly string[] {
  return ['--provider', 'anthropic', '--base-url', baseUrl];
}

/** Options that send requests to a server by the Responses API. */
export function viaOpenAi(baseUrl: string): readonly string[] {
  return ['--provider', 'openai', '--base-url', baseUrl];
}
