import type { RunState } from '../../shared/runState.ts';
import { codeOf } from '../base/errors.ts';
import type { Message } from '../providers/message.ts';
import type { BlobRef } from './blobStore.ts';
import { hasBlob, isBlobRef, readBlob } from './blobStore.ts';
import { journalVersion } from './encodeRecord.ts';
import type { FileLine } from './fileLines.ts';
import { readLines } from './fileLines.ts';
import type { JournalFailure } from './journalFailure.ts';
import { readFailure } from './journalFailure.ts';
import type { BegunCall } from './journalFold.ts';
import { JournalFold } from './journalFold.ts';
import type { JournalFile, JournalFs } from './journalFs.ts';
import { nodeFs } from './journalFs.ts';
import type { IntentRecord, JournalRecord, StoredRecord } from './journalRecord.ts';
import type { KeptProposals } from './keptProposals.ts';
import { refuseLinkedFolder } from './ownFolder.ts';
import { decodeLine, looksLikeOurs, maxLineBytes, parseJson } from './recordLine.ts';
import { isJournalRecord } from './recordSchema.ts';
import type { RunFolder } from './runFolder.ts';
import { runFolder } from './runFolder.ts';
import { withSharedTexts } from './sharedTexts.ts';

/** A part of a file, in bytes from its start; `end` does not belong to it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a journal says. Everything valid is there, whatever happened to the rest. */
export interface JournalReading {
  readonly kind: 'read';
  /** In the order of the file. */
  readonly records: readonly StoredRecord[];
  /** Undefined when the first record is damaged or was never written. */
  readonly state: RunState | undefined;
  readonly definition: unknown;
  /** The mark of the first record; see `OriginMark`. */
  readonly mark: string | undefined;
  /** The messages of each conversation, as far as they follow on each other without a gap. */
  readonly messages: ReadonlyMap<number, readonly Message[]>;
  /** What the conversations propose. */
  readonly proposals: Pick<KeptProposals, 'overlays'>;
  /** Conversations of which messages are missing: their history ends before the gap. */
  readonly incomplete: ReadonlySet<number>;
  /** Tool calls whose outcome is unknown, oldest first. */
  readonly openIntents: readonly IntentRecord[];
  /** Calls that change something and were begun, by conversation and id. */
  readonly beganCalls: ReadonlyMap<number, ReadonlyMap<string, BegunCall>>;
  /** Lines that are no valid records and were left out. */
  readonly damaged: number;
  /** Numbers below the highest for which there is no record. */
  readonly missing: number;
  /** False when the file ends in the middle of a line. */
  readonly sealed: boolean;
  /** `newer`: some records are of a version that this program cannot read, so it must not write. */
  readonly version: 'known' | 'newer';
  /** The highest number of a record, 0 when there is none. */
  readonly lastSeq: number;
  /** Length of the file. */
  readonly bytes: number;
  /** Files of long records that are there and whole. */
  readonly blobs: readonly BlobRef[];
  readonly damagedRanges: readonly ByteRange[];
}

/** How many records of it are damaged or missing. */
export function damageOf({ damaged, missing }: JournalReading): number {
  return Math.max(damaged, missing);
}

/** A journal that was read, or why it was not. */
export type JournalReadResult =
  | JournalReading
  /** There is no journal of this run. */
  | { readonly kind: 'missing' }
  /** The file is something else. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'failed'; readonly failure: JournalFailure };

/**
 * Reads the journal of a run. Does not reject for anything that is in the files; throws a `UserError`
 * for an id that is none. May be used while another process writes.
 */
export function readJournal(
  root: string,
  runId: string,
  fs: JournalFs = nodeFs,
): Promise<JournalReadResult> {
  return readJournalIn(runFolder(root, runId), fs);
}

