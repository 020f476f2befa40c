import type { RunState } from '../../../shared/runState.ts';
import { codeOf } from '../../base/errors.ts';
import type { FileLine } from '../../base/fileLines.ts';
import { readLines } from '../../base/fileLines.ts';
import type { DiskFile, FileSystem } from '../../base/fileSystem.ts';
import { nodeFs } from '../../base/fileSystem.ts';
import { parseJson } from '../../base/jsonDepth.ts';
import { LongWork } from '../../base/longWork.ts';
import { isLink, linkedFolderError } from '../../base/ownFolder.ts';
import { JournalFailure, readFailure } from '../journalFailure.ts';
import { BlobStore, isBlobRef } from '../record/blobStore.ts';
import type { StoredRecord } from '../record/journalRecord.ts';
import { isJournalRecord, isUnknownKind, journalVersion } from '../record/journalRecord.ts';
import type { DecodedLine } from '../record/recordLine.ts';
import { decodeLine, looksLikeOurs, maxLineBytes } from '../record/recordLine.ts';
import { withSharedTexts } from '../record/sharedTexts.ts';
import type { RunFolder } from '../runFolder.ts';
import { runFolder } from '../runFolder.ts';
import type { ByteRange } from './damage.ts';
import { Damage } from './damage.ts';
import { JournalFold } from './journalFold.ts';
import type { KeptProposals } from './keptProposals.ts';

type Folded = 'state' | 'start' | 'plans' | 'definition' | 'messages' | 'incomplete' | 'begunCalls';

/** What a journal says: everything that is valid, whatever happened to the rest. */
export interface JournalReading extends Readonly<Pick<JournalFold, Folded>> {
  readonly kind: 'read';
  /** What the conversations propose. */
  readonly proposals: Pick<KeptProposals, 'overlays'>;
  /** In the order of the file, with all their texts. */
  readonly records: readonly StoredRecord[];
  /** Lines that are not valid records, and whose records were not written again. */
  readonly damaged: number;
  /** Numbers up to the last one that no record has. */
  readonly missing: number;
  /** False when the file ends in the middle of a line. */
  readonly sealed: boolean;
  /** `newer`: a newer version wrote some of the records. They were skipped, and nothing may be written. */
  readonly version: 'known' | 'newer';
  /** The highest number of a record; 0 when there is none. */
  readonly lastSeq: number;
  /** Length of the file. */
  readonly bytes: number;
  /** The files of its long records, as far as they were found. */
  readonly blobs: BlobStore;
  readonly damagedRanges: readonly ByteRange[];
}

/** The number of damaged or missing records. */
export function damageOf({ damaged, missing }: JournalReading): number {
  return Math.max(damaged, missing);
}

/** A journal that was read, or why it was not. */
export type JournalReadResult = JournalReading | JournalFailure;

/**
 * Reads the journal of a run, also while another process writes it. Never rejects, whatever is in the files.
 * Throws a `UserError` for an invalid id.
 */
export function readJournal(
  root: string,
  runId: string,
  fs: FileSystem = nodeFs,
): Promise<JournalReadResult> {
  return readJournalIn(runFolder(root, runId), fs);
}

/** Reads the journal in a folder. Never rejects. */
export async function readJournalIn(folder: RunFolder, fs: FileSystem): Promise<JournalReadResult> {
  let file: DiskFile;
  try {
    if (await isLink(fs, folder.path)) throw linkedFolderError();
    file = await fs.open(folder.journal, 'read');
  } catch (error) {
    return notRead(error, folder);
  }
  try {
    const reader = new JournalReader(fs, folder, new JournalFold(folder.runId));
    for await (const lines of readLines(file, maxLineBytes)) await reader.addLines(lines);
    return reader.result();
  } catch (error) {
    return notRead(error, folder);
  } finally {
    await file.close().catch(() => undefined);
  }
}

function notRead(error: unknown, folder: RunFolder): JournalReadResult {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new JournalFailure('missing', 'There is no such run any more.');
  }
  return readFailure(error, folder.journal);
}

/**
 * Folds the events of a journal from byte `from` on into a state of which only the phases are known. Resolves
 * with the number of damaged lines. Rejects when the file cannot be read.
 */
export async function catchUp(
  state: RunState,
  { file, from, folder, fs }: { file: DiskFile; from: number; folder: RunFolder; fs: FileSystem },
): Promise<number> {
  const reader = new JournalReader(fs, folder, new JournalFold(folder.runId, state), 'phases');
  for await (const lines of readLines(file, maxLineBytes, from)) await reader.addLines(lines);
  return reader.damaged;
}

/** What a line holds. */
type LineContent = StoredRecord | 'newer' | 'skipped' | 'damaged';

interface Payload {
  readonly v?: unknown;
  readonly t?: unknown;
  readonly k?: unknown;
  readonly b?: unknown;
  readonly s?: unknown;
}

