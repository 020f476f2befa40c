import { crc32 } from 'node:zlib';
import * as z from 'zod';
import type { ConversationPhase } from '../../../shared/conversationState.ts';
import { conversationPhases } from '../../../shared/conversationState.ts';
import type { Comparison } from '../../../shared/quantities.ts';
import type { OriginFolder } from '../../../shared/runOrigin.ts';
import type { PhaseCounts, RunState } from '../../../shared/runState.ts';
import { compareRun, noCounts, startRunState } from '../../../shared/runState.ts';
import type { Disposable } from '../../base/emitter.ts';
import { codeOf } from '../../base/errors.ts';
import type { DiskFile, FileSystem } from '../../base/fileSystem.ts';
import { writeAll } from '../../base/fileSystem.ts';
import { parseJson } from '../../base/jsonDepth.ts';
import { renameFile } from '../../base/renameFile.ts';
import { createUlid } from '../../base/ulid.ts';
import type { JournalEnvironment } from '../environment.ts';
import { catchUp } from '../read/readJournal.ts';
import type { RunFolder } from '../runFolder.ts';

/** A prompt of a file and how it fared, for what is shown beside the prompt. */
export interface ListedPrompt {
  readonly uri: string;
  /** The prompt's id. */
  readonly id: string;
  /** Index of its conversation. */
  readonly index: number;
  readonly phase: ConversationPhase;
}

/** What a list says of a run; everything else is in its journal. */
export interface RunOverview {
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** As the journal has it: a run that was cut off is still `running` there. */
  readonly state: Exclude<RunState['state'], 'interrupted'>;
  readonly total: number;
  readonly counts: PhaseCounts;
  readonly provider: string;
  readonly model: string;
  readonly simulated: boolean;
  /** Records that were damaged or missing when it was read; absent when none were. */
  readonly damaged?: number;
  /** The number that its window or process gave it. Absent from summaries of earlier versions. */
  readonly number?: number;
  /** The folders it was made in. Absent when the run does not say: an earlier version made it. */
  readonly folders?: readonly OriginFolder[];
  /** How long it took. Only of a run that has finished, and absent from summaries of earlier versions. */
  readonly comparison?: Comparison;
  /** How its prompts fared that are in files. Only of a run that has ended and has not too many. */
  readonly prompts?: readonly ListedPrompt[];
}

/** What a list says of a run in this state. */
export function overviewOf(state: RunState, damaged = 0): RunOverview {
  const { started, counts, conversations } = state;
  const { title, startedAt, agent, simulated, number, origin } = started;
  return {
    title,
    startedAt,
    number,
    state: state.state === 'interrupted' ? 'running' : state.state,
    total: conversations.length,
    counts,
    provider: agent.provider,
    model: agent.model,
    simulated,
    ...(damaged > 0 ? { damaged } : {}),
    ...(origin === undefined ? {} : { folders: origin.folders }),
    ...(state.state === 'finished' ? { comparison: compareRun(state) } : {}),
    ...listedPrompts(state),
  };
}

/** Max prompts in a summary: every window reads the summaries of all runs. */
const maxListedPrompts = 200;

function listedPrompts({ state, conversations }: RunState): Pick<RunOverview, 'prompts'> {
  const hasEnded = state === 'finished' || state === 'cancelled';
  if (!hasEnded || conversations.length > maxListedPrompts) return {};
  const prompts = conversations.flatMap(({ source, id, index, phase }) =>
    source === undefined ? [] : [{ uri: source.uri, id, index, phase }],
  );
  return prompts.length === 0 ? {} : { prompts };
}

const letters: { readonly [P in ConversationPhase]: string } = {
  queued: 'q',
  waiting: 'w',
  running: 'r',
  done: 'd',
  failed: 'f',
  stopped: 's',
  cancelled: 'c',
};
const phases = new Map(Object.entries(letters).map(([phase, letter]) => [letter, phase]));

const maxSummaryBytes = 1024 * 1024;
const count = z.number().int().min(0);
const countsSchema: z.ZodType<PhaseCounts> = z.object(
  Object.fromEntries(Object.keys(noCounts).map((phase) => [phase, count])),
) as never;
const summarySchema = z.object({
  schema: z.literal('interleave/run-summary@1'),
  /** How much of the journal the summary covers, and a checksum of the end of that. */
  journal: z.object({ bytes: count, tail: z.string() }),
  overview: z.object({
    title: z.string(),
    startedAt: z.string(),
    state: z.enum(['running', 'finished', 'cancelled']),
    total: count,
    counts: countsSchema,
    provider: z.string(),
    model: z.string(),
    simulated: z.boolean(),
    damaged: z.exactOptional(count),
    number: z.exactOptional(z.number()),
    folders: z.exactOptional(z.array(z.object({ name: z.string(), path: z.string() })).readonly()),
    comparison: z.exactOptional(
      z.object({ wallMs: z.number(), conversationMs: z.number(), savedPercent: z.number() }),
    ),
    prompts: z.exactOptional(
      z
        .array(
          z.object({
            uri: z.string(),
            id: z.string(),
            index: count,
            phase: z.enum(conversationPhases),
          }),
        )
        .readonly(),
    ),
  }) satisfies z.ZodType<RunOverview>,
  /** The phase of each conversation, one letter each; only while the run is under way. */
  phases: z.exactOptional(z.string()),
});
type Summary = z.infer<typeof summarySchema>;

/** What is saved of a state, besides how much of the journal that is. */
export type SummaryDraft = Pick<Summary, 'overview' | 'phases'>;

