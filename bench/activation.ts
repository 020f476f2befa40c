// Measures in a real extension host how long the extension takes to activate, and from the first command to its first
// request. Every measurement starts a new VS Code; the median counts. `npm run bench:activation -- [times]`
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { runCommand } from '../scripts/childProcess.ts';
import { ROOT } from '../scripts/root.ts';
import { startHeadlessHost } from '../scripts/test/headlessHost.ts';
import { type ActivationTimes, variables } from './activation/contract.ts';
import { bundlePrograms } from './lab/bundle.ts';
import { type Figure, printFigures } from './lab/figures.ts';
import { Model } from './startup/model.ts';

const timeoutMs = 60_000;

async function main(times: number): Promise<void> {
  const esbuild = [path.join(ROOT, 'esbuild.js'), '--production'];
  await runCommand(process.execPath, esbuild, { cwd: ROOT, timeoutMs: 60_000, output: 'inherit' });
  const work = await mkdtemp(path.join(tmpdir(), 'interleave-activation-'));
  const bundles = await bundlePrograms(['startup-model']);
  const model = await Model.start(bundles.fileOf('startup-model'), { latencyMs: 0, rounds: 0 });
  try {
    const tests = path.join(work, 'measure.js');
    await bundleMeasurement(tests);
    const extension = await sleepingExtension(work);
    const measured: Measured[] = [];
    // The first one after an installation has no compiled code.
    const first = await measureOnce({ work, tests, extension }, model);
    console.log(`first start, without compiled code  ${JSON.stringify(first)}`);
    for (let count = 0; count < times; count += 1) {
      measured.push(await measureOnce({ work, tests, extension }, model));
    }
    report(measured);
  } finally {
    await model.stop();
    await bundles.remove();
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

interface Measured extends ActivationTimes {
  /** From the first command to the arrival of its request, in ms. */
  readonly requestMs: number;
}

interface Place {
  readonly work: string;
  readonly tests: string;
  readonly extension: string;
}

async function measureOnce({ work, tests, extension }: Place, model: Model): Promise<Measured> {
  const file = path.join(work, 'times.json');
  await rm(file, { force: true });
  const workspace = path.join(ROOT, 'examples');
  const env = {
    [variables.times]: file,
    [variables.server]: model.baseUrlFor('anthropic'),
    [variables.compiled]: path.join(work, 'compiled'),
  };
  model.takeFirst();
  const host = await startHeadlessHost({ extension, tests, workspace, env });
  try {
    const ended = await Promise.race([host.ended, delay(timeoutMs, 'Timed out.')]);
    if (!existsSync(file)) throw new Error(`${ended}\n${host.diagnosis()}`);
    const times = JSON.parse(await readFile(file, 'utf8')) as ActivationTimes;
    return { ...times, requestMs: model.takeFirst() - times.calledMs };
  } finally {
    await host.stop();
  }
}

function report(measured: readonly Measured[]): void {
  const medianOf = (label: string, of: (times: Measured) => number): number => {
    const sorted = measured.map(of).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const all = sorted.map((ms) => ms.toFixed(1)).join(' ');
    console.log(`${label.padEnd(35)} median ${median.toFixed(1)} ms   (${all})`);
    return median;
  };
  medianOf('load the bundle', ({ loadMs }) => loadMs);
  medianOf('activate()', ({ activateMs }) => activateMs);
  const activation = medianOf(
    'both, the time that VS Code reports',
    ({ loadMs, activateMs }) => loadMs + activateMs,
  );
  medianOf('extension.activate() waits', ({ wallMs }) => wallMs);
  medianOf('opening the views after it', ({ openMs }) => openMs);
  const request = medianOf('from the command to its request', ({ requestMs }) => requestMs);
  const figures: readonly Figure[] = [
    { name: 'activation/medianMs', value: activation, goal: '<= 12', digits: 1 },
    { name: 'first-command/request/medianMs', value: request, goal: '<= 120', digits: 0 },
  ];
  printFigures(figures);
}

const times = Number(process.argv[2] ?? 5);
if (Number.isInteger(times) && times > 0) {
  await main(times);
} else {
  console.error('Give the number of measurements: npm run bench:activation -- 5');
  process.exitCode = 2;
}
