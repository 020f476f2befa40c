import { AppendFile } from '../../base/appendFile.ts';
import { codeOf, ignoreMissing } from '../../base/errors.ts';
import type { JournalEnvironment } from '../environment.ts';
import { JournalFailure } from '../journalFailure.ts';
import type { HeldLock } from '../lock/runLock.ts';
import { acquireLock } from '../lock/runLock.ts';
import { quarantine } from '../read/quarantine.ts';
import type { JournalReading } from '../read/readJournal.ts';
import { damageOf, readJournalIn } from '../read/readJournal.ts';
import { BlobStore } from '../record/blobStore.ts';
import type { RunFolder } from '../runFolder.ts';
import { runFolder } from '../runFolder.ts';
import type { JournalFiles } from '../write/journalFiles.ts';
import { SummaryKeeper } from '../write/summaryKeeper.ts';

export const newerVersion =
  'This run was written by a newer version of Interleave: it can be looked at here. Update Interleave to go on with it.';
const heldElsewhere =
  'This run is open in another window or process. Close it there, or wait until it has ended.';

/** How a journal is opened. */
export interface OpenOptions {
  readonly environment: JournalEnvironment;
  /** Why nothing may be written to this journal; undefined when it may. */
  refuse?(reading: JournalReading): JournalFailure | undefined;
}

/** A journal to go on with. */
export interface OpenedJournal {
  readonly files: JournalFiles;
  /** What the journal said. Damaged bytes were copied, and a torn line was ended. */
  readonly reading: JournalReading;
}

/** Another process holds the run: writing to it is retried. */
export function lockedFailure(): JournalFailure {
  return new JournalFailure('locked', heldElsewhere, { final: false });
}

/**
 * Creates the journal of a new run. Rejects with a `JournalFailure`, an error of the disk, or a `UserError` for
 * an invalid id.
 */
export async function createJournal(
  root: string,
  runId: string,
  environment: JournalEnvironment,
): Promise<JournalFiles> {
  const folder = runFolder(root, runId);
  const { fs } = environment;
  let isMade = false;
  try {
    await fs.makeFolders(root);
    await fs.makeFolder(folder.path);
    isMade = true;
    return await locked(folder, environment, async (lock) => {
      const file = await AppendFile.open(fs, folder.journal, { mode: 'create', torn: false });
      await fs.syncFolder(folder.path);
      await fs.syncFolder(root);
      return toFiles({ folder, file, lock }, undefined, environment);
    });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || error instanceof JournalFailure) {
      throw new JournalFailure('exists', `There is a run ${runId} already.`);
    }
    // Leave nothing behind that would make a retry fail.
    if (isMade) await fs.removeTree(folder.path).catch(() => undefined);
    throw error;
  }
}

/**
 * Opens the journal of a run to go on with it. Waits three seconds for the heartbeat of a silent holder. Rejects
 * with a `JournalFailure`, an error of the disk, or a `UserError` for an invalid id, whatever is in the files.
 */
export async function openJournal(
  root: string,
  runId: string,
  options: OpenOptions,
): Promise<OpenedJournal> {
  const folder = runFolder(root, runId);
  const { environment } = options;
  // Read first without the lock, so that no lock is left in a folder that must not be written to.
  const seen = await readToWrite(folder, options);
  return locked(folder, environment, (lock) => openLocked(folder, lock, seen, options));
}

/** Takes the lock of a run. Releases it when `act` rejects. */
async function locked<T>(
  folder: RunFolder,
  environment: JournalEnvironment,
  act: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(folder.lock, environment);
  if (lock === undefined) throw lockedFailure();
  try {
    return await act(lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Reads a journal. Rejects when nothing may be written to it. */
async function readToWrite(
  folder: RunFolder,
  { environment, refuse }: OpenOptions,
): Promise<JournalReading> {
  const reading = await readJournalIn(folder, environment.fs);
  if (reading instanceof JournalFailure) throw reading;
  if (reading.version === 'newer') throw new JournalFailure('newer', newerVersion);
  const refused = refuse?.(reading);
  if (refused !== undefined) throw refused;
  return reading;
}

/** Prepares the file for writing, after the lock was taken. */
async function openLocked(
  folder: RunFolder,
  lock: HeldLock,
  seen: JournalReading,
  options: OpenOptions,
): Promise<OpenedJournal> {
  const { fs } = options.environment;
  // An earlier holder may have written more since. The file only grows, so its length shows that.
  const { size } = await fs.stat(folder.journal);
  const reading = size === seen.bytes ? seen : await readToWrite(folder, options);
  await fs.remove(folder.summary).catch(ignoreMissing);
  await quarantine(fs, folder, reading.damagedRanges);
  const torn = !reading.sealed;
  const file = await AppendFile.open(fs, folder.journal, { mode: 'append', torn });
  await file.seal();
  await file.sync();
  return { reading, files: toFiles({ folder, file, lock }, reading, options.environment) };
}

function toFiles(
  { folder, file, lock }: Pick<JournalFiles, 'file' | 'lock'> & { readonly folder: RunFolder },
  reading: JournalReading | undefined,
  environment: JournalEnvironment,
): JournalFiles {
  const blobs = reading?.blobs ?? new BlobStore(environment.fs, folder.blobs);
  const opened = reading && { state: reading.state, damaged: damageOf(reading) };
  return {
    ...{ file, blobs, lock },
    summary: new SummaryKeeper(environment, folder, opened),
    lastSeq: reading?.lastSeq ?? 0,
    bytes: (reading?.bytes ?? 0) + blobs.bytes,
  };
}
