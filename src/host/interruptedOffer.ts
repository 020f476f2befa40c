import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { interruptionText } from '../shared/interruption.ts';
import { commands } from './contributionIds.ts';
import type { Notices } from './notices.ts';
import { plainTitle } from './plainText.ts';
import type { RunHistory } from './runHistory.ts';
import { findPauseMs } from './runHistory.ts';
import type { RunScope } from './runScope.ts';
import type { HostRun, ListedRun, RunService } from './runService.ts';
import { isListing } from './runService.ts';
import { SavedRun } from './savedRun.ts';

/** What `offerInterrupted` needs. */
export interface InterruptedOfferOptions {
  readonly history: RunHistory;
  readonly runs: RunService;
  readonly scope: RunScope;
  /** The extension's global storage folder. */
  readonly storagePath: string;
  readonly notices: Notices;
}

/** Max size of a summary that is read, in bytes. */
const maxSummaryBytes = 1024 * 1024;

/**
 * Offers to resume a run that was interrupted when an earlier window closed. It never resumes by itself, because
 * that costs money. Loads nothing where there is no such run.
 */
export async function offerInterrupted(options: InterruptedOfferOptions): Promise<void> {
  // The title holds a file name of the untrusted folder, and the run could not resume.
  if (!vscode.workspace.isTrusted) return;
  if (!(await mayHaveInterrupted(options.storagePath))) return;
  const run = await interruptedRun(options);
  if (run === undefined) return;
  const resume = 'Resume Run';
  const show = 'Show';
  const title = plainTitle(run.state.started.title);
  const text = `${title} was interrupted: ${interruptionText(run.state)}. Resume it? Finished turns are not sent again.`;
  const { notices, runs } = options;
  const id = `interrupted ${run.id}`;
  // It may be resumed or deleted in another way.
  const watch = (): void => {
    if (!isInterrupted(runs.findListed(run.id))) notices.withdraw(id);
  };
  const watching = [runs.onDidChangeRuns(watch), runs.onDidChangeListings(watch)];
  const notice = { id, text, choices: [resume, show], runId: run.id };
  const choice = await notices.ask({ ...notice, severity: 'information' });
  for (const one of watching) one.dispose();
  const command = choice === resume ? commands.resumeRun : commands.openResults;
  if (choice !== undefined) await vscode.commands.executeCommand(command, { runId: run.id });
}

function isInterrupted(listed: ListedRun | undefined): boolean {
  if (listed === undefined) return false;
  return (isListing(listed) ? listed.state : listed.state.state) === 'interrupted';
}

/** A busy computer may take long to end the previous extension host. Nobody waits for the offer. */
const maxTries = 30;

/**
 * A run that can be resumed here: only runs of the open folders. Waits for a run that another process holds:
 * right after a reload, that process is the previous extension host.
 */
async function interruptedRun(options: InterruptedOfferOptions): Promise<HostRun | undefined> {
  for (let tries = 0; ; tries++) {
    const isBusy = await options.history.refresh();
    const run = await resumableRun(options);
    if (run !== undefined || !isBusy || tries === maxTries) return run;
    await sleep(findPauseMs);
  }
}

/** Opens interrupted runs only, newest first. */
async function resumableRun(options: InterruptedOfferOptions): Promise<HostRun | undefined> {
  const { history, runs, scope } = options;
  for (const listed of runs.listed) {
    if (!isInterrupted(listed) || !scope.isOwn(listed)) continue;
    const run = await history.find(listed.id);
    if (run instanceof SavedRun && run.canResume && run.state.state === 'interrupted') return run;
  }
  return undefined;
}

/** A run's summary says whether the run has ended. A run without a summary may be interrupted. */
async function mayHaveInterrupted(storagePath: string): Promise<boolean> {
  const root = path.join(storagePath, 'runs');
  for (const id of await namesIn(root)) {
    const folder = path.join(root, id);
    const names = await namesIn(folder);
    if (!names.includes('journal.jsonl')) continue;
    if (!(await saysEnded(path.join(folder, 'summary.json')))) return true;
  }
  return false;
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

/** Empty for a missing folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
