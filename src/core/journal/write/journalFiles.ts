import type { AppendFile } from '../../base/appendFile.ts';
import type { JournalEnvironment } from '../environment.ts';
import type { JournalLimits } from '../journalLimits.ts';
import type { HeldLock } from '../lock/runLock.ts';
import type { BlobStore } from '../record/blobStore.ts';
import type { Redact } from '../record/encodeRecord.ts';
import type { SummaryKeeper } from './summaryKeeper.ts';

/** A journal that is open for writing. */
export interface JournalFiles {
  readonly file: AppendFile;
  readonly blobs: BlobStore;
  readonly lock: HeldLock;
  readonly summary: SummaryKeeper;
  /** The number of the last record in the journal, and the length of all its files. */
  readonly lastSeq: number;
  readonly bytes: number;
}

/** What a writer works with. */
export interface WriterParts {
  /** Where the journal is; named in messages. */
  readonly path: string;
  readonly environment: JournalEnvironment;
  readonly redact: Redact;
  readonly limits: JournalLimits;
  /** The open journal; when absent, it is opened for the first record. */
  readonly files?: JournalFiles | undefined;
  /** Opens the journal when it is not open. Rejects with a `JournalFailure` or an error of the disk. */
  open(): Promise<JournalFiles>;
}