/** The body with its shared texts in their places; empty when the table is wrong. */
function withTexts(body: { readonly s?: unknown }): object {
  const { s: table, ...rest } = body;
  return table === undefined ? rest : (withSharedTexts(rest, table) ?? {});
}

class JournalReader {
  readonly #blobs: BlobStore;
  readonly #fold: JournalFold;
  /** `phases`: no shared texts and no files of long records are read. */
  readonly #wanted: 'all' | 'phases';
  readonly #records: StoredRecord[] = [];
  readonly #checksums = new Map<number, string>();
  readonly #damage = new Damage(this.#checksums);
  readonly #work = new LongWork();
  #lastSeq = 0;
  #bytes = 0;
  #sealed = true;
  #newer = false;
  /** Whether some lines begin as the lines of a journal, and whether some do not. */
  #ours = false;
  #strange = false;

  constructor(
    fs: FileSystem,
    folder: RunFolder,
    fold: JournalFold,
    wanted: 'all' | 'phases' = 'all',
  ) {
    this.#blobs = new BlobStore(fs, folder.blobs);
    this.#fold = fold;
    this.#wanted = wanted;
  }

  get damaged(): number {
    return this.#damage.result().lines;
  }

  async addLines(lines: readonly FileLine[]): Promise<void> {
    for (const line of lines) {
      await this.#work.pause();
      this.#bytes = line.end;
      this.#sealed = line.ended;
      // Ending a line that was complete leaves an empty line.
      if (line.bytes?.length !== 0) await this.#addLine(line);
    }
  }

  result(): JournalReadResult {
    if (this.#strange && !this.#ours) {
      return new JournalFailure('foreign', "The run's file is not a journal of Interleave.");
    }
    const fold = this.#fold;
    const damage = this.#damage.result();
    return {
      kind: 'read',
      records: this.#records,
      ...{ state: fold.state, start: fold.start, plans: fold.plans, definition: fold.definition },
      ...{ messages: fold.messages, incomplete: fold.incomplete, begunCalls: fold.begunCalls },
      proposals: fold.proposals,
      damaged: damage.lines,
      missing: this.#lastSeq - this.#checksums.size,
      sealed: this.#sealed,
      version: this.#newer ? 'newer' : 'known',
      lastSeq: this.#lastSeq,
      bytes: this.#bytes,
      blobs: this.#blobs,
      damagedRanges: damage.ranges,
    };
  }

  async #addLine(line: FileLine): Promise<void> {
    const { bytes } = line;
    if (bytes !== undefined && looksLikeOurs(bytes)) this.#ours = true;
    else this.#strange = true;
    const decoded = bytes === undefined ? undefined : decodeLine(bytes);
    if (decoded === undefined) {
      // A last line without its end may be a write in progress.
      if (line.ended || this.#wanted === 'all') this.#damage.addLine(line);
      return;
    }
    this.#damage.addValid(decoded);
    // Written again after a failed sync: the first write may or may not have arrived.
    if (this.#checksums.get(decoded.seq) === decoded.checksum) return;
    const content = await this.#contentOf(decoded);
    if (content === 'damaged') {
      this.#damage.addRange(line);
      return;
    }
    this.#checksums.set(decoded.seq, decoded.checksum);
    this.#lastSeq = Math.max(this.#lastSeq, decoded.seq);
    if (content === 'newer') this.#newer = true;
    if (typeof content === 'string') return;
    const { record } = content;
    if (record.kind === 'output') await this.#blobs.find(record.content);
    this.#records.push(content);
    this.#fold.add(record);
  }

  async #contentOf({ seq, payload }: DecodedLine): Promise<LineContent> {
    if (typeof payload !== 'object' || payload === null) return 'damaged';
    const { v, t, k, b, ...inline }: Payload = payload;
    if (typeof v === 'number' && v > journalVersion) return 'newer';
    const isKnown = v === 1 || v === 2 || v === journalVersion;
    if (!isKnown || typeof t !== 'string') return 'damaged';
    if (this.#wanted === 'phases' && k !== 'event') return 'skipped';
    const body = withTexts(b === undefined ? inline : await this.#readBody(b));
    const read = { ...body, kind: k };
    // The kinds of earlier versions are all known.
    if (v === journalVersion && isUnknownKind(read)) return 'newer';
    if (!isJournalRecord(read)) return 'damaged';
    const record = this.#wanted === 'phases' ? read : this.#fold.complete(read);
    return record === undefined ? 'damaged' : { seq, at: t, record };
  }

  async #readBody(ref: unknown): Promise<object> {
    const content = isBlobRef(ref) ? await this.#blobs.read(ref) : undefined;
    const body = content === undefined ? undefined : parseJson(content);
    return typeof body === 'object' && body !== null ? body : {};
  }
}
