import { codeOf } from '../base/errors.ts';
import { AppendFile } from './appendFile.ts';
import { BlobStore } from './blobStore.ts';
import type { Redact } from './encodeRecord.ts';
import type { JournalEnvironment } from './environment.ts';
import { FileJournalWriter } from './fileJournalWriter.ts';
import type { HeldLock } from './heldLock.ts';
import type { JournalFailure } from './journalFailure.ts';
import { openFailure } from './journalFailure.ts';
import { RunProgress } from './journalFold.ts';
import type { JournalFs } from './journalFs.ts';
import type { JournalLimits } from './journalLimits.ts';
import { defaultJournalLimits } from './journalLimits.ts';
import type { JournalWriter } from './journalWriter.ts';
import type { LockHolder } from './lockHolder.ts';
import { ProgressSummary } from './progressSummary.ts';
import { quarantine } from './quarantine.ts';
import type { JournalReading, JournalReadResult } from './readJournal.ts';
import { damageOf, readJournalIn } from './readJournal.ts';
import type { RunFolder } from './runFolder.ts';
import { runFolder } from './runFolder.ts';
import { acquireLock } from './runLock.ts';
import { removeSummary } from './runSummary.ts';

/** What a journal is written with. */
export interface JournalOptions {
  readonly environment: JournalEnvironment;
  /** Takes secrets out of every text, before it is written. */
  readonly redact: Redact;
  readonly limits?: JournalLimits;
  /** Whether a run comes from elsewhere, so that nothing may be written to it. */
  isForeign?(reading: JournalReading): boolean;
}

/** A new journal, or why there is none. */
export type CreateResult =
  | { readonly kind: 'created'; readonly writer: JournalWriter }
  /** There is a run with this id. */
  | { readonly kind: 'exists' }
  | { readonly kind: 'failed'; readonly failure: JournalFailure };

/** A journal to go on with, or why it cannot be. */
export type OpenResult =
  | {
      readonly kind: 'opened';
      readonly writer: JournalWriter;
      /** What was there; damaged bytes have been copied, and a last line cut short was ended. */
      readonly reading: JournalReading;
    }
  /** Another process writes this run; `holder` is undefined when the lock does not say which. */
  | { readonly kind: 'locked'; readonly holder: LockHolder | undefined }
  /** Written by a newer version, or elsewhere: it can be read, but not gone on with. */
  | { readonly kind: 'newer' | 'foreignRun'; readonly reading: JournalReading }
  | { readonly kind: 'missing' | 'foreign' }
  | { readonly kind: 'failed'; readonly failure: JournalFailure };

/**
 * Creates the journal of a new run. Does not reject for a disk that fails; throws a `UserError` for an
 * id that is none.
 */
export async function createJournal(
  root: string,
  runId: string,
  options: JournalOptions,
): Promise<CreateResult> {
  const folder = runFolder(root, runId);
  const { fs } = options.environment;
  let isMade = false;
  try {
    await fs.makeFolders(root);
    await fs.makeFolder(folder.path);
    isMade = true;
    const taken = await acquireLock(folder.lock, options.environment);
    if (taken.kind === 'locked') return { kind: 'exists' };
    const writer = await releasingOnError(taken.lock, async () => {
      const file = await AppendFile.open(fs, folder.journal, { mode: 'create', torn: false });
      await fs.syncFolder(folder.path);
      await fs.syncFolder(root);
      return createWriter({ folder, file, lock: taken.lock }, undefined, options);
    });
    return { kind: 'created', writer };
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return { kind: 'exists' };
    // Nothing is left behind that would be in the way of another try.
    if (isMade) await fs.removeTree(folder.path).catch(() => undefined);
    return { kind: 'failed', failure: openFailure(error, folder.path) };
  }
}

/**
 * Opens the journal of a run to go on with it. Waits three seconds when another process had it that
 * does not answer. Does not reject for anything that is in the files or for a disk that fails; throws a
 * `UserError` for an id that is none.
 */
export async function openJournal(
  root: string,
  runId: string,
  options: JournalOptions,
): Promise<OpenResult> {
  const folder = runFolder(root, runId);
  const { environment } = options;
  try {
    // First without the lock: where there is nothing to write to, none is left behind.
    const seen = await readJournalIn(folder, environment.fs);
    if (seen.kind !== 'read') return seen;
    if (seen.version === 'newer') return { kind: 'newer', reading: seen };
    if (options.isForeign?.(seen)) return { kind: 'foreignRun', reading: seen };
    const taken = await acquireLock(folder.lock, environment);
    if (taken.kind === 'locked') return taken;
    return await releasingOnError(taken.lock, () => openLocked(folder, taken.lock, seen, options));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'missing' };
    return { kind: 'failed', failure: openFailure(error, folder.path) };
  }
}

/** Makes the file ready to be written to, now that nobody else writes. */
async function openLocked(
  folder: RunFolder,
  lock: HeldLock,
  seen: JournalReading,
  options: JournalOptions,
): Promise<OpenResult> {
  const { fs } = options.environment;
  const reading = await readAgain(folder, seen, fs);
  if (reading.kind !== 'read' || reading.version === 'newer') {
    await lock.release();
    return reading.kind === 'read' ? { kind: 'newer', reading } : reading;
  }
  await removeSummary(fs, folder);
  await quarantine(fs, folder, reading.damagedRanges);
  const file = await AppendFile.open(fs, folder.journal, {
    mode: 'append',
    torn: !reading.sealed,
  });
  await file.seal();
  await file.sync();
  return {
    kind: 'opened',
    writer: createWriter({ folder, file, lock }, reading, options),
    reading,
  };
}

/** Whoever had the lock may have written more; the file only grows, so its length tells. */
async function readAgain(
  folder: RunFolder,
  seen: JournalReading,
  fs: JournalFs,
): Promise<JournalReadResult> {
  const { size } = await fs.stat(folder.journal);
  return size === seen.bytes ? seen : readJournalIn(folder, fs);
}

async function releasingOnError<T>(lock: HeldLock, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface OpenFiles {
  readonly folder: RunFolder;
  readonly file: AppendFile;
  readonly lock: HeldLock;
}

function createWriter(
  { folder, file, lock }: OpenFiles,
  reading: JournalReading | undefined,
  { environment, redact, limits = defaultJournalLimits }: JournalOptions,
): JournalWriter {
  const { fs, clock, wallTime } = environment;
  const blobs = reading?.blobs ?? [];
  const progress = new RunProgress();
  for (const { record } of reading?.records ?? []) progress.add(record);
  return new FileJournalWriter({
    runId: folder.runId,
    path: folder.path,
    file,
    blobs: new BlobStore(
      fs,
      folder.blobs,
      blobs.map(({ sha256 }) => sha256),
    ),
    lock,
    clock,
    wallTime,
    redact,
    limits,
    lastSeq: reading?.lastSeq ?? 0,
    bytes: blobs.reduce((sum, { bytes }) => sum + bytes, reading?.bytes ?? 0),
    onRecord: (record) => progress.add(record),
    summary: new ProgressSummary(environment, folder, {
      progress,
      damaged: reading === undefined ? 0 : damageOf(reading),
    }),
  });
}
