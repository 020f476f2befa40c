import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { RunListing } from '../core/journal/runs/runArchive.ts';
import type { RunAside } from '../core/journal/runs/runList.ts';
import type { Configuration } from './configuration.ts';
import { commands } from './contributionIds.ts';
import type { Engine } from './engine.ts';
import { HostError } from './hostError.ts';
import type { Lazy } from './lazy.ts';
import type { Log } from './log.ts';
import { RunFolderWatch } from './runFolderWatch.ts';
import type { RunScope } from './runScope.ts';
import type { HostRun, ListedRun, RunService } from './runService.ts';
import { isListing } from './runService.ts';
import { SavedRun } from './savedRun.ts';
import { requireTrust } from './trust.ts';

export type { RunAside };

/** What `RunHistory` needs. */
export interface RunHistoryOptions {
  readonly engine: Lazy<Engine>;
  readonly runs: RunService;
  readonly scope: RunScope;
  readonly configuration: Configuration;
  readonly log: Log;
  /** The extension's global storage folder. */
  readonly storagePath: string;
  /** The run whose results are in the active editor. */
  inFront?(): string | undefined;
}

/** Max tries, and the interval in ms, to open a run that another process still holds. */
const findTries = 10;
export const findPauseMs = 1_000;

const untrusted =
  'Runs cannot continue in Restricted Mode, because they send text and files of this folder to a model. Trust the folder first.';

/**
 * The runs saved on disk, of this window and others. Lists them from their summaries while the Runs view is
 * visible, reads a run's journal when a command needs more, and restores a run that is to continue.
 */
export class RunHistory implements vscode.Disposable {
  readonly #options: RunHistoryOptions;
  readonly #watch: RunFolderWatch;
  readonly #opening = new Map<RunListing, Promise<HostRun>>();
  /** Ids of unreadable runs that the log has reported. */
  readonly #reported = new Set<string>();
  #pruning: Promise<void> | undefined;
  #refreshing: Promise<boolean> | undefined;
  #failure: string | undefined;

  constructor(options: RunHistoryOptions) {
    this.#options = options;
    const folder = path.join(options.storagePath, 'runs');
    this.#watch = new RunFolderWatch(folder, () => this.refresh());
  }

  /** Keeps the list of saved runs up to date while the Runs view is visible. */
  setWatched(isWatched: boolean): void {
    if (isWatched) this.#watch.start();
    else this.#watch.stop();
  }

