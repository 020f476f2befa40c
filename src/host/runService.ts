import * as vscode from 'vscode';
import type { RunListing } from '../core/journal/runs/runArchive.ts';
import type { Run } from '../core/runner/run.ts';
import type { RunEvent } from '../shared/conversationEvents.ts';
import { isConversationEvent } from '../shared/conversationEvents.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';

export type { RunListing };

/** One run as views and commands see it. `state` is live: it is changed in place by every event. */
export interface HostRun {
  readonly id: string;
  readonly state: RunState;
  /** The listing that it was opened from. Absent unless it is a saved run. */
  readonly listing?: RunListing | undefined;
  /** Whether another installation made it: such a run can be read and never resumes. */
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

/** An entry of the list: a run whose state is loaded, or the listing of a saved run that is not open. */
export type ListedRun = HostRun | RunListing;

export function isListing(run: ListedRun): run is RunListing {
  return 'open' in run;
}

export interface HostRunEvent {
  readonly run: HostRun;
  readonly event: RunEvent;
}

/** The runs of the window and the saved ones, newest first, with all their events. */
export class RunService implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #changedListings = new vscode.EventEmitter<void>();
  readonly #changedRun = new vscode.EventEmitter<HostRun>();
  readonly #emitted = new vscode.EventEmitter<HostRunEvent>();
  #runs: readonly HostRun[] = [];
  #listings: readonly RunListing[] = [];
  #listed: readonly ListedRun[] = [];
  readonly #live = new Set<Run>();

  /** The set of loaded runs changed, or one of them ended or was reopened. */
  readonly onDidChangeRuns = this.#changed.event;
  /** Only listings of saved runs were added, removed or changed. Fires often while another window runs one. */
  readonly onDidChangeListings = this.#changedListings.event;
  /** A run started, ended or was reopened. */
  readonly onDidChangeRun = this.#changedRun.event;
  /** Something happened in a run; its state has it already. Many thousand times a run. */
  readonly onDidEmit = this.#emitted.event;

  /** The runs whose state is loaded: those that were started or opened in this window. */
  get runs(): readonly HostRun[] {
    return this.#runs;
  }

  /** The loaded runs and the listings of all other saved runs. */
  get listed(): readonly ListedRun[] {
    return this.#listed;
  }

  /** The run of an id, if its state is loaded. */
  find(id: string): HostRun | undefined {
    return this.#runs.find((run) => run.id === id);
  }

  /** The run of an id, opened or not. */
  findListed(id: string): ListedRun | undefined {
    return this.#listed.find((run) => run.id === id);
  }

  /** Starts a run whose listeners are all told of its first event. */
  start(run: Run): HostRun {
    this.adopt(run);
    run.start();
    return run;
  }

  /** Adds a run that can continue. It replaces its saved entry. */
  adopt(run: Run): void {
    this.#live.add(run);
    run.onEvent((event) => {
      this.#emitted.fire({ run, event });
      if (isConversationEvent(event)) return;
      this.#changed.fire();
      this.#changedRun.fire(run);
    });
    this.#set([run, ...this.#runs.filter(({ id }) => id !== run.id)]);
  }

  /** Adds a saved run that was opened, unless its state is loaded already. */
  addKept(run: HostRun): void {
    if (this.find(run.id) === undefined) this.#set([...this.#runs, run]);
  }

  /** Replaces the entry with the same id. */
  replace(run: HostRun): void {
    this.#set(this.#runs.map((listed) => (listed.id === run.id ? run : listed)));
  }

  /**
   * Replaces the listings. An unchanged run keeps the same listing object. A run that was opened and has changed
   * or disappeared on disk since is closed. Runs that were started here stay.
   */
  relist(listings: readonly RunListing[]): void {
    const current = new Set(listings);
    const isOpen = ({ listing }: HostRun) => listing === undefined || current.has(listing);
    this.#set(this.#runs.filter(isOpen), listings);
  }

  /** Removes a run from the list. */
  delete(id: string): void {
    const others = <T extends ListedRun>(runs: readonly T[]) => runs.filter((run) => run.id !== id);
    this.#set(others(this.#runs), others(this.#listings));
  }

  #set(runs: readonly HostRun[], listings = this.#listings): void {
    const before = { runs: this.#runs, listed: this.#listed };
    const here = new Set(runs.map(({ id }) => id));
    this.#runs = newestFirst(runs);
    this.#listings = listings;
    this.#listed = newestFirst([...runs, ...listings.filter(({ id }) => !here.has(id))]);
    if (!hasSameItems(this.#runs, before.runs)) this.#changed.fire();
    else if (!hasSameItems(this.#listed, before.listed)) this.#changedListings.fire();
  }

  /** The window closes: runs under way are left as they are, to be resumed. */
  abandon(): void {
    for (const run of this.#live) run.abandon();
  }

  dispose(): void {
    this.abandon();
    this.#changed.dispose();
    this.#changedListings.dispose();
    this.#changedRun.dispose();
    this.#emitted.dispose();
  }
}

/** Identifiers sort by time. */
function newestFirst<T extends { readonly id: string }>(runs: readonly T[]): readonly T[] {
  return runs.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

function hasSameItems(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((item, at) => item === others[at]);
}