export function draftSummary(state: RunState, damaged = 0): SummaryDraft {
  const overview = overviewOf(state, damaged);
  if (overview.state !== 'running') return { overview };
  return { overview, phases: state.conversations.map(({ phase }) => letters[phase]).join('') };
}

/**
 * Saves what lists need, so that they need not read the first `bytes` bytes of the journal. Never rejects:
 * without a summary lists read all of it.
 */
async function saveSummary(
  environment: JournalEnvironment,
  folder: RunFolder,
  { bytes, draft }: { readonly bytes: number; readonly draft: SummaryDraft },
): Promise<void> {
  const { fs } = environment;
  const temporary = `${folder.summary}.${createUlid()}`;
  try {
    const tail = await withFile(fs, folder.journal, 'read', (file) => tailOf(file, bytes));
    const summary: Summary = {
      ...{ schema: 'interleave/run-summary@1', journal: { bytes, tail } },
      ...draft,
    };
    await withFile(fs, temporary, 'create', async (file) => {
      await writeAll(file, Buffer.from(JSON.stringify(summary)));
      await file.sync();
    });
    await renameFile(environment, temporary, folder.summary);
  } catch {
    await fs.remove(temporary).catch(() => undefined);
  }
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
 * The overview that was saved, brought up to date with what the journal says since. Undefined when there
 * is none, or none of this journal.
 */
export async function loadSummary(
  fs: FileSystem,
  folder: RunFolder,
): Promise<RunOverview | undefined> {
  try {
    const { journal, overview, phases: text } = await readSummary(fs, folder);
    return await withFile(fs, folder.journal, 'read', async (file) => {
      const bytes = await file.size();
      if (bytes < journal.bytes || (await tailOf(file, journal.bytes)) !== journal.tail) return;
      if (bytes === journal.bytes) return overview;
      if (text === undefined) return;
      const state = bareState(overview, text);
      const damaged = await catchUp(state, { file, from: journal.bytes, folder, fs });
      const skipped = (overview.damaged ?? 0) + damaged;
      return {
        ...overview,
        ...{ state: state.state === 'interrupted' ? 'running' : state.state, counts: state.counts },
        ...(skipped > 0 ? { damaged: skipped } : {}),
      };
    });
  } catch {
    return undefined;
  }
}

/** The overview that the process that holds a run saved last. Undefined when there is none. */
export async function savedOverview(
  fs: FileSystem,
  folder: RunFolder,
): Promise<RunOverview | undefined> {
  try {
    return (await readSummary(fs, folder)).overview;
  } catch {
    return undefined;
  }
}

/** Rejects when there is no file that can be read, or when it is no summary. */
async function readSummary(fs: FileSystem, folder: RunFolder): Promise<Summary> {
  return summarySchema.parse(parseJson(await fs.readFile(folder.summary, maxSummaryBytes)));
}

/** A run of which only the overview and the phases are known. */
function bareState(overview: RunOverview, text: string): RunState {
  const { title, startedAt, simulated, provider, model, counts, state } = overview;
  const conversations = [...text].map(() => ({}));
  const started = { title, startedAt, simulated, agent: { provider, model }, conversations };
  const bare = startRunState(started as never);
  bare.conversations.forEach((conversation, index) => {
    // A letter of a later version counts as queued.
    const phase = (phases.get(text[index] ?? '') ?? 'queued') as ConversationPhase;
    bare.conversations[index] = { ...conversation, phase };
  });
  return Object.assign(bare, { counts, state });
}

const tailBytes = 4096;

/** A checksum of the last bytes before `end`: a journal only grows, so that a change shows there. */
async function tailOf(file: DiskFile, end: number): Promise<string> {
  const tail = Buffer.alloc(Math.min(tailBytes, end));
  const length = await file.read(tail, end - tail.length);
  return crc32(tail.subarray(0, length)).toString(16);
}

async function withFile<T>(
  fs: FileSystem,
  path: string,
  mode: 'read' | 'create',
  act: (file: DiskFile) => Promise<T>,
): Promise<T> {
  const file = await fs.open(path, mode);
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

/** How often, in ms, the summary of a run under way is saved at most. */
const intervalMs = 2_000;

/** Where a journal stands. */
interface Progress {
  /** Length of the journal when everything that has happened is in it. */
  readonly wholeBytes: number | undefined;
}

/**
 * Saves the summary of a run from time to time and at its end, so that a list reads at most what was written
 * since. It is made from the state that the run has anyway.
 */
export class SummaryKeeper {
  readonly #environment: JournalEnvironment;
  readonly #folder: RunFolder;
  readonly #damaged: number;
  /** What the journal said when it was opened; undefined once that is no longer so. */
  #opened: SummaryDraft | undefined;
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

  /** The state of the run, which every record that is written is folded into. */
  follow(state: RunState): void {
    this.#state = state;
  }

  /** A record was taken. */
  taken(progress: Progress): void {
    this.#opened = undefined;
    this.#timer ??= this.#environment.clock.after(intervalMs, () => {
      this.#timer = undefined;
      // While a record waits to be written, the summary waits with it.
      if (progress.wholeBytes === undefined) this.taken(progress);
      else void this.#save(progress.wholeBytes);
    });
  }

  /** The journal is closed: saves how the run stands. Never rejects. */
  async close({ wholeBytes }: Progress): Promise<void> {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (wholeBytes !== undefined) await this.#save(wholeBytes);
    await this.#saving;
  }

  #save(bytes: number): Promise<void> {
    const state = this.#state;
    const draft = this.#opened ?? (state && draftSummary(state, this.#damaged));
    if (draft === undefined) return Promise.resolve();
    const save = () => saveSummary(this.#environment, this.#folder, { bytes, draft });
    this.#saving = this.#saving.then(save);
    return this.#saving;
  }
}
