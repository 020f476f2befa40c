import * as vscode from 'vscode';
import type { RunOverrides } from './configuration.ts';
import type { Engine } from './engine.ts';
import type { LaunchRequest } from './launchRequest.ts';
import type { Lazy } from './lazy.ts';

/** What is kept of the last run between windows; its prompts are in its journal. */
interface KeptLast {
  readonly runId: string;
  readonly options?: RunOverrides;
}

const lastKey = 'interleave.lastRun';

/** The last run that was started, so that it can be started once more, after a reload, too. */
export class LastRun implements vscode.Disposable {
  readonly #engine: Lazy<Engine>;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  #request: LaunchRequest | undefined;

  readonly onDidChange = this.#changed.event;

  /** `memory` is the workspace's. */
  constructor(engine: Lazy<Engine>, memory: vscode.Memento) {
    this.#engine = engine;
    this.#memory = memory;
  }

  remember(runId: string, { title, prompts, options }: LaunchRequest): void {
    const overrides = options === undefined ? {} : { options };
    this.#request = { title, prompts, interactive: true, ...overrides };
    const kept: KeptLast = { runId, ...overrides };
    void this.#memory.update(lastKey, kept);
    this.#changed.fire();
  }

  /** Whether there is one, as far as it is known without a look at the disk. */
  get isThere(): boolean {
    return this.#request !== undefined || this.#kept() !== undefined;
  }

  /**
   * What the last run was started with; undefined when nothing was run or it was deleted. Rejects with a
   * `UserError` when what is kept of it cannot be used.
   */
  async request(): Promise<LaunchRequest | undefined> {
    if (this.#request !== undefined) return this.#request;
    const kept = this.#kept();
    if (kept === undefined) return undefined;
    const asked = await (await this.#engine.get()).askedFor(kept.runId);
    if (asked === undefined) return undefined;
    const overrides = kept.options === undefined ? {} : { options: kept.options };
    return { ...asked, interactive: true, ...overrides };
  }

  #kept(): KeptLast | undefined {
    const kept = this.#memory.get<KeptLast>(lastKey);
    return typeof kept?.runId === 'string' ? kept : undefined;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
