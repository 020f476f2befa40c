import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import type { InterleaveApi, StartedRun } from '../../src/host/api.ts';
import { promptOf } from '../workload/workload.ts';
import { TASK_VARIABLE, type WindowTask, type WindowTimes } from './contract.ts';
import { TurnWatch } from './longTurns.ts';

/** From the closing of the panels until the runs are out of memory, in ms, and some more. */
const releaseMs = 25_000;
/** The histogram measures from timer to timer; this is the time between two of them. */
const resolutionMs = 1;

/** Runs in a new extension host: runs conversations with everything open and writes the times to a file. */
export async function run(): Promise<void> {
  const task = JSON.parse(process.env[TASK_VARIABLE] ?? '') as WindowTask;
  const extension = vscode.extensions.getExtension<InterleaveApi>('interleave.interleave');
  if (extension === undefined) throw new Error('The extension is not installed.');
  const api = await extension.activate();
  const settings = vscode.workspace.getConfiguration('interleave');
  await settings.update('anthropic.baseUrl', task.url, vscode.ConfigurationTarget.Global);
  await vscode.commands.executeCommand('workbench.view.extension.interleave');
  await vscode.commands.executeCommand('interleave.showLog');

  // Code runs first, and memory is what it is, after a small run.
  await runAll(await start(api, task, 20));
  await closeAll();
  const before = heapMb();
  const measured = await measureRun(api, task);
  const cancelMs = await measureCancel(api, task);
  await closeAll();
  await delay(releaseMs);
  const times: WindowTimes = { ...measured, cancelMs, keptMb: heapMb() - before };
  writeFileSync(task.file, JSON.stringify(times));
}

async function start(
  api: InterleaveApi,
  { model }: WindowTask,
  conversations: number,
): Promise<StartedRun> {
  const started = await api.start({
    prompts: Array.from({ length: conversations }, (_, index) => ({ text: promptOf(index) })),
    options: {
      ...{ provider: 'anthropic', model, concurrency: 'unlimited' },
      tools: ['sum_numbers', 'multiply_numbers'],
      limits: { conversations: Math.max(1000, conversations) },
    },
  });
  if (started === undefined) throw new Error('The run did not start.');
  return started;
}

/** The number of conversations that are done, once all have ended. */
async function runAll({ id, result }: StartedRun): Promise<number> {
  await vscode.commands.executeCommand('interleave.openResults', { runId: id });
  const { conversations } = await result;
  return conversations.filter(({ status }) => status === 'done').length;
}

async function measureRun(
  api: InterleaveApi,
  task: WindowTask,
): Promise<Omit<WindowTimes, 'cancelMs' | 'keptMb'>> {
  const watch = task.profileFile === undefined ? undefined : new TurnWatch();
  await watch?.start();
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  const startMs = performance.now();
  const done = await runAll(await start(api, task, task.conversations));
  const wallMs = performance.now() - startMs;
  delays.disable();
  if (watch !== undefined)
    writeFileSync(task.profileFile ?? '', JSON.stringify(await watch.stop()));
  const late = (ns: number): number => Math.max(0, ns / 1e6 - resolutionMs);
  return {
    ...{ wallMs, done },
    delayP50Ms: late(delays.percentile(50)),
    delayP99Ms: late(delays.percentile(99)),
    delayMaxMs: late(delays.max),
  };
}

async function measureCancel(api: InterleaveApi, task: WindowTask): Promise<number> {
  const started = await start(api, task, task.conversations);
  await delay(300);
  const startMs = performance.now();
  started.cancel();
  await started.result;
  return performance.now() - startMs;
}

async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await delay(2_000);
}

function heapMb(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}
