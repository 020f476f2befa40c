import type * as vscode from 'vscode';
import type { RunHistory } from './runHistory.ts';
import type { HostRun, RunService } from './runService.ts';

/** What `RunRelease` needs. */
export interface RunReleaseOptions {
  readonly runs: Pick<RunService, 'runs' | 'onDidChangeRuns' | 'release'>;
  readonly history: Pick<RunHistory, 'refresh'>;
  /** Whether a view shows the conversations of this run. */
  isShown(runId: string): boolean;
}

/** How long a run stays in memory that no view shows, in ms. */
export const keepMs = 10_000;

/**
 * Takes ended runs out of memory that are saved and that no view shows. Their listings stay, and whoever needs more
 * of such a run opens it from its journal.
 */
export class RunRelease implements vscode.Disposable {
  readonly #options: RunReleaseOptions;
  readonly #subscription: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunReleaseOptions) {
    this.#options = options;
    this.#subscription = options.runs.onDidChangeRuns(() => this.#schedule());
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#ended().length === 0 ? undefined : setTimeout(() => this.#look(), keepMs);
  }

  #ended(): readonly HostRun[] {
    return this.#options.runs.runs.filter(({ state }) => state.state !== 'running');
  }

  #look(): void {
    const { isShown } = this.#options;
    const unused = this.#ended().filter(({ id }) => !isShown(id));
    // A view may be closed until then.
    this.#schedule();
    if (unused.length > 0) void this.#release(unused);
  }

  async #release(unused: readonly HostRun[]): Promise<void> {
    const { runs, history, isShown } = this.#options;
    // So that the listings are there, as the runs have ended.
    await history.refresh();
    for (const run of unused) if (!isShown(run.id)) runs.release(run);
  }
}
