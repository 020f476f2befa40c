import * as vscode from 'vscode';
import type { RunListing } from '../core/journal/runArchive.ts';
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
  /** What it was opened from; only of a kept run. */
  readonly listing?: RunListing | undefined;
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

/** A run in the list: one whose state is here, or the listing of a kept one that was not opened. */
export type ListedRun = HostRun | RunListing;

export function isListing(run: ListedRun): run is RunListing {
  return 'open' in run;
}

export interface HostRunEvent {
  readonly run: HostRun;
  readonly event: RunEvent;
}

/** The runs of the window and those that are kept, newest first, and everything that happens in them. */
export class RunService implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #changedListings = new vscode.EventEmitter<void>();
  readonly #changedRun = new vscode.EventEmitter<HostRun>();
  readonly #emitted = new vscode.EventEmitter<HostRunEvent>();
  #runs: readonly HostRun[] = [];
  #listings: readonly RunListing[] = [];
  #listed: readonly ListedRun[] = [];
  readonly #live = new Set<Run>();

  /** The runs whose state is here changed, or one of them ended or was reopened. */
  readonly onDidChangeRuns = this.#changed.event;
  /** Only listings of kept runs came, went or say something else: often while another window runs one. */
  readonly onDidChangeListings = this.#changedListings.event;
  /** A run started, ended or was reopened. */
  readonly onDidChangeRun = this.#changedRun.event;
  /** Something happened in a run; its state has it already. Many thousand times a run. */
  readonly onDidEmit = this.#emitted.event;

  /** The runs whose state is here: those that were started or opened in this window. */
  get runs(): readonly HostRun[] {
    return this.#runs;
  }

  /** These and the listings of all others that are kept. */
  get listed(): readonly ListedRun[] {
    return this.#listed;
  }

  /** The run of an id, if its state is here. */
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

  /** Takes up a run that can go on; it replaces what was kept of it. */
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

  /** Takes up a kept run that was opened. One whose state is here already stays as it is. */
  addKept(run: HostRun): void {
    if (this.find(run.id) === undefined) this.#set([...this.#runs, run]);
  }

  /** Lists a run in place of the one of its id. */
  replace(run: HostRun): void {
    this.#set(this.#runs.map((listed) => (listed.id === run.id ? run : listed)));
  }

  /**
   * Takes up what is kept now: a run has the same listing for as long as it says the same. A run that was
   * opened and has changed or gone since is not open any more. Runs that were started here stay.
   */
  relist(listings: readonly RunListing[]): void {
    const current = new Set(listings);
    const isOpen = ({ listing }: HostRun) => listing === undefined || current.has(listing);
    this.#set(this.#runs.filter(isOpen), listings);
  }

  /** Takes a run off the list. */
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
