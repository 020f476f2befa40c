import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../../scripts/root.ts';
import { poll } from './poll.ts';

const START_TIMEOUT_MS = 30_000;

/** What the extension of `test/fixtures/canary` can do for a test. */
type Order =
  | { readonly command: string; readonly args?: readonly unknown[] }
  /** Shows an error notification with exactly this text. */
  | { readonly show: string }
  /**
   * Makes the secret storage of every extension fail, or never answer, until the window reloads.
   */
  | { readonly keyring: 'throws' | 'silent' };

/** An extension that runs commands for a test, and counts runs of its own command by links. */
export class CanaryExtension {
  static readonly folder = path.join(ROOT, 'test/fixtures/canary');
  readonly #folder: string;
  #port = '';

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<CanaryExtension> {
    return new CanaryExtension(await mkdtemp(path.join(tmpdir(), 'interleave-canary-')));
  }

  /** Environment variables for the extension host. */
  get env(): Readonly<Record<string, string>> {
    return { INTERLEAVE_CANARY: this.#folder };
  }

  /** Waits until the extension runs; call again after each reload of the window. */
  async started(): Promise<void> {
    const file = path.join(this.#folder, 'port');
    this.#port = await poll(async () => (await readFile(file, 'utf8')) || undefined, {
      timeoutMs: START_TIMEOUT_MS,
      explain: async () => 'The canary extension did not start',
    });
    await rm(file);
  }

  /** Sends an order, and returns the `id` in the command's result, if any. */
  async order(order: Order): Promise<string | null> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/`, {
      method: 'POST',
      body: JSON.stringify(order),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return (JSON.parse(text) as { readonly id: string | null }).id;
  }

  /** How often its own command was run; orders never run it. */
  async timesFired(): Promise<number> {
    const file = path.join(this.#folder, 'fired');
    if (!existsSync(file)) return 0;
    return (await readFile(file, 'utf8')).split('\n').length - 1;
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
