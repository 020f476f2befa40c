import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import type { RunSummary } from '../core/journal/runs/runList.ts';
import { interruptionText } from '../shared/interruption.ts';
import type { Configuration } from './configuration.ts';
import { commands } from './contributionIds.ts';
import type { Engine } from './engine.ts';
import { KeptRun } from './keptRun.ts';
import type { Lazy } from './lazy.ts';
import type { Log } from './log.ts';
import { showMessage } from './messages.ts';
import { plainText } from './plainText.ts';
import type { HostRun, RunService } from './runService.ts';
import { requireTrust } from './trust.ts';

export interface RunHistoryOptions {
  readonly engine: Lazy<Engine>;
  readonly runs: RunService;
  readonly configuration: Configuration;
  readonly log: Log;
  /** Where the extension may keep files. */
  readonly storagePath: string;
}

/** How often, and at which distance in ms, a run is looked for that another process still holds. */
const findTries = 10;
const findPauseMs = 1_000;

/** Largest summary that is looked at. */
const maxSummaryBytes = 1024 * 1024;

/** Longest title in a notification, in UTF-16 units: what follows it must be seen, too. */
const maxTitle = 120;

const untrusted =
  'Runs do not go on in Restricted Mode: they send text and files of this folder to a model. Trust the folder first.';

/** The runs of earlier windows: listed when someone looks, taken up again when someone asks for it. */
export class RunHistory {
  readonly #options: RunHistoryOptions;
  #loaded: Promise<void> | undefined;

  constructor(options: RunHistoryOptions) {
    this.#options = options;
  }

  /** Lists what is kept, once. What cannot be read is told in the log and left out. */
  load(): Promise<void> {
    this.#loaded ??= this.#load().catch((error: unknown) => this.#options.log.error(error));
    return this.#loaded;
  }

  /**
   * The run of an id, listed if it is not yet. A run that is still held by the extension host before this
   * one is waited for, which may take some seconds after a reload. Undefined when there is no such run.
   */
  async find(runId: string): Promise<HostRun | undefined> {
    const { engine, runs } = this.#options;
    const known = runs.find(runId);
    if (known !== undefined) return known;
    await this.load();
    const archive = await (await engine.get()).archive();
    for (let tries = 0; tries < findTries; tries++) {
      const found = runs.find(runId);
      if (found !== undefined) return found;
      const summary = (await archive.list()).find(({ id }) => id === runId);
      if (summary === undefined) return undefined;
      if (summary.state === 'running') await sleep(findPauseMs);
      else await this.#list(summary);
    }
    return runs.find(runId);
  }

  /** The run itself, or one that can go on in place of a kept one. */
  async live(run: HostRun): Promise<HostRun> {
    if (!(run instanceof KeptRun)) return run;
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
   * Deletes what is kept of a run, cancelled first if it is under way, and takes it off the list then.
   * Rejects with why it cannot be deleted; the run stays listed.
   */
  async delete(run: HostRun): Promise<void> {
    const { engine, runs } = this.#options;
    run.cancel();
    if (!(run instanceof KeptRun)) await run.ended();
    const loaded = await engine.get();
    try {
      await loaded.deleteRun(run.id);
    } catch (error) {
      if (!(run instanceof KeptRun)) await this.#keepListed(run, loaded);
      throw error;
    }
    runs.delete(run.id);
  }

  /** Its journal was closed to be deleted: from now on it is as a run of an earlier window. */
  async #keepListed(run: HostRun, engine: Engine): Promise<void> {
    const archived = await (await engine.archive()).read(run.id);
    if (archived === undefined) return;
    // The same object, which a panel may show.
    const state = Object.assign(run.state, archived.state);
    this.#options.runs.replace(new KeptRun({ ...archived, state }, engine.canGoOn(archived)));
  }

  /**
   * Asks about a run that the end of an earlier window interrupted. It never goes on by itself, because
   * that costs money. A window without such a run loads nothing for it.
   */
  async offerInterrupted(): Promise<void> {
    // A run is named after its file, and it could not go on.
    if (!vscode.workspace.isTrusted) return;
    if (!(await this.#mayHaveInterrupted())) return;
    const run = await this.#interruptedRun();
    if (run === undefined) return;
    const resume = 'Resume Run';
    const show = 'Show';
    const title = plainText(run.state.started.title, maxTitle);
    const text = `${title} was interrupted: ${interruptionText(run.state)}. Resume it? Finished turns are not sent again.`;
    const choice = await showMessage('information', text, [resume, show]);
    const command = choice === resume ? commands.resumeRun : commands.openResults;
    if (choice !== undefined) await vscode.commands.executeCommand(command, { runId: run.id });
  }

  /**
   * A run that can be resumed here. One that another process holds is waited for: right after a reload
   * that is the extension host before this one.
   */
  async #interruptedRun(): Promise<HostRun | undefined> {
    await this.load();
    for (let tries = 0; ; tries++) {
      // One of another folder is offered where that folder is open.
      const run = this.#options.runs.runs.find(
        (kept) => kept instanceof KeptRun && kept.canGoOn && kept.state.state === 'interrupted',
      );
      if (run !== undefined || tries === findTries) return run;
      await sleep(findPauseMs);
      if (!(await this.#listKept())) tries = findTries - 1;
    }
  }

  /** The summary of a run says whether it has ended; a run may have none. */
  async #mayHaveInterrupted(): Promise<boolean> {
    const root = path.join(this.#options.storagePath, 'runs');
    for (const id of await namesIn(root)) {
      const folder = path.join(root, id);
      const names = await namesIn(folder);
      if (!names.includes('journal.jsonl')) continue;
      if (!(await saysEnded(path.join(folder, 'summary.json')))) return true;
    }
    return false;
  }

  async #load(): Promise<void> {
    const engine = await this.#options.engine.get();
    await (await engine.archive()).prune();
    await this.#listKept();
  }

  /** Lists what is new. Resolves with whether another process holds one of the runs. */
  async #listKept(): Promise<boolean> {
    const engine = await this.#options.engine.get();
    const summaries = await (await engine.archive()).list();
    for (const summary of summaries) await this.#list(summary);
    return summaries.some(({ state }) => state === 'running');
  }

  async #list({ id, state }: RunSummary): Promise<void> {
    if (this.#options.runs.find(id) !== undefined || state === 'running') return;
    const engine = await this.#options.engine.get();
    const archive = await engine.archive();
    const archived = state === 'unreadable' ? undefined : await archive.read(id);
    if (archived === undefined) this.#options.log.error(`The run ${id} cannot be read.`);
    else this.#options.runs.addKept([new KeptRun(archived, engine.canGoOn(archived))]);
  }
}

/** Whether a summary says that its run has ended. Quotes within its texts are escaped. */
async function saysEnded(summary: string): Promise<boolean> {
  try {
    const text = await readRegularFile(summary, { maxBytes: maxSummaryBytes, links: 'refuse' });
    return !text.includes('"state":"running"');
  } catch {
    return false;
  }
}

/** Nothing for a folder that is not there. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
