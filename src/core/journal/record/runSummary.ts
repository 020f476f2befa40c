import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { conversationPhases } from '../../../shared/conversationState.ts';
import type { RunState } from '../../../shared/runState.ts';
import { compareRun } from '../../../shared/runState.ts';
import type { DiskFile } from '../../base/fileSystem.ts';
import { lazily } from '../../base/lazily.ts';

const text = z.string();
const number = z.number();
const count = z.number().int().min(0);
const optional = z.exactOptional;

/**
 * What a list says of a run; everything else is in its journal. Optional fields are younger than the others.
 */
const overviewSchema = lazily(() =>
  z.object({
    title: text,
    /** ISO 8601. */
    startedAt: text,
    /** As in the journal: an interrupted run is still `running` there. */
    state: z.enum(['running', 'finished', 'cancelled']),
    total: count,
    counts: z.record(z.enum(conversationPhases), count).readonly(),
    provider: text,
    model: text,
    simulated: z.boolean(),
    /** Damaged or missing records; absent when there are none. */
    damaged: optional(count),
    /** The number that its window or process gave it. */
    number: optional(number),
    /** The folders it was made in. */
    folders: optional(z.array(z.object({ name: text, path: text })).readonly()),
    /** How long it took. Only of a finished run. */
    comparison: optional(
      z.object({ wallMs: number, conversationMs: number, savedPercent: number }).readonly(),
    ),
    /** How each prompt of a file fared, with the index of its conversation. Only of a run that has ended. */
    prompts: optional(
      z
        .array(z.object({ uri: text, id: text, index: count, phase: z.enum(conversationPhases) }))
        .readonly(),
    ),
  }),
);

/** The file `summary.json`. */
export const summarySchema = lazily(() =>
  z.object({
    schema: z.literal('interleave/run-summary@2'),
    /** How much of the journal the summary covers, and a checksum of the end of that. */
    journal: z.object({ bytes: count, tail: text }),
    overview: overviewSchema(),
    /** The phase of each conversation; only while the run is in progress. */
    phases: optional(z.array(z.enum(conversationPhases))),
  }),
);
export type Summary = z.infer<ReturnType<typeof summarySchema>>;

/** What a list says of a run. */
export type RunOverview = Readonly<z.infer<ReturnType<typeof overviewSchema>>>;

/** Max prompts in an overview: every window reads the overviews of all runs. */
const maxPrompts = 200;

/** What a list says of a run in this state. */
export function overviewOf(run: RunState, damaged = 0): RunOverview {
  const { started, counts, conversations } = run;
  const { title, startedAt, agent, simulated, origin } = started;
  const state = run.state === 'interrupted' ? 'running' : run.state;
  const prompts = conversations.flatMap(({ source, id, index, phase }) =>
    source === undefined ? [] : [{ uri: source.uri, id, index, phase }],
  );
  const hasPrompts = prompts.length > 0 && conversations.length <= maxPrompts;
  return {
    ...{ title, startedAt, state, total: conversations.length, counts },
    ...{ provider: agent.provider, model: agent.model, simulated, number: started.number },
    ...(damaged > 0 ? { damaged } : {}),
    ...(origin === undefined ? {} : { folders: origin.folders }),
    ...(state === 'finished' ? { comparison: compareRun(run) } : {}),
    ...(state !== 'running' && hasPrompts ? { prompts } : {}),
  };
}

/** How much of the end of a journal a summary checks, in bytes. */
const tailBytes = 4096;

/** A checksum of the last bytes before `end`. A journal only grows, so a change shows there. */
export async function tailOf(file: DiskFile, end: number): Promise<string> {
  const tail = Buffer.alloc(Math.min(tailBytes, end));
  const length = await file.read(tail, end - tail.length);
  return crc32(tail.subarray(0, length)).toString(16);
}
