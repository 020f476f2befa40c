import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

/** How a started command line ended, and what it wrote. */
export interface Exit {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface StartOptions {
  readonly stdio?: StdioOptions;
  /** Variables beside those of this process; keys are empty unless they are named. */
  readonly environment?: { readonly [name: string]: string };
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** What standard input holds; it is left open when absent. */
  readonly input?: string;
}

/** The command line as the build makes it, alone in a folder. */
export interface BuiltCli {
  readonly folder: string;
  /** Starts it in a folder, where its runs are kept too. */
  start(args: readonly string[], cwd: string, options?: StartOptions): ChildProcess;
  /** Starts it and waits for its end. */
  run(args: readonly string[], cwd: string, options?: StartOptions): Promise<Exit>;
  remove(): void;
}

/** Variables of the machine that would change what a test sees. */
const cleared = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [
    [name, ''],
    [name.toLowerCase(), ''],
  ]),
);

export async function buildCli(): Promise<BuiltCli> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'interleave-built-')));
  const cli = path.join(folder, 'cli.js');
  await build({
    entryPoints: ['src/cli/main.ts'],
    outfile: cli,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    logLevel: 'silent',
  });
  const start: BuiltCli['start'] = (args, cwd, options = {}) => {
    const keys = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '', XDG_STATE_HOME: cwd };
    const env = { ...process.env, ...cleared, ...keys, ...options.environment };
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

/** Waits for the end of a process. */
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