/** Reads the journal in a folder. Never rejects. */
export async function readJournalIn(folder: RunFolder, fs: JournalFs): Promise<JournalReadResult> {
  let file: JournalFile;
  try {
    await refuseLinkedFolder(fs, folder.path);
    file = await fs.open(folder.journal, 'read');
  } catch (error) {
    return notRead(error, folder);
  }
  try {
    const reader = new JournalReader(fs, folder);
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
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  return { kind: 'failed', failure: readFailure(error, folder.journal) };
}

/** What a line turned out to be. */
type LineContent =
  | { readonly kind: 'record'; readonly stored: StoredRecord; readonly blob?: BlobRef }
  | { readonly kind: 'newer' }
  | { readonly kind: 'damaged' };

interface Payload {
  readonly v?: unknown;
  readonly t?: unknown;
  readonly k?: unknown;
  readonly b?: unknown;
  readonly s?: unknown;
}

function isKnownVersion(version: unknown): boolean {
  return version === 1 || version === journalVersion;
}

/** The body with its long texts where they belong; empty when they do not fit. */
function withTexts(body: { readonly s?: unknown }): object {
  const { s: table, ...rest } = body;
  return table === undefined ? rest : (withSharedTexts(rest, table) ?? {});
}

class JournalReader {
  readonly #fs: JournalFs;
  readonly #folder: RunFolder;
  readonly #fold = new JournalFold();
  readonly #records: StoredRecord[] = [];
  readonly #checksums = new Map<number, string>();
  readonly #blobs = new Map<string, BlobRef>();
  readonly #damagedRanges: ByteRange[] = [];
  #damaged = 0;
  #lastSeq = 0;
  #bytes = 0;
  #sealed = true;
  #newer = false;
  /** Whether lines begin as ours do, or otherwise. */
  #ours = false;
  #strange = false;

  constructor(fs: JournalFs, folder: RunFolder) {
    this.#fs = fs;
    this.#folder = folder;
  }

  async addLines(lines: readonly FileLine[]): Promise<void> {
    for (const line of lines) {
      this.#bytes = line.end;
      this.#sealed = line.ended;
      // Sealing a file that was whole leaves an empty line.
      if (line.bytes?.length !== 0) await this.#addLine(line);
    }
  }

  result(): JournalReadResult {
    if (this.#strange && !this.#ours) return { kind: 'foreign' };
    return {
      kind: 'read',
      records: this.#records,
      state: this.#fold.state,
      definition: this.#fold.definition,
      mark: this.#fold.mark,
      messages: this.#fold.messages,
      proposals: this.#fold.proposals,
      incomplete: this.#fold.incomplete(),
      openIntents: this.#fold.openIntents,
      beganCalls: this.#fold.beganCalls,
      damaged: this.#damaged,
      missing: this.#lastSeq - this.#checksums.size,
      sealed: this.#sealed,
      version: this.#newer ? 'newer' : 'known',
      lastSeq: this.#lastSeq,
      bytes: this.#bytes,
      blobs: [...this.#blobs.values()],
      damagedRanges: this.#damagedRanges,
    };
  }

  async #addLine({ bytes, start, end }: FileLine): Promise<void> {
    if (bytes !== undefined && looksLikeOurs(bytes)) this.#ours = true;
    else this.#strange = true;
    const decoded = bytes === undefined ? undefined : decodeLine(bytes);
    if (decoded === undefined) {
      this.#addDamage(start, end);
      return;
    }
    // Written twice: the disk failed before it was certain that the first one had arrived.
    if (this.#checksums.get(decoded.seq) === decoded.checksum) return;
    const content = await this.#contentOf(decoded.seq, decoded.payload);
    if (content.kind === 'damaged') {
      this.#addDamage(start, end);
      return;
    }
    this.#checksums.set(decoded.seq, decoded.checksum);
    this.#lastSeq = Math.max(this.#lastSeq, decoded.seq);
    if (content.kind === 'newer') this.#newer = true;
    else this.#addRecord(content.stored, content.blob);
  }

  #addRecord(stored: StoredRecord, blob: BlobRef | undefined): void {
    if (blob !== undefined) this.#blobs.set(blob.sha256, blob);
    this.#records.push(stored);
    this.#fold.add(stored.record);
  }

  #addDamage(start: number, end: number): void {
    this.#damaged++;
    const last = this.#damagedRanges.at(-1);
    if (last?.end !== start) this.#damagedRanges.push({ start, end });
    else this.#damagedRanges[this.#damagedRanges.length - 1] = { start: last.start, end };
  }

  async #contentOf(seq: number, payload: unknown): Promise<LineContent> {
    if (typeof payload !== 'object' || payload === null) return { kind: 'damaged' };
    const { v, t, k, b, ...inline }: Payload = payload;
    if (typeof v === 'number' && v > journalVersion) return { kind: 'newer' };
    const blob = isBlobRef(b) ? b : undefined;
    const body = withTexts(b === undefined ? inline : await this.#readBody(blob));
    const read = { ...body, kind: k };
    if (!isKnownVersion(v) || typeof t !== 'string' || !isJournalRecord(read)) {
      return { kind: 'damaged' };
    }
    const record = this.#withAnswer(read);
    if (record === undefined) return { kind: 'damaged' };
    const stored = { seq, at: t, record };
    const file = record.kind === 'output' ? await this.#present(record.content) : blob;
    return { kind: 'record', stored, ...(file === undefined ? {} : { blob: file }) };
  }

  /**
   * Fills in an answer that is the text of an earlier turn. Undefined when that turn is damaged: then
   * the conversation has not ended as far as can be known, and its answer is asked for again.
   */
  #withAnswer(record: JournalRecord): JournalRecord | undefined {
    if (record.kind !== 'event' || record.answerTurn === undefined) return record;
    const { event, answerTurn } = record;
    if (event.type !== 'conversation.finished') return undefined;
    const turns = this.#fold.state?.conversations[event.conversation]?.turns ?? [];
    const text = turns.findLast(({ turn }) => turn === answerTurn)?.text;
    return text === undefined ? undefined : { ...record, event: { ...event, answer: text } };
  }

  /** A file that nothing is read from, when it is there in its full length. */
  async #present(file: BlobRef): Promise<BlobRef | undefined> {
    return (await hasBlob(this.#fs, this.#folder.blobs, file)) ? file : undefined;
  }

  async #readBody(blob: BlobRef | undefined): Promise<object> {
    if (blob === undefined) return {};
    const content = await readBlob(this.#fs, this.#folder.blobs, blob);
    const body = content === undefined ? undefined : parseJson(content);
    return typeof body === 'object' && body !== null ? body : {};
  }
}
