import * as vscode from 'vscode';
import type { Run } from '../core/runner/run.ts';
import type { RunEvent } from '../shared/conversationEvents.ts';
import { isConversationEvent } from '../shared/conversationEvents.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';

/** One run as views and commands see it. `state` is live: it is changed in place by every event. */
export interface HostRun {
  readonly id: string;
  readonly state: RunState;
  /** It comes from elsewhere: it can be looked at, and never goes on. */
  readonly isReadOnly?: boolean;
  /** Milliseconds since the run's start. */
  nowMs(): number;
  /** The result when every conversation has ended; a rerun makes a new promise. */
  ended(): Promise<RunResult>;
  result(): RunResult;
  cancel(): void;
  cancelConversation(index: number): void;
  rerun(indices: readonly number[]): void;
  /** Goes on with conversations that ended early, from their last complete turns. */
  continue(indices: readonly number[]): void;
  /** Goes on after a pause: tries whether what held the run back is mended. */
  resume(): void;
  /** Goes on with the conversations that the end of an earlier process interrupted. */
  resumeInterrupted(): void;
}

export interface HostRunEvent {
  readonly run: HostRun;
  readonly event: RunEvent;
}

/** The window's runs, newest first, and everything that happens in them. */
export class RunService implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #changedRun = new vscode.EventEmitter<HostRun>();
  readonly #emitted = new vscode.EventEmitter<HostRunEvent>();
  #runs: readonly HostRun[] = [];
  readonly #live = new Set<Run>();

  /** The list of runs changed, or a run ended or was reopened. */
  readonly onDidChangeRuns = this.#changed.event;
  /** A run started, ended or was reopened. */
  readonly onDidChangeRun = this.#changedRun.event;
  /** Something happened in a run; its state has it already. Many thousand times a run. */
  readonly onDidEmit = this.#emitted.event;

  get runs(): readonly HostRun[] {
    return this.#runs;
  }

  /** The run of an id, or the newest one. */
  find(id?: string): HostRun | undefined {
    return id === undefined ? this.#runs[0] : this.#runs.find((run) => run.id === id);
  }

  /** Starts a run whose listeners are all told of its first event. */
  start(run: Run): HostRun {
    this.adopt(run);
    run.start();
    return run;
  }

  /** Takes up a run that can go on; it replaces what was kept of it. */
  adopt(run: Run): void {
    this.#live.add(run);
    this.#runs = newestFirst([run, ...this.#runs.filter(({ id }) => id !== run.id)]);
    run.onEvent((event) => {
      this.#emitted.fire({ run, event });
      if (isConversationEvent(event)) return;
      this.#changed.fire();
      this.#changedRun.fire(run);
    });
    this.#changed.fire();
  }

  /** Lists runs of earlier windows. One that the window has already stays as it is. */
  addKept(kept: readonly HostRun[]): void {
    const fresh = kept.filter(({ id }) => this.find(id) === undefined);
    if (fresh.length === 0) return;
    this.#runs = newestFirst([...this.#runs, ...fresh]);
    this.#changed.fire();
  }

  /** Lists a run in place of the one of its id. */
  replace(run: HostRun): void {
    this.#runs = this.#runs.map((listed) => (listed.id === run.id ? run : listed));
    this.#changed.fire();
  }

  /** Takes a run that has ended off the list. */
  delete(id: string): void {
    this.#runs = this.#runs.filter((run) => run.id !== id);
    this.#changed.fire();
  }

  /** The window closes: runs under way are left as they are, to be resumed. */
  abandon(): void {
    for (const run of this.#live) run.abandon();
  }

  dispose(): void {
    this.abandon();
    this.#changed.dispose();
    this.#changedRun.dispose();
    this.#emitted.dispose();
  }
}

/** Identifiers sort by time. */
function newestFirst(runs: readonly HostRun[]): readonly HostRun[] {
  return runs.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}
