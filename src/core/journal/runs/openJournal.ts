import { AppendFile } from '../../base/appendFile.ts';
import { codeOf } from '../../base/errors.ts';
import type { JournalEnvironment } from '../environment.ts';
import type { JournalFailure } from '../journalFailure.ts';
import { openFailure } from '../journalFailure.ts';
import type { JournalLimits } from '../journalLimits.ts';
import { defaultJournalLimits } from '../journalLimits.ts';
import type { LockHolder } from '../lock/lockFile.ts';
import type { HeldLock } from '../lock/runLock.ts';
import { acquireLock } from '../lock/runLock.ts';
import { quarantine } from '../read/quarantine.ts';
import type { JournalReading } from '../read/readJournal.ts';
import { damageOf, readJournalIn } from '../read/readJournal.ts';
import type { Redact } from '../record/encodeRecord.ts';
import type { RunFolder } from '../runFolder.ts';
import { runFolder } from '../runFolder.ts';
import { BlobStore } from '../write/blobStore.ts';
import { JournalWriter } from '../write/journalWriter.ts';
import { removeSummary, SummaryKeeper } from './runSummary.ts';

/** What a journal is written with. */
export interface JournalOptions {
  readonly environment: JournalEnvironment;
  /** Takes secrets out of every text, before it is written. */
  readonly redact: Redact;
  readonly limits?: JournalLimits;
  /** Whether a run was made elsewhere, so that nothing may be written to it. */
  isForeign?(reading: JournalReading): boolean;
}

/** A journal that is open for writing, and its summary. */
export interface OpenJournal {
  readonly writer: JournalWriter;
  readonly summary: SummaryKeeper;
}

/** A new journal, or why there is none. */
export type CreateResult =
  | ({ readonly kind: 'created' } & OpenJournal)
  /** A run with this id exists. */
  | { readonly kind: 'exists' }
  | { readonly kind: 'failed'; readonly failure: JournalFailure };

/** A journal to go on with, or why it cannot be opened. */
export type OpenResult =
  /** `reading`: what the journal said. Damaged bytes were copied, and a torn line was ended. */
  | ({ readonly kind: 'opened'; readonly reading: JournalReading } & OpenJournal)
  /** Another process holds the run; `holder` is undefined when the lock does not name it. */
  | { readonly kind: 'locked'; readonly holder: LockHolder | undefined }
  /** Written by a newer version or elsewhere: read-only. */
  | { readonly kind: 'newer' | 'foreignRun'; readonly reading: JournalReading }
  | { readonly kind: 'missing' | 'foreign' }
  | { readonly kind: 'failed'; readonly failure: JournalFailure };

/** Creates the journal of a new run. Throws a `UserError` for an invalid id; does not reject otherwise. */
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
    return await releasingOnError(taken.lock, async () => {
      const file = await AppendFile.open(fs, folder.journal, { mode: 'create', torn: false });
      await fs.syncFolder(folder.path);
      await fs.syncFolder(root);
      return { kind: 'created', ...toOpen({ folder, file, lock: taken.lock }, undefined, options) };
    });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return { kind: 'exists' };
    // Leave nothing behind that would make a retry fail.
    if (isMade) await fs.removeTree(folder.path).catch(() => undefined);
    return { kind: 'failed', failure: openFailure(error, folder.path) };
  }
}

/**
 * Opens the journal of a run to go on with it. Waits three seconds for the heartbeat of a silent holder. Throws
 * a `UserError` for an invalid id; does not reject otherwise, whatever is in the files.
 */
export async function openJournal(
  root: string,
  runId: string,
  options: JournalOptions,
): Promise<OpenResult> {
  const folder = runFolder(root, runId);
  const { environment } = options;
  try {
    // Read first without the lock, so that no lock is left in a folder that must not be written to.
    const seen = await readJournalIn(folder, environment.fs);
    const refused = refusal(seen, options);
    if (refused !== undefined) return refused;
    const taken = await acquireLock(folder.lock, environment);
    if (taken.kind === 'locked') return taken;
    return await releasingOnError(taken.lock, () => openLocked(folder, taken.lock, seen, options));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'missing' };
    return { kind: 'failed', failure: openFailure(error, folder.path) };
  }
}

type ReadResult = Awaited<ReturnType<typeof readJournalIn>>;

/** Why nothing may be written to a journal; undefined when it may. */
function refusal(result: ReadResult, { isForeign }: JournalOptions): OpenResult | undefined {
  if (result.kind !== 'read') return result;
  if (result.version === 'newer') return { kind: 'newer', reading: result };
  return isForeign?.(result) ? { kind: 'foreignRun', reading: result } : undefined;
}

/** Prepares the file for writing, after the lock was taken. */
async function openLocked(
  folder: RunFolder,
  lock: HeldLock,
  seen: ReadResult,
  options: JournalOptions,
): Promise<OpenResult> {
  const { fs } = options.environment;
  // An earlier holder may have written more since. The file only grows, so its length shows that.
  const { size } = await fs.stat(folder.journal);
  const isUnchanged = seen.kind === 'read' && size === seen.bytes;
  const reading = isUnchanged ? seen : await readJournalIn(folder, fs);
  const refused = isUnchanged ? undefined : refusal(reading, options);
  if (refused !== undefined || reading.kind !== 'read') {
    await lock.release();
    return refused ?? { kind: 'missing' };
  }
  await removeSummary(fs, folder);
  await quarantine(fs, folder, reading.damagedRanges);
  const torn = !reading.sealed;
  const file = await AppendFile.open(fs, folder.journal, { mode: 'append', torn });
  await file.seal();
  await file.sync();
  return { kind: 'opened', reading, ...toOpen({ folder, file, lock }, reading, options) };
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

function toOpen(
  { folder, file, lock }: OpenFiles,
  reading: JournalReading | undefined,
  { environment, redact, limits = defaultJournalLimits }: JournalOptions,
): OpenJournal {
  const blobs = reading?.blobs ?? [];
  const opened = reading && { state: reading.state, damaged: damageOf(reading) };
  const summary = new SummaryKeeper(environment, folder, opened);
  const hashes = blobs.map(({ sha256 }) => sha256);
  const writer: JournalWriter = new JournalWriter({
    ...{ path: folder.path, file, lock, environment, redact, limits },
    blobs: new BlobStore(environment.fs, folder.blobs, hashes),
    lastSeq: reading?.lastSeq ?? 0,
    bytes: blobs.reduce((sum, { bytes }) => sum + bytes, reading?.bytes ?? 0),
    onAdded: () => summary.added(writer),
    onClose: () => summary.close(writer),
  });
  return { writer, summary };
}
