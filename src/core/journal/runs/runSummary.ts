import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { conversationPhases } from '../../../shared/conversationState.ts';
import type { RunState } from '../../../shared/runState.ts';
import { startRunState } from '../../../shared/runState.ts';
import type { Disposable } from '../../base/emitter.ts';
import { codeOf } from '../../base/errors.ts';
import type { DiskFile, FileSystem } from '../../base/fileSystem.ts';
import { withFile, writeFile } from '../../base/fileSystem.ts';
import { parseJson } from '../../base/jsonDepth.ts';
import { renameFile } from '../../base/renameFile.ts';
import { createUlid } from '../../base/ulid.ts';
import type { JournalEnvironment } from '../environment.ts';
import { catchUp } from '../read/readJournal.ts';
import type { RunFolder } from '../runFolder.ts';
import type { RunOverview } from './runOverview.ts';
import { overviewOf, overviewSchema } from './runOverview.ts';

const maxSummaryBytes = 1024 * 1024;
/** How much of the end of a journal a summary checks, in bytes. */
const tailBytes = 4096;
/** Max frequency of saving the summary of a run in progress, in ms. */
const intervalMs = 2_000;

const summarySchema = z.object({
  schema: z.literal('interleave/run-summary@2'),
  /** How much of the journal the summary covers, and a checksum of the end of that. */
  journal: z.object({ bytes: z.number().int().min(0), tail: z.string() }),
  overview: overviewSchema,
  /** The phase of each conversation; only while the run is in progress. */
  phases: z.exactOptional(z.array(z.enum(conversationPhases))),
});
type Summary = z.infer<typeof summarySchema>;
type Draft = Pick<Summary, 'overview' | 'phases'>;

function draftSummary(state: RunState, damaged: number): Draft {
  const overview = overviewOf(state, damaged);
  if (overview.state !== 'running') return { overview };
  return { overview, phases: state.conversations.map(({ phase }) => phase) };
}

/** Removes the summary of a run that goes on. Rejects when it cannot. */
export async function removeSummary(fs: FileSystem, folder: RunFolder): Promise<void> {
  try {
    await fs.remove(folder.summary);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * The saved overview, updated with what the journal says since. While a process holds the run, the overview
 * that it saved last. Undefined when there is none, or when it is not of this journal.
 */
export async function loadSummary(
  fs: FileSystem,
  folder: RunFolder,
  isHeld: boolean,
): Promise<RunOverview | undefined> {
  try {
    const summary = summarySchema.parse(
      parseJson(await fs.readFile(folder.summary, maxSummaryBytes)),
    );
    if (isHeld) return summary.overview;
    return await withFile(fs, folder.journal, 'read', (file) =>
      upToDate(summary, { file, folder, fs }),
    );
  } catch {
    return undefined;
  }
}

async function upToDate(
  { journal, overview, phases }: Summary,
  at: { readonly file: DiskFile; readonly folder: RunFolder; readonly fs: FileSystem },
): Promise<RunOverview | undefined> {
  const bytes = await at.file.size();
  if (bytes < journal.bytes || (await tailOf(at.file, journal.bytes)) !== journal.tail) return;
  if (bytes === journal.bytes) return overview;
  if (phases === undefined) return;
  const run = startRunState({ conversations: phases.map(() => ({})) } as never);
  for (const [index, phase] of phases.entries())
    Object.assign(run.conversations[index] ?? {}, { phase });
  Object.assign(run, { counts: overview.counts, state: overview.state });
  const damaged = (overview.damaged ?? 0) + (await catchUp(run, { ...at, from: journal.bytes }));
  const state = run.state === 'interrupted' ? 'running' : run.state;
  return { ...overview, state, counts: run.counts, ...(damaged > 0 ? { damaged } : {}) };
}

/** A checksum of the last bytes before `end`. A journal only grows, so a change shows there. */
async function tailOf(file: DiskFile, end: number): Promise<string> {
  const tail = Buffer.alloc(Math.min(tailBytes, end));
  const length = await file.read(tail, end - tail.length);
  return crc32(tail.subarray(0, length)).toString(16);
}

/** What a summary is of. */
interface Progress {
  /** Length of the journal when it holds everything that has happened. */
  readonly wholeBytes: number | undefined;
}

/**
 * Saves the summary of a run now and then and at its end, so that a list reads at most what was written since.
 * Makes it from the state that the run has anyway.
 */
export class SummaryKeeper {
  readonly #environment: JournalEnvironment;
  readonly #folder: RunFolder;
  readonly #damaged: number;
  /** What the journal said when it was opened; undefined once more was written. */
  #opened: Draft | undefined;
  #state: RunState | undefined;
  #timer: Disposable | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    environment: JournalEnvironment,
    folder: RunFolder,
    opened?: { readonly state: RunState | undefined; readonly damaged: number },
  ) {
    this.#environment = environment;
    this.#folder = folder;
    this.#damaged = opened?.damaged ?? 0;
    this.#opened = opened?.state && draftSummary(opened.state, this.#damaged);
  }

  /** The state of the run, into which every record is folded. */
  follow(state: RunState): void {
    this.#state = state;
  }

  /** A record was added to the journal. */
  added(progress: Progress): void {
    this.#opened = undefined;
    this.#timer ??= this.#environment.clock.after(intervalMs, () => {
      this.#timer = undefined;
      // While a record waits to be written, the summary waits with it.
      if (progress.wholeBytes === undefined) this.added(progress);
      else void this.#save(progress.wholeBytes);
    });
  }

  /** Saves the summary of a journal that is about to be closed. Never rejects. */
  async close({ wholeBytes }: Progress): Promise<void> {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (wholeBytes !== undefined) await this.#save(wholeBytes);
    await this.#saving;
  }

  #save(bytes: number): Promise<void> {
    const draft = this.#opened ?? (this.#state && draftSummary(this.#state, this.#damaged));
    if (draft !== undefined) this.#saving = this.#saving.then(() => this.#write(bytes, draft));
    return this.#saving;
  }

  /** Never rejects: without a summary, lists read the whole journal. */
  async #write(bytes: number, draft: Draft): Promise<void> {
    const { fs } = this.#environment;
    const { journal, summary } = this.#folder;
    const temporary = `${summary}.${createUlid()}`;
    try {
      const tail = await withFile(fs, journal, 'read', (file) => tailOf(file, bytes));
      const schema = 'interleave/run-summary@2';
      const content: Summary = { schema, journal: { bytes, tail }, ...draft };
      await writeFile(fs, temporary, 'create', Buffer.from(JSON.stringify(content)));
      await renameFile(this.#environment, temporary, summary);
    } catch {
      await fs.remove(temporary).catch(() => undefined);
    }
  }
}
