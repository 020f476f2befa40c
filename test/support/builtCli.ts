import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
// @ts-expect-error: a plain module, so that the build can use it before anything is compiled.
import { nodeBuild, nodeBundles } from '../../scripts/nodeBundles.mjs';

/** Exit and output of a command line process. */
export interface Exit {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface StartOptions {
  readonly stdio?: StdioOptions;
  /** Variables added to this process's environment; API keys are empty unless given. */
  readonly environment?: { readonly [name: string]: string };
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** The content of standard input; absent leaves it open. */
  readonly input?: string;
}

/** The built command line, alone in a folder. */
export interface BuiltCli {
  readonly folder: string;
  /** Starts it in a folder, where it also keeps its runs. */
  start(args: readonly string[], cwd: string, options?: StartOptions): ChildProcess;
  /** Starts it and waits until it exits. */
  run(args: readonly string[], cwd: string, options?: StartOptions): Promise<Exit>;
  remove(): void;
}

/** Variables of the machine that would change test results. */
const cleared = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [
    [name, ''],
    [name.toLowerCase(), ''],
  ]),
);

const { extension: _, engine: __, commands: ___, ...commandLineBundles } = nodeBundles;

export async function buildCli(): Promise<BuiltCli> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'interleave-built-')));
  const bundles = Object.entries(commandLineBundles as { readonly [name: string]: string });
  const builds = bundles.map(([name, source]) =>
    build({ ...nodeBuild(name, source, false), outdir: folder, logLevel: 'silent' }),
  );
  await Promise.all(builds);
  const cli = path.join(folder, 'cli.js');
  const start: BuiltCli['start'] = (args, cwd, options = {}) => {
    const keys = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '' };
    const folders = { XDG_STATE_HOME: cwd, XDG_CACHE_HOME: path.join(folder, 'user-cache') };
    const env = { ...process.env, ...cleared, ...keys, ...folders, ...options.environment };
    const all = [...(options.node ?? []), cli, ...args];
    const child = spawn(process.execPath, all, { cwd, env, stdio: options.stdio ?? 'pipe' });
    if (options.input !== undefined) child.stdin?.end(options.input);
    return child;
  };
  return {
    folder,
    start,
    run: (args, cwd, options) => exitOf(start(args, cwd, options)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Waits until a process exits. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  const written = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    written.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    written.err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...written }));
  });
}
