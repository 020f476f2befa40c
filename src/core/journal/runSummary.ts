import { crc32 } from 'node:zlib';
import * as z from 'zod';
import type { PhaseCounts, RunState } from '../../shared/runState.ts';
import { createUlid } from '../base/ulid.ts';
import type { JournalEnvironment } from './environment.ts';
import type { JournalFs } from './journalFs.ts';
import { codeOf, writeAll } from './journalFs.ts';
import { parseJson } from './recordLine.ts';
import { renameFile } from './renameFile.ts';
import type { RunFolder } from './runFolder.ts';

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
}

/** What a list says of a run in this state. */
export function overviewOf(
  { started, state, counts, conversations }: RunState,
  damaged = 0,
): RunOverview {
  return {
    title: started.title,
    startedAt: started.startedAt,
    state: state === 'interrupted' ? 'running' : state,
    total: conversations.length,
    counts,
    provider: started.agent.provider,
    model: started.agent.model,
    simulated: started.simulated,
    ...(damaged > 0 ? { damaged } : {}),
  };
}

/** Largest summary that is read. */
const maxSummaryBytes = 1024 * 1024;

const count = z.number().int().min(0);
const summarySchema = z.object({
  schema: z.literal('interleave/run-summary@1'),
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
  }) satisfies z.ZodType<RunOverview>,
});

/**
 * Saves what lists need of a run that has ended, so that they need not read all of its journal. A run
 * without a summary may have been interrupted. Never rejects: without it lists read the journal.
 */
export async function saveSummary(
  environment: JournalEnvironment,
  folder: RunFolder,
  state: RunState | undefined,
  damaged = 0,
): Promise<void> {
  if (state === undefined || state.state === 'running') return;
  const { fs } = environment;
  const temporary = `${folder.summary}.${createUlid()}`;
  try {
    const summary: z.infer<typeof summarySchema> = {
      schema: 'interleave/run-summary@1',
      journal: await fingerprint(fs, folder),
      overview: overviewOf(state, damaged),
    };
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

/** The overview that was saved, or undefined unless it is of the journal as it is now. */
export async function loadSummary(
  fs: JournalFs,
  folder: RunFolder,
): Promise<RunOverview | undefined> {
  try {
    const parsed = summarySchema.safeParse(parseJson(await fs.readFile(folder.summary, maxSummaryBytes)));
    if (!parsed.success) return undefined;
    const { journal, overview } = parsed.data;
    const now = await fingerprint(fs, folder);
    return now.bytes === journal.bytes && now.tail === journal.tail ? overview : undefined;
  } catch {
    return undefined;
  }
}

const tailBytes = 4096;

/** The length of a journal and a checksum of its end: it only grows, so a change shows here. */
async function fingerprint(
  fs: JournalFs,
  folder: RunFolder,
): Promise<{ readonly bytes: number; readonly tail: string }> {
  const file = await fs.open(folder.journal, 'read');
  try {
    const bytes = await file.size();
    const tail = Buffer.alloc(Math.min(tailBytes, bytes));
    const length = await file.read(tail, bytes - tail.length);
    return { bytes, tail: crc32(tail.subarray(0, length)).toString(16) };
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
