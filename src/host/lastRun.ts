import * as vscode from 'vscode';
import type { RunRequest } from '../core/runner/runRequest.ts';
import type { Engine } from './engine.ts';
import type { Lazy } from './lazy.ts';

const lastKey = 'interleave.lastRun';

/**
 * The last run that was started, for *Rerun Last Run*. It survives a reload: the workspace state has the run's id,
 * and the run's journal has its request.
 */
export class LastRun implements vscode.Disposable {
  readonly #engine: Lazy<Engine>;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  #request: RunRequest | undefined;

  readonly onDidChange = this.#changed.event;

  /** `memory` is the workspace state. */
  constructor(engine: Lazy<Engine>, memory: vscode.Memento) {
    this.#engine = engine;
    this.#memory = memory;
  }

  /** Makes this run the last one. */
  remember(runId: string, request: RunRequest): void {
    this.#request = request;
    void this.#memory.update(lastKey, { runId });
    this.#changed.fire();
  }

  /** Whether there is a last run. Does not check the disk, so the run may have been deleted. */
  get exists(): boolean {
    return this.#request !== undefined || this.#runId() !== undefined;
  }

  /**
   * The request of the last run; undefined when there is none or the run was deleted. Rejects with a `UserError`
   * when its journal cannot be read.
   */
  async request(): Promise<RunRequest | undefined> {
    if (this.#request !== undefined) return this.#request;
    const runId = this.#runId();
    return runId === undefined ? undefined : (await this.#engine.get()).requestOf(runId);
  }

  #runId(): string | undefined {
    const kept = this.#memory.get<{ readonly runId?: unknown }>(lastKey);
    return typeof kept?.runId === 'string' ? kept.runId : undefined;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
