import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { noCounts, stateWhenLeft } from '../../../shared/runState.ts';
import { codeOf, ignoreMissing } from '../../base/errors.ts';
import { isLink } from '../../base/ownFolder.ts';
import { renameFile } from '../../base/renameFile.ts';
import { isUlid, timeOfUlid } from '../../base/ulid.ts';
import type { JournalEnvironment } from '../environment.ts';
import { lookAtLock } from '../lock/lockFile.ts';
import { acquireLock } from '../lock/runLock.ts';
import { loadSummary } from '../read/loadSummary.ts';
import { damageOf, readJournalIn } from '../read/readJournal.ts';
import type { RunOverview } from '../record/runSummary.ts';
import { overviewOf } from '../record/runSummary.ts';
import type { RunFolder } from '../runFolder.ts';
import { runFolder } from '../runFolder.ts';
import { lockedFailure } from './openJournal.ts';

/** A run in a list. */
export interface RunSummary extends Omit<RunOverview, 'state'> {
  readonly id: string;
  /**
   * `running`: a process holds its lock. `interrupted`: it has not ended and its lock is free. `unreadable`:
   * its journal cannot be read or lacks its first record; then most other fields are empty.
   */
  readonly state: 'running' | 'finished' | 'cancelled' | 'interrupted' | 'unreadable';
}

/** The summary of a run, and the state of its folder at that time. */
interface KnownRun {
  readonly summary: RunSummary;
  /** When a name in the run's folder last changed; undefined when that is too recent to rely on. */
  readonly changedMs: number | undefined;
}

/**
 * Cache of earlier listings, by run. A run is summarized again only when a file in its folder was added,
 * removed or replaced: every change that a list shows replaces the summary or the lock.
 */
export type KnownRuns = Map<string, KnownRun>;

/** A folder that changed more recently than this, in ms, may change again without a new modification time. */
const settleMs = 3_000;

/**
 * The runs in a folder, newest first. Reads the summary and the end of the journal of a closed run, the summary
 * of a run that a process holds, and the whole journal of others; nothing of those that `isLeftOut`. Updates
 * `known`. A missing folder has no runs; rejects when the folder cannot be read.
 */
export async function listRuns(
  root: string,
  environment: JournalEnvironment,
  known: KnownRuns = new Map(),
  isLeftOut: (runId: string) => boolean = () => false,
): Promise<readonly RunSummary[]> {
  const summaries: RunSummary[] = [];
  const ids = (await runIds(root, environment)).filter((id) => !isLeftOut(id));
  for (const id of ids) {
    const summary = await summarizeAgain(runFolder(root, id), environment, known);
    if (summary !== undefined) summaries.push(summary);
  }
  const listed = new Set(ids);
  for (const id of known.keys()) if (!listed.has(id)) known.delete(id);
  return summaries;
}

async function summarizeAgain(
  folder: RunFolder,
  environment: JournalEnvironment,
  known: KnownRuns,
): Promise<RunSummary | undefined> {
  const before = known.get(folder.runId);
  const changedMs = await changeTime(folder, environment);
  // A process that holds a run can die without changing a file.
  const mayHaveChanged = changedMs === undefined || before?.summary.state === 'running';
  if (!mayHaveChanged && before?.changedMs === changedMs) return before.summary;
  const read = await summarize(folder, environment, before?.summary);
  if (read === undefined) {
    known.delete(folder.runId);
    return undefined;
  }
  // An unchanged run keeps its object.
  const summary = isDeepStrictEqual(read, before?.summary) ? (before?.summary ?? read) : read;
  known.set(folder.runId, { summary, changedMs });
  return summary;
}

/** Undefined when it is too recent to rely on, or unknown. */
async function changeTime(
  folder: RunFolder,
  { fs, wallTime }: JournalEnvironment,
): Promise<number | undefined> {
  try {
    const { modifiedMs } = await fs.stat(folder.path);
    return wallTime() - modifiedMs > settleMs ? modifiedMs : undefined;
  } catch {
    return undefined;
  }
}

