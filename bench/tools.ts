// Compares the ways in which tool calls run: one after another, in parallel, and in worker threads.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { defineTool } from '../src/core/tools/defineTool.ts';
import { defaultThreads, ToolWorkers } from '../src/core/tools/workers/toolWorkers.ts';
import { workerTool } from '../src/core/tools/workers/workerTool.ts';
import { type Bundles, bundlePrograms } from './lab/bundle.ts';
import { type Figure, printFigures } from './lab/figures.ts';
import { listFlag, numberFlag, protocols, readFlags, runBenchmark } from './lab/options.ts';
import { printTable } from './lab/table.ts';
import { burnTool } from './tools/burnTool.ts';
import { measureTools, type ToolTimes, type ToolTrial } from './tools/measure.ts';

const help = `All flags are optional:
  --protocol ${protocols.join(',')}
  --calls <N>          reading calls of the one turn (5)
  --call-ms <MS>       time of each (300)
  --conversations <N>  conversations with one CPU-bound call each (8)
  --cpu-ms <MS>        time of that call (500)
  --threads <N>        worker threads (${defaultThreads()}, as in the program)`;

const flagNames = ['protocol', 'calls', 'call-ms', 'conversations', 'cpu-ms', 'threads'];

interface Sizes {
  readonly calls: number;
  readonly callMs: number;
  readonly conversations: number;
  readonly cpuMs: number;
  readonly threads: number;
}

/** Waits as for a slow disk or server. */
const slowRead = defineTool({
  name: 'slow_read',
  description: 'Waits.',
  effect: 'read',
  inputSchema: z.strictObject({ ms: z.number(), at: z.number() }),
  execute: async ({ ms, at }) => {
    await sleep(ms);
    return String(at);
  },
});

/** Where trials run. */
interface Place extends Pick<ToolTrial, 'protocol' | 'port'> {
  readonly bundles: Bundles;
}

type Row = readonly [way: string, times: ToolTimes];

async function reads({ bundles: _, ...at }: Place, sizes: Sizes) {
  const calls = Array.from({ length: sizes.calls }, (_, index) => ({
    ...{ name: 'slow_read', input: { ms: sizes.callMs, at: index } },
  }));
  const trial = { ...at, tools: [slowRead], conversations: 1, calls };
  return {
    serial: await measureTools({ ...trial, toolExecution: 'serial' }),
    parallel: await measureTools({ ...trial, toolExecution: 'parallel' }),
  };
}

async function burns({ bundles, ...at }: Place, sizes: Sizes) {
  const script = bundles.fileOf('tool-thread');
  const pool = new ToolWorkers({ script, threads: sizes.threads });
  const calls = [{ name: 'burn', input: { ms: sizes.cpuMs } }];
  const trial = {
    ...at,
    toolExecution: 'serial',
    conversations: sizes.conversations,
    calls,
  } as const;
  try {
    return {
      main: await measureTools({ ...trial, tools: [burnTool] }),
      workers: await measureTools({ ...trial, tools: [workerTool(burnTool, pool, 'auto')] }),
    };
  } finally {
    pool.dispose();
  }
}

function print(title: string, rows: readonly Row[]): void {
  const cells = rows.map(([way, { wallMs, loopMs, isRight }]) => [
    ...[way, `${Math.round(wallMs)} ms`, `${loopMs.toFixed(1)} ms`, isRight ? 'yes' : 'no'],
  ]);
  printTable({ title, heads: ['way', 'wall', 'loop p99', 'right'], rows: cells });
}

async function measure(at: Place, sizes: Sizes): Promise<Figure[]> {
  const { protocol, port } = at;
  // Loads the code of the protocol, which does not count.
  await measureTools({
    ...{ protocol, port },
    tools: [slowRead],
    conversations: 1,
    calls: [{ name: 'slow_read', input: { ms: 0, at: 0 } }],
    toolExecution: 'serial',
  });
  const turn = await reads(at, sizes);
  print(`${sizes.calls} reading calls of ${sizes.callMs} ms in one turn, ${protocol}`, [
    ['serial', turn.serial],
    ['parallel', turn.parallel],
  ]);
  const cpu = await burns(at, sizes);
  print(`${sizes.conversations} conversations with ${sizes.cpuMs} ms of CPU each, ${protocol}`, [
    ['called thread', cpu.main],
    [`${sizes.threads} worker threads`, cpu.workers],
  ]);
  const idealMs = (sizes.conversations * sizes.cpuMs) / sizes.threads;
  return [
    figure(
      `reads/${protocol}/parallel-wall`,
      turn.parallel,
      turn.parallel.wallMs,
      1.3 * sizes.callMs,
    ),
    figure(`cpu/${protocol}/workers-wall`, cpu.workers, cpu.workers.wallMs, 1.25 * idealMs),
    figure(`cpu/${protocol}/workers-loop-p99`, cpu.workers, cpu.workers.loopMs, 20),
  ];
}

/** A figure counts only if the conversations were right. */
function figure(name: string, { isRight }: ToolTimes, value: number, most: number): Figure {
  return { name, value: isRight ? value : Number.NaN, goal: `<= ${most}`, digits: 1 };
}

async function main(): Promise<boolean> {
  const flags = readFlags(flagNames, help);
  const sizes: Sizes = {
    calls: numberFlag(flags, 'calls', 5),
    callMs: numberFlag(flags, 'call-ms', 300),
    conversations: numberFlag(flags, 'conversations', 8),
    cpuMs: numberFlag(flags, 'cpu-ms', 500),
    threads: numberFlag(flags, 'threads', defaultThreads()),
  };
  const bundles = await bundlePrograms(['tool-model', 'tool-thread']);
  const model = new Worker(bundles.fileOf('tool-model'));
  try {
    const [port] = (await once(model, 'message')) as [number];
    const figures: Figure[] = [];
    for (const protocol of listFlag(flags, 'protocol', protocols)) {
      figures.push(...(await measure({ protocol, port, bundles }, sizes)));
    }
    printFigures(figures);
    return figures.every(({ value }) => Number.isFinite(value));
  } finally {
    await model.terminate();
    await bundles.remove();
  }
}

await runBenchmark(main);
