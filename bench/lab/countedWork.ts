import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Protocol, Trial } from '../contenders/trial.ts';
import { defaultSettings, unlimited } from '../simulator/settings.ts';
import { shortSystemPrompt } from '../workload/workload.ts';
import { prepareCommandLine, readResult } from './commandLine.ts';
import { countsVariable, journalFile, type ProcessCounts } from './processCounts.ts';
import type { Lab } from './processes.ts';
import { scoreOf } from './score.ts';

/** Work of one conversation of four requests and six tool calls, with the journal on. */
export interface CountedWork extends Omit<ProcessCounts, 'heapBytes' | 'collections'> {
  /** Lines of the journal. */
  readonly journalRecords: number;
  /** KB (1,000 bytes) allocated on the heap. */
  readonly allocatedKb: number;
}

/**
 * The difference of two runs is the work of so many conversations, without start-up. Whole numbers
 * of each leave out the few timers and writes whose number depends on how long a run takes.
 */
const fewConversations = 4;
const counted = 100;

/** Room for everything that is allocated. Code stays as it is: optimized code allocates less. */
const nodeOptions = [
  ...['--min-semi-space-size=512', '--max-semi-space-size=512'],
  ...['--no-opt', '--no-maglev', '--no-sparkplug'],
];

/** The programs that `countWork` needs in its lab. */
export const countedPrograms = ['cli', 'work-counter'] as const;

/** Counts the work of one conversation. Rejects when a run went wrong. */
export async function countWork(lab: Lab, protocol: Protocol): Promise<CountedWork> {
  const few = await countRun(lab, protocol, fewConversations);
  const many = await countRun(lab, protocol, fewConversations + counted);
  if (few.collections !== many.collections) throw new Error('garbage was collected');
  const each = (read: (run: RunCounts) => number): number =>
    Math.floor((read(many) - read(few)) / counted);
  return {
    journalRecords: each((run) => run.journalRecords),
    journalWrites: each((run) => run.journalWrites),
    timers: each((run) => run.timers),
    parses: each((run) => run.parses),
    stringifies: each((run) => run.stringifies),
    abortListeners: each((run) => run.abortListeners),
    allocatedKb: each((run) => run.heapBytes / 1000),
  };
}

interface RunCounts extends ProcessCounts {
  readonly journalRecords: number;
}

async function countRun(lab: Lab, protocol: Protocol, conversations: number): Promise<RunCounts> {
  const { simulator, bundles, runProgram } = lab;
  const settings = { ...defaultSettings, limit: unlimited, ttfbMs: 0 };
  await simulator.reset(settings);
  const trial: Trial = {
    ...{ protocol, url: simulator.url, conversations, system: shortSystemPrompt },
    ...{ concurrency: 'unlimited', idleTimeoutMs: 60_000, parallel: 0, deadlineMs: 100_000 },
  };
  const folder = await mkdtemp(path.join(bundles.folder, 'counts-'));
  try {
    const { args = [], environment } = await prepareCommandLine({ folder, cache: folder }, trial);
    const file = path.join(folder, 'counts.json');
    const exit = await runProgram({
      ...{ file: bundles.fileOf('cli'), args, folder, deadlineMs: trial.deadlineMs },
      environment: { ...environment, [countsVariable]: file },
      nodeOptions: [...nodeOptions, '--require', bundles.fileOf('work-counter')],
    });
    const outcomes = exit.code === 0 ? await readResult(folder) : [];
    if (scoreOf(outcomes, settings).right !== conversations) {
      throw new Error(`not all answers are right: ${exit.errors}`);
    }
    const counts = JSON.parse(await readFile(file, 'utf8')) as ProcessCounts;
    return { ...counts, journalRecords: await countRecords(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function countRecords(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const journal = files.find((file) => path.basename(file) === journalFile);
  if (journal === undefined) throw new Error('there is no journal');
  return (await readFile(path.join(folder, journal), 'utf8')).split('\n').length - 1;
}
