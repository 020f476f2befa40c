import { crc32 } from 'node:zlib';
import * as z from 'zod';
import type { ConversationPhase } from '../../shared/conversationState.ts';
import { conversationPhases } from '../../shared/conversationState.ts';
import type { Comparison } from '../../shared/quantities.ts';
import type { OriginFolder } from '../../shared/runOrigin.ts';
import type { PhaseCounts, RunState } from '../../shared/runState.ts';
import { compareRun } from '../../shared/runState.ts';
import { codeOf } from '../base/errors.ts';
import { createUlid } from '../base/ulid.ts';
import type { JournalEnvironment } from './environment.ts';
import type { JournalFile, JournalFs } from './journalFs.ts';
import { writeAll } from './journalFs.ts';
import type { RunPhases } from './phaseCatchUp.ts';
import { catchUp, countPhases, phasesFromText, phasesToText } from './phaseCatchUp.ts';
import { parseJson } from './recordLine.ts';
import { renameFile } from './renameFile.ts';
import type { RunFolder } from './runFolder.ts';

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
export function overviewOf(run: RunState, damaged = 0): RunOverview {
  const { started, state, counts, conversations } = run;
  const folders = started.origin?.folders;
  return {
    title: started.title,
    startedAt: started.startedAt,
    state: state === 'interrupted' ? 'running' : state,
    total: conversations.length,
    counts,
    provider: started.agent.provider,
    model: started.agent.model,
    simulated: started.simulated,
    number: started.number,
    ...(damaged > 0 ? { damaged } : {}),
    ...(folders === undefined ? {} : { folders }),
    ...(state === 'finished' ? { comparison: compareRun(run) } : {}),
    ...listedPrompts(run),
  };
}

/** Prompts of a run that are in its summary at most: every window reads the summaries of all runs. */
const maxListedPrompts = 200;

function listedPrompts({ state, conversations }: RunState): Pick<RunOverview, 'prompts'> {
  const hasEnded = state === 'finished' || state === 'cancelled';
  if (!hasEnded || conversations.length > maxListedPrompts) return {};
  const prompts = conversations.flatMap(({ source, id, index, phase }) =>
    source === undefined ? [] : [{ uri: source.uri, id, index, phase }],
  );
  return prompts.length === 0 ? {} : { prompts };
}

/** Largest summary that is read. */
const maxSummaryBytes = 1024 * 1024;

const count = z.number().int().min(0);
const summarySchema = z.object({
  schema: z.literal('interleave/run-summary@1'),
  /** How much of the journal the summary covers, and a checksum of the end of that. */
  journal: z.object({ bytes: count, tail: z.string() }),
  overview: z.object({
    title: z.string(),
    startedAt: z.string(),
    state: z.enum(['running', 'finished', 'cancelled']),
    total: count,
    counts: z.object({
      queued: count,
      waiting: count,
      running: count,
      done: count,
      failed: count,
      stopped: count,
      cancelled: count,
    }),
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
  /** The phase of each conversation; only while the run is under way. */
  phases: z.exactOptional(z.string()),
});
type Summary = z.infer<typeof summarySchema>;

/** A state that was taken at one moment, to be saved at a later one. */
export interface SummaryDraft extends Pick<Summary, 'overview' | 'phases'> {
  /** Length of the journal, in bytes, that says all of it. */
  readonly bytes: number;
}

/** What lists need of a run in this state, when its journal has this length. */
export function draftSummary(state: RunState, bytes: number, damaged = 0): SummaryDraft {
  const overview = overviewOf(state, damaged);
  if (overview.state !== 'running') return { overview, bytes };
  return { overview, bytes, phases: phasesToText(state.conversations.map(({ phase }) => phase)) };
}

/**
 * Saves what lists need of a run, so that they need not read all of its journal. Never rejects: without
 * it lists read the journal.
 */
export async function saveSummary(
  environment: JournalEnvironment,
  folder: RunFolder,
  { bytes, ...draft }: SummaryDraft,
): Promise<void> {
  const { fs } = environment;
  const temporary = `${folder.summary}.${createUlid()}`;
  try {
    const tail = await withJournal(fs, folder, (file) => tailOf(file, bytes));
    const journal = { bytes, tail };
    const summary: Summary = { schema: 'interleave/run-summary@1', journal, ...draft };
    await writeFile(fs, temporary, Buffer.from(JSON.stringify(summary)));
    await renameFile(environment, temporary, folder.summary);
  } catch {
    await fs.remove(temporary).catch(() => undefined);
  }
}

/** Removes the summary of a run that goes on. Rejects when it cannot. */
export async function removeSummary(fs: JournalFs, folder: RunFolder): Promise<void> {
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
  fs: JournalFs,
  folder: RunFolder,
): Promise<RunOverview | undefined> {
  try {
    const summary = await readSummary(fs, folder);
    return summary && (await withJournal(fs, folder, (file) => upToDate(file, summary)));
  } catch {
    return undefined;
  }
}

/**
 * The overview as a process that is at the run saved it last, without a look at the journal. Undefined
 * when there is none.
 */
export async function savedOverview(
  fs: JournalFs,
  folder: RunFolder,
): Promise<RunOverview | undefined> {
  try {
    return (await readSummary(fs, folder))?.overview;
  } catch {
    return undefined;
  }
}

/** Rejects when there is no file that can be read; undefined for one that is no summary. */
async function readSummary(fs: JournalFs, folder: RunFolder): Promise<Summary | undefined> {
  const json = parseJson(await fs.readFile(folder.summary, maxSummaryBytes));
  return summarySchema.safeParse(json).data;
}

async function upToDate(file: JournalFile, summary: Summary): Promise<RunOverview | undefined> {
  const { journal, overview, phases: text } = summary;
  const bytes = await file.size();
  if (bytes < journal.bytes || (await tailOf(file, journal.bytes)) !== journal.tail)
    return undefined;
  if (bytes === journal.bytes) return overview;
  if (text === undefined) return undefined;
  const phases = phasesFromText(text);
  const run: RunPhases = { state: overview.state, phases, damaged: overview.damaged ?? 0 };
  if (!(await catchUp(file, journal.bytes, run))) return undefined;
  const { state, damaged } = run;
  const counts = countPhases(phases);
  return { ...overview, state, counts, ...(damaged > 0 ? { damaged } : {}) };
}

const tailBytes = 4096;

/** A checksum of the last bytes before `end`: a journal only grows, so that a change shows there. */
async function tailOf(file: JournalFile, end: number): Promise<string> {
  const tail = Buffer.alloc(Math.min(tailBytes, end));
  const length = await file.read(tail, end - tail.length);
  return crc32(tail.subarray(0, length)).toString(16);
}

async function withJournal<T>(
  fs: JournalFs,
  folder: RunFolder,
  act: (file: JournalFile) => Promise<T>,
): Promise<T> {
  const file = await fs.open(folder.journal, 'read');
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

async function writeFile(fs: JournalFs, path: string, content: Buffer): Promise<void> {
  const file = await fs.open(path, 'create');
  try {
    await writeAll(file, content);
    await file.sync();
  } finally {
    await file.close();
  }
}
