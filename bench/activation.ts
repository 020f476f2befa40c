// Measures how long the extension takes to activate in a real extension host. Every measurement
// starts a new VS Code; the median counts. `node scripts/bootstrap.mjs bench/activation.ts [times]`
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { runCommand } from '../scripts/childProcess.ts';
import { ROOT } from '../scripts/root.ts';
import { startHeadlessHost } from '../scripts/test/headlessHost.ts';
import { type ActivationTimes, TIMES_VARIABLE } from './activation/contract.ts';

const timeoutMs = 60_000;

async function main(times: number): Promise<void> {
  const esbuild = [path.join(ROOT, 'esbuild.js'), '--production'];
  await runCommand(process.execPath, esbuild, { cwd: ROOT, timeoutMs: 60_000, output: 'inherit' });
  const work = await mkdtemp(path.join(tmpdir(), 'interleave-activation-'));
  try {
    const tests = path.join(work, 'measure.js');
    await bundleMeasurement(tests);
    const extension = await sleepingExtension(work);
    const measured: ActivationTimes[] = [];
    for (let count = 0; count < times; count += 1) {
      measured.push(await measureOnce(work, tests, extension));
    }
    report(measured);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function bundleMeasurement(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(ROOT, 'bench/activation/measure.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'error',
  });
}

/** A copy of the extension that VS Code does not start by itself: the measurement starts it. */
async function sleepingExtension(work: string): Promise<string> {
  const folder = path.join(work, 'extension');
  await mkdir(folder);
  for (const name of ['dist', 'media']) {
    await symlink(path.join(ROOT, name), path.join(folder, name), 'dir');
  }
  const manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as object;
  const asleep = JSON.stringify({ ...manifest, activationEvents: [] });
  await writeFile(path.join(folder, 'package.json'), asleep);
  return folder;
}

async function measureOnce(
  work: string,
  tests: string,
  extension: string,
): Promise<ActivationTimes> {
  const file = path.join(work, 'times.json');
  await rm(file, { force: true });
  const workspace = path.join(ROOT, 'examples');
  const env = { [TIMES_VARIABLE]: file };
  const host = await startHeadlessHost({ extension, tests, workspace, env });
  try {
    const ended = await Promise.race([host.ended, delay(timeoutMs, 'Timed out.')]);
    if (!existsSync(file)) throw new Error(`${ended}\n${host.diagnosis()}`);
    return JSON.parse(await readFile(file, 'utf8')) as ActivationTimes;
  } finally {
    await host.stop();
  }
}

function report(measured: readonly ActivationTimes[]): void {
  const line = (label: string, of: (times: ActivationTimes) => number): void => {
    const sorted = measured.map(of).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const all = sorted.map((ms) => ms.toFixed(1)).join(' ');
    console.log(`${label.padEnd(30)} median ${median.toFixed(1)} ms   (${all})`);
  };
  line('load the bundle', ({ loadMs }) => loadMs);
  line('activate()', ({ activateMs }) => activateMs);
  line('both, the time that VS Code reports', ({ loadMs, activateMs }) => loadMs + activateMs);
  line('extension.activate() waits', ({ wallMs }) => wallMs);
}

const times = Number(process.argv[2] ?? 5);
if (Number.isInteger(times) && times > 0) {
  await main(times);
} else {
  console.error('Give the number of measurements: npm run bench:activation -- 5');
  process.exitCode = 2;
}
