import * as vscode from 'vscode';
import type { RunRequest } from '../core/runner/runRequest.ts';
import type { Engine } from './engine.ts';
import type { Lazy } from './lazy.ts';

const lastKey = 'interleave.lastRun';

/**
 * The last run that was started, so that it can be started once more, after a reload, too: the memory keeps
 * its id, and its journal what it was asked for.
 */
export class LastRun implements vscode.Disposable {
  readonly #engine: Lazy<Engine>;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  #request: RunRequest | undefined;

  readonly onDidChange = this.#changed.event;

  /** `memory` is the workspace's. */
  constructor(engine: Lazy<Engine>, memory: vscode.Memento) {
    this.#engine = engine;
    this.#memory = memory;
  }

  remember(runId: string, request: RunRequest): void {
    this.#request = request;
    void this.#memory.update(lastKey, { runId });
    this.#changed.fire();
  }

  /** Whether there is one, as far as it is known without a look at the disk. */
  get isThere(): boolean {
    return this.#request !== undefined || this.#runId() !== undefined;
  }

  /**
   * What the last run was started with; undefined when nothing was run or it was deleted. Rejects with a
   * `UserError` when what is kept of it cannot be used.
   */
  async request(): Promise<RunRequest | undefined> {
    if (this.#request !== undefined) return this.#request;
    const runId = this.#runId();
    return runId === undefined ? undefined : (await this.#engine.get()).askedFor(runId);
  }

  #runId(): string | undefined {
    const kept = this.#memory.get<{ readonly runId?: unknown }>(lastKey);
    return typeof kept?.runId === 'string' ? kept.runId : undefined;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