/** Identifiers sort by time. */
async function runIds(root: string, { fs }: JournalEnvironment): Promise<readonly string[]> {
  try {
    const names = await fs.list(root);
    return names.filter(isUlid).sort().reverse();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined for a run whose process died before it wrote anything. */
async function summarize(
  folder: RunFolder,
  environment: JournalEnvironment,
  before?: RunSummary,
): Promise<RunSummary | undefined> {
  const id = folder.runId;
  const isHeld = await isLocked(folder, environment);
  const overview =
    (isHeld ? await heldOverview(folder, environment, before) : undefined) ??
    (await readOverview(folder, environment));
  if (overview === 'nothing') return undefined;
  if (overview === 'unreadable') return unreadable(id);
  if (overview.state !== 'running') return { ...overview, id, state: overview.state };
  return { ...overview, id, state: isHeld ? 'running' : stateWhenLeft(overview.counts) };
}

/**
 * The summary of a run that a process holds, without reading its journal. A process that has just resumed the
 * run has not saved a summary yet: until then the cached one counts.
 */
async function heldOverview(
  folder: RunFolder,
  { fs }: JournalEnvironment,
  before: RunSummary | undefined,
): Promise<RunOverview | undefined> {
  if (await isLink(fs, folder.path)) return undefined;
  const saved = await loadSummary(fs, folder, true);
  if (saved !== undefined || before === undefined || before.state === 'unreadable') return saved;
  return { ...before, state: 'running' };
}

async function readOverview(
  folder: RunFolder,
  { fs }: JournalEnvironment,
): Promise<RunOverview | 'nothing' | 'unreadable'> {
  if (await isLink(fs, folder.path)) return 'unreadable';
  const saved = await loadSummary(fs, folder, false);
  if (saved !== undefined) return saved;
  const reading = await readJournalIn(folder, fs);
  if (reading.kind === 'missing') return 'nothing';
  if (reading.kind !== 'read') return 'unreadable';
  if (reading.state !== undefined) return overviewOf(reading.state, damageOf(reading));
  return reading.bytes === 0 ? 'nothing' : 'unreadable';
}

async function isLocked(folder: RunFolder, environment: JournalEnvironment): Promise<boolean> {
  try {
    return (await lookAtLock(folder.lock, environment))?.verdict === 'live';
  } catch {
    return false;
  }
}

function unreadable(id: string): RunSummary {
  return {
    id,
    state: 'unreadable',
    title: '',
    startedAt: new Date(timeOfUlid(id)).toISOString(),
    total: 0,
    counts: noCounts,
    provider: '',
    model: '',
    simulated: false,
  };
}

/** The suffix of a folder that is being removed. No list shows it, and `pruneRuns` completes the removal. */
const deletedEnding = '.deleted';

/**
 * Deletes a run, if there is one. Rejects with a `JournalFailure` when a process holds it, an error of the disk,
 * or a `UserError` for an invalid id.
 */
export async function deleteRun(
  root: string,
  runId: string,
  environment: JournalEnvironment,
): Promise<void> {
  await (await setRunAside(root, runId, environment))?.remove();
}

/** A deleted run that is still on disk, but in no list. */
export interface RunAside {
  /** Rejects when it is not there any more. */
  restore(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Takes a run out of all lists, so that it can be brought back or removed. `pruneRuns` removes what is left of it.
 * Undefined when there is nothing to bring back. Rejects like `deleteRun`.
 */
export async function setRunAside(
  root: string,
  runId: string,
  environment: JournalEnvironment,
): Promise<RunAside | undefined> {
  const { path, lock: lockPath } = runFolder(root, runId);
  const { fs } = environment;
  const doomed = path + deletedEnding;
  try {
    // Of a link, delete only the link itself.
    if (await isLink(fs, path)) {
      await fs.remove(path);
      return undefined;
    }
    const lock = await acquireLock(lockPath, environment);
    if (lock === undefined) throw lockedFailure();
    // Lists never show half of a run.
    await renameFile(environment, path, doomed).finally(() => lock.release());
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
  return {
    restore: async () => {
      // The lock went with the folder.
      await fs.remove(join(doomed, basename(lockPath))).catch(ignoreMissing);
      await renameFile(environment, doomed, path);
    },
    remove: () => fs.removeTree(doomed).catch(ignoreMissing),
  };
}

/**
 * Deletes all but the newest `maxRuns` runs, as far as that is possible, and none that a process holds. Rejects
 * when the folder cannot be read.
 */
export async function pruneRuns(
  root: string,
  maxRuns: number,
  environment: JournalEnvironment,
): Promise<void> {
  const old = (await runIds(root, environment)).slice(Math.max(0, maxRuns));
  for (const id of old) await deleteRun(root, id, environment).catch(() => undefined);
  await removeLeftovers(root, environment);
}

/** Removes folders whose removal was interrupted. */
async function removeLeftovers(root: string, { fs }: JournalEnvironment): Promise<void> {
  const names = await fs.list(root).catch(() => []);
  for (const name of names) {
    const id = name.endsWith(deletedEnding) ? name.slice(0, -deletedEnding.length) : '';
    if (isUlid(id)) await fs.removeTree(join(root, name)).catch(() => undefined);
  }
}
