import * as vscode from 'vscode';
import type { RunListing } from '../core/journal/runs/runArchive.ts';
import type { ConversationProposals } from '../core/proposals/fileProposal.ts';
import type { Run } from '../core/runner/run.ts';
import type { RunEvent } from '../shared/conversationEvents.ts';
import { isConversationEvent } from '../shared/conversationEvents.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';

export type { RunListing };

/** A run as views and commands see it. Every event updates `state` in place. */
export interface HostRun {
  readonly id: string;
  readonly state: RunState;
  /** The listing that it was opened from. Absent unless it is a saved run. */
  readonly listing?: RunListing | undefined;
  /** Whether another installation made it: such a run can be read and never resumes. */
  readonly isReadOnly?: boolean;
  /** Whether its journal has all of it so far. */
  readonly isSaved: boolean;
  /** Milliseconds since the run's start. */
  nowMs(): number;
  /** Resolves with the result when every conversation has ended. Call it again after a rerun. */
  ended(): Promise<RunResult>;
  result(): RunResult;
  /** What its conversations propose, in prompt order, with contents; only those that propose something. */
  proposals(): readonly ConversationProposals[];
  cancel(): void;
  cancelConversation(index: number): void;
  rerun(indices: readonly number[]): void;
  /** Continues conversations that ended early, from their last complete turns. */
  continue(indices: readonly number[]): void;
  /** Ends a pause: sends requests again to see whether its cause is fixed. */
  resume(): void;
  /** Resumes the conversations that were interrupted when an earlier process ended. */
  resumeInterrupted(): void;
}

/** An entry of the list: a run whose state is loaded, or the listing of a saved run that is not open. */
export type ListedRun = HostRun | RunListing;

/** Whether a listed run is a saved run that is not open. */
export function isListing(run: ListedRun): run is RunListing {
  return 'open' in run;
}

/** An event with its run. */
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
  /** An event of a run, after its state was updated. Fires thousands of times per run. */
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

  /** Adds a run and starts it. Listeners get all its events, from the first. */
  start(run: Run): HostRun {
    this.adopt(run);
    run.start();
    return run;
  }

  /** Adds a run that can continue. It replaces its saved entry. */
  adopt(run: Run): void {
    run.onEvent((event) => {
      // It was released, and somebody who still had it went on with it.
      if (!this.#live.has(run)) this.#list(run);
      this.#emitted.fire({ run, event });
      if (isConversationEvent(event)) return;
      this.#changed.fire();
      this.#changedRun.fire(run);
    });
    this.#list(run);
  }

  #list(run: Run): void {
    this.#live.add(run);
    this.#set([run, ...this.#runs.filter(({ id }) => id !== run.id)]);
  }

  /** Adds a saved run that was opened, unless its state is loaded already. */
  addSaved(run: HostRun): void {
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

  /**
   * Takes an ended run out of memory; its listing takes its place. Does nothing when the run goes on, is not saved,
   * or has no listing from which it can be opened again.
   */
  release(run: HostRun): void {
    const listing = this.#listings.find(({ id }) => id === run.id);
    const canOpen = listing !== undefined && isEnded(listing.state);
    if (!canOpen || !isEnded(run.state.state) || !run.isSaved) return;
    this.#live.delete(run as Run);
    this.#set(this.#runs.filter((loaded) => loaded !== run));
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

  /** The window closes: stops runs in progress without recording an end, so that they can be resumed. */
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

function isEnded(state: RunListing['state']): boolean {
  return state !== 'running' && state !== 'unreadable';
}

/** Identifiers sort by time. */
function newestFirst<T extends { readonly id: string }>(runs: readonly T[]): readonly T[] {
  return runs.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

function hasSameItems(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((item, at) => item === others[at]);
}