  /** Lists the saved runs once. Resolves with whether another window runs one. Does not reject. */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#relist()
      .catch((error: unknown) => this.#reportFailure(error))
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  /**
   * The run with this id; without an id, the one whose results are in front, else the newest run of this window that
   * can be opened. Rejects with a
   * `UserError` when there is none or it cannot be opened.
   */
  async open(runId?: string): Promise<HostRun> {
    const run = this.listed(runId);
    if (!isListing(run)) return run;
    const opening = this.#opening.get(run) ?? this.#open(run);
    this.#opening.set(run, opening);
    return await opening.finally(() => this.#opening.delete(run));
  }

  /** Like `open`, but does not open the run. Throws a `HostError` when there is none. */
  listed(asked?: string): ListedRun {
    const { runs, scope, inFront } = this.#options;
    const front = asked === undefined ? inFront?.() : undefined;
    const runId = asked ?? (front !== undefined && runs.findListed(front) ? front : undefined);
    const run =
      runId === undefined
        ? runs.listed.find((listed) => scope.isOwn(listed) && canOpen(listed))
        : runs.findListed(runId);
    if (run === undefined) throw new HostError('There is no such run in this window.');
    return run;
  }

  /**
   * The run of an id; lists and opens it if needed. Waits for a run that the previous extension host still
   * holds, which may take some seconds after a reload. Undefined when there is no such run, or it cannot be
   * opened.
   */
  async find(runId: string): Promise<HostRun | undefined> {
    const { log, runs } = this.#options;
    if (runs.find(runId) === undefined) await this.refresh();
    for (let tries = 0; tries < findTries; tries++) {
      const run = runs.findListed(runId);
      if (run === undefined || !isListing(run)) return run;
      if (run.state === 'running') {
        await sleep(findPauseMs);
        await this.refresh();
        continue;
      }
      try {
        return await this.open(runId);
      } catch (error) {
        log.error(error);
        return undefined;
      }
    }
    return runs.find(runId);
  }

  /** The run that can continue: the run itself or, for a saved run, the restored one that replaces it. */
  async restore(run: HostRun): Promise<HostRun> {
    if (!(run instanceof SavedRun)) return run;
    requireTrust(untrusted);
    const { engine, configuration, log, runs } = this.#options;
    const loaded = await engine.get();
    const restored = await loaded.restoreRun(run.id, run.state);
    const runLog = loaded.createRunLog(restored.state, configuration.logOrder());
    log.follow(restored, (event) => runLog.lines(event));
    runs.adopt(restored);
    return restored;
  }

  /**
   * Cancels a run if it is running, deletes it from disk, then removes it from the list. Rejects with the reason
   * when it cannot be deleted; the run stays listed.
   */
  async delete(run: ListedRun): Promise<void> {
    await (await this.setAside(run))?.remove();
  }

  /** Like `delete`, but the run can be brought back. Undefined where nothing is left of it. */
  async setAside(run: ListedRun): Promise<RunAside | undefined> {
    const { engine, runs } = this.#options;
    const live = isListing(run) || run instanceof SavedRun ? undefined : run;
    live?.cancel();
    await live?.ended();
    const loaded = await engine.get();
    let aside: RunAside | undefined;
    try {
      aside = await loaded.setRunAside(run.id);
    } catch (error) {
      if (live !== undefined) await this.#keepListed(live, loaded);
      throw error;
    }
    runs.delete(run.id);
    return (
      aside && {
        remove: aside.remove,
        restore: async () => {
          await aside.restore();
          await this.refresh();
        },
      }
    );
  }

  dispose(): void {
    this.#watch.stop();
  }

  async #open(listing: RunListing): Promise<HostRun> {
    if (listing.state === 'running') {
      throw new HostError(
        'This run is running in another window. You can open it here after it has ended.',
      );
    }
    const archived = listing.state === 'unreadable' ? undefined : await listing.open();
    if (archived === undefined) throw unreadable(listing.id);
    const engine = await this.#options.engine.get();
    const { runs } = this.#options;
    runs.addSaved(new SavedRun(archived, engine.canResume(archived), listing));
    // Another window may have resumed it meanwhile.
    return runs.find(listing.id) ?? new SavedRun(archived, false, listing);
  }

  /** Its journal was closed for the deletion, so the run becomes a saved one that can be opened. */
  async #keepListed(run: HostRun, engine: Engine): Promise<void> {
    const archived = await (await engine.archive()).read(run.id);
    if (archived === undefined) return;
    // Reuses the object: an open panel may show it.
    const state = Object.assign(run.state, archived.state);
    this.#options.runs.replace(new SavedRun({ ...archived, state }, engine.canResume(archived)));
  }

  async #relist(): Promise<boolean> {
    const { engine, runs } = this.#options;
    const loaded = await engine.get();
    const archive = await loaded.archive();
    this.#pruning ??= archive.prune();
    await this.#pruning;
    // The journal of a run of this window grows all the time, and its state is here.
    const listings = await archive.list((id) => loaded.isWriting(id));
    this.#failure = undefined;
    for (const { id, state } of listings) if (state === 'unreadable') this.#reportUnreadable(id);
    runs.relist(listings);
    return listings.some(({ id, state }) => state === 'running' && runs.find(id) === undefined);
  }

  /** Logs each unreadable run once. */
  #reportUnreadable(id: string): void {
    if (this.#reported.has(id)) return;
    this.#reported.add(id);
    this.#options.log.error(`The run ${id} cannot be read.`);
  }

  /** Logs a failure to list the runs, unless the previous listing failed in the same way. */
  #reportFailure(error: unknown): false {
    if (this.#failure !== String(error)) this.#options.log.error(error);
    this.#failure = String(error);
    return false;
  }
}

/** Whether a run can be opened here, judging by its listing. */
function canOpen(run: ListedRun): boolean {
  return !isListing(run) || (run.state !== 'running' && run.state !== 'unreadable');
}

function unreadable(runId: string): HostError {
  return new HostError('This run cannot be read because its journal is damaged.', [
    { title: 'Delete Run', command: commands.deleteRun, args: [{ runId, interactive: true }] },
  ]);
}
