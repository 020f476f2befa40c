/**
 * Measures a run in a real VS Code with the results panel, the trees and the log open: how long the extension
 * host's event loop is kept busy, the wall time beside the command line's, how fast all conversations are cancelled,
 * and the memory that is kept. `npm run bench:window`; `-- 1000 2000` chooses the numbers of conversations. `--turns`
 * tells what fills the long turns of the event loop instead; it slows the run down.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { runCommand } from '../scripts/childProcess.ts';
import { ROOT } from '../scripts/root.ts';
import { startHeadlessHost } from '../scripts/test/headlessHost.ts';
import { trialModels } from './contenders/trial.ts';
import { type Figure, printFigures } from './lab/figures.ts';
import { withLab } from './lab/processes.ts';
import { defaultSettings } from './simulator/settings.ts';
import { TASK_VARIABLE, type WindowTask, type WindowTimes } from './window/contract.ts';
import { describeTurns } from './window/describeTurns.ts';
import type { LongTurns } from './window/longTurns.ts';
import { promptOf } from './workload/workload.ts';

const timeoutMs = 240_000;
/** Responses come soon, so that many arrive at the same time. */
const settings = { ...defaultSettings, ttfbMs: 20, anyHeaders: true };

async function main(counts: readonly number[]): Promise<void> {
  const esbuild = [path.join(ROOT, 'esbuild.js'), ...(turns ? [] : ['--production'])];
  await runCommand(process.execPath, esbuild, { cwd: ROOT, timeoutMs: 60_000, output: 'inherit' });
  const work = await mkdtemp(path.join(tmpdir(), 'interleave-window-'));
  const figures: Figure[] = [];
  try {
    const tests = path.join(work, 'measure.js');
    await bundleMeasurement(tests);
    await withLab([], async ({ simulator }) => {
      for (const conversations of counts) {
        await simulator.reset(settings);
        const model = trialModels.anthropic;
        const file = path.join(work, `times-${conversations}.json`);
        const profileFile = path.join(work, `turns-${conversations}.json`);
        const profiled = turns ? { profileFile } : {};
        const task = {
          file,
          url: simulator.url,
          model,
          conversations,
          ...profiled,
        };
        const times = await measureWindow(work, tests, task);
        if (turns) {
          const read = await readFile(profileFile, 'utf8');
          console.log(await describeTurns(JSON.parse(read) as LongTurns, path.join(ROOT, 'dist')));
        }
        await simulator.reset(settings);
        const cliMs = await measureCommandLine(work, task);
        console.log(`\n${conversations} conversations in a window: ${JSON.stringify(times)}`);
        console.log(`the same on the command line: ${cliMs.toFixed(0)} ms`);
        figures.push(...figuresOf(task, times, cliMs));
      }
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  printFigures(figures);
}

async function bundleMeasurement(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(ROOT, 'bench/window/measure.ts')],
    outfile,
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node22', logLevel: 'error' },
    external: ['vscode'],
  });
}

async function measureWindow(work: string, tests: string, task: WindowTask): Promise<WindowTimes> {
  const env = { [TASK_VARIABLE]: JSON.stringify(task) };
  const host = await startHeadlessHost({ extension: ROOT, tests, workspace: work, env });
  try {
    const ended = await Promise.race([host.ended, delay(timeoutMs, 'Timed out.')]);
    if (!existsSync(task.file)) throw new Error(`${ended}\n${host.diagnosis()}`);
    return JSON.parse(await readFile(task.file, 'utf8')) as WindowTimes;
  } finally {
    await host.stop();
  }
}

async function measureCommandLine(work: string, task: WindowTask): Promise<number> {
  const { conversations, url, model } = task;
  const prompts = Array.from(
    { length: conversations },
    (_, index) => `## Conversation ${index}\n\n${promptOf(index)}\n`,
  );
  const header = '---\ntools: [sum_numbers, multiply_numbers]\n---\n\n';
  await writeFile(path.join(work, 'all.prompts.md'), header + prompts.join('\n'));
  const startMs = performance.now();
  const args = [path.join(ROOT, 'dist/cli.js'), 'run', 'all.prompts.md'];
  const options = ['--provider', 'anthropic', '--base-url', url, '--model', model];
  const limits = ['--concurrency', 'unlimited', '--limit', `conversations=${conversations}`];
  const { code, output } = await runCommand(
    process.execPath,
    [...args, ...options, ...limits, '--jsonl', 'all.jsonl'],
    { cwd: work, timeoutMs, env: { ...process.env, XDG_STATE_HOME: work } },
  );
  if (code !== 0) throw new Error(output.slice(-2_000));
  return performance.now() - startMs;
}

function figuresOf(
  { conversations }: WindowTask,
  times: WindowTimes,
  cliMs: number,
): readonly Figure[] {
  const figure = (name: string, value: number, limit: number, digits = 0): Figure => ({
    ...{ name: `window/${conversations}/${name}`, value, goal: `<= ${limit}`, digits },
  });
  return [
    figure('not-done', conversations - times.done, 0),
    figure('delay-p99-ms', times.delayP99Ms, 20),
    figure('delay-max-ms', times.delayMaxMs, 60),
    figure('wall-over-command-line', times.wallMs / cliMs, 1.2, 2),
    figure('cancel-ms', times.cancelMs, 500),
    figure('kept-mb', times.keptMb, 30),
  ];
}

const turns = process.argv.includes('--turns');
const counts = process.argv
  .slice(2)
  .filter((argument) => argument !== '--turns')
  .map(Number);
if (counts.every((count) => Number.isInteger(count) && count > 0)) {
  await main(counts.length === 0 ? [1_000, 2_000] : counts);
} else {
  console.error('Give numbers of conversations: npm run bench:window -- 1000 2000');
  process.exitCode = 2;
}
