import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ProcessUsage, usageVariable } from './processUsage.ts';

/** A program to run from its start to its end. */
export interface WholeProgram {
  /** The script, and options of Node before it. */
  readonly file: string;
  readonly nodeOptions?: readonly string[];
  readonly args?: readonly string[];
  /** The whole environment; nothing of this process's own is added but `PATH`. */
  readonly environment: { readonly [name: string]: string };
  /** The current folder of the process. Its usage is written there, too. */
  readonly folder: string;
  /** The process is killed after this time. */
  readonly deadlineMs: number;
}

/** The end of a process. `usage` is absent when it was killed. */
export interface WholeExit {
  /** From the start of the process to its end. */
  readonly wallMs: number;
  readonly usage?: ProcessUsage;
  readonly code: number | null;
  /** The beginning of what it wrote to standard error. */
  readonly errors: string;
}

const keptErrors = 2_000;

/** Runs a program. `reporter` is the bundle of `usageReporter.ts`. */
export async function runWholeProcess(reporter: string, program: WholeProgram): Promise<WholeExit> {
  const { file, nodeOptions = [], args = [], environment, folder, deadlineMs } = program;
  const usageFile = path.join(folder, 'usage.json');
  const startMs = performance.now();
  const child = spawn(process.execPath, ['--require', reporter, ...nodeOptions, file, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...environment, [usageVariable]: usageFile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (errors.length < keptErrors) errors += text.slice(0, keptErrors - errors.length);
  });
  const killer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  let wallMs = 0;
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      wallMs = performance.now() - startMs;
    });
    // Later than `exit`: standard error has been read to its end.
    child.once('close', resolve);
  });
  clearTimeout(killer);
  const usage = await readUsage(usageFile);
  return { wallMs, code, errors, ...(usage === undefined ? {} : { usage }) };
}

async function readUsage(file: string): Promise<ProcessUsage | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessUsage;
  } catch {
    return undefined;
  }
}
