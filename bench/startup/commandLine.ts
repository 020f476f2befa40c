import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharedNow } from './model.ts';

/** The names of prompt files in its folder. */
export const onePrompt = 'one.prompt.md';
export const tenPrompts = 'ten.prompts.md';

/** One measured start of a command line. */
export interface Start {
  /** In the time of `sharedNow`. */
  readonly startedMs: number;
  readonly wallMs: number;
}

/** A built command line with folders of its own for what it keeps. */
export class CommandLine {
  readonly #script: string;
  readonly #folder: string;

  private constructor(script: string, folder: string) {
    this.#script = script;
    this.#folder = folder;
  }

  static async create(script: string): Promise<CommandLine> {
    const folder = await mkdtemp(path.join(tmpdir(), 'interleave-startup-'));
    const texts = Array.from({ length: 10 }, (_, index) => `## Prompt ${index}\n\nCalculate.`);
    await writeFile(path.join(folder, tenPrompts), texts.join('\n\n'));
    await writeFile(path.join(folder, onePrompt), 'Calculate.');
    return new CommandLine(script, folder);
  }

  /** Runs it to its end. Throws when its exit code is not 0. */
  async run(args: readonly string[]): Promise<Start> {
    const startedMs = sharedNow();
    const child = spawn(process.execPath, [this.#script, ...args], {
      cwd: this.#folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.#folder,
        LOCALAPPDATA: path.join(this.#folder, 'local'),
        XDG_CACHE_HOME: this.#cache,
        XDG_STATE_HOME: path.join(this.#folder, 'state'),
        ANTHROPIC_API_KEY: '',
        OPENAI_API_KEY: '',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    const wallMs = sharedNow() - startedMs;
    if (code !== 0) throw new Error(`${this.#script} ended with ${code}.\n${errors}`);
    return { startedMs, wallMs };
  }

  /** The next start compiles everything again. */
  async clearCache(): Promise<void> {
    await rm(this.#cache, { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #cache(): string {
    return path.join(this.#folder, 'cache');
  }
}
