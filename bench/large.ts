/**
 * Measures long answers: memory, disk space, and the time to list runs beside an interrupted one.
 * `npm run bench:large`: 1,000 answers of 200 KB through the command line.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ROOT } from '../scripts/root.ts';
import { type Bundles, bundlePrograms } from './lab/bundle.ts';
import { runWholeProcess } from './lab/wholeProcess.ts';

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '1000' },
    kb: { type: 'string', default: '200' },
    pieces: { type: 'string', default: '50' },
  },
});
const conversations = Number(values.conversations);
const textBytes = conversations * Number(values.kb) * 1000;
const megabyte = 1_000_000;

interface Ended {
  readonly wallMs: number;
  readonly peakBytes: number;
  readonly code: number | null;
}

interface Place {
  readonly bundles: Bundles;
  readonly folder: string;
  readonly port: number;
}

/** A run takes minutes at most. */
const deadlineMs = 30 * 60_000;

function environmentOf({ folder }: Pick<Place, 'folder'>): { readonly [name: string]: string } {
  return {
    HOME: folder,
    XDG_STATE_HOME: path.join(folder, 'state'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
  };
}

async function measured(place: Place, args: readonly string[]): Promise<Ended> {
  const { bundles, folder } = place;
  const { wallMs, usage, code } = await runWholeProcess(bundles.fileOf('usage-reporter'), {
    ...{ file: bundles.fileOf('cli'), args, folder, deadlineMs },
    environment: environmentOf(place),
  });
  return { wallMs, peakBytes: usage?.peakRssBytes ?? Number.NaN, code };
}

function runArguments({ port }: Place, ...more: readonly string[]): readonly string[] {
  const server = ['--provider', 'anthropic', '--base-url', `http://127.0.0.1:${port}`];
  return ['run', 'many.prompts.md', ...server, '--model', 'x', '--log', 'none', ...more];
}

async function withServer<T>(
  at: Pick<Place, 'bundles' | 'folder'>,
  args: readonly string[],
  act: (place: Place) => Promise<T>,
): Promise<T> {
  const server = spawn(
    process.execPath,
    [
      path.join(ROOT, 'bench/large/server.ts'),
      '--kb',
      values.kb,
      '--pieces',
      values.pieces,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const [port] = await once(createInterface({ input: server.stdout }), 'line');
    return await act({ ...at, port: Number(port) });
  } finally {
    server.kill();
  }
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (entry) => (await stat(path.join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function print(label: string, value: string, goal = ''): void {
  console.log(`${label.padEnd(52)} ${value.padStart(12)}${goal === '' ? '' : `   goal ${goal}`}`);
}

async function median(times: number, act: () => Promise<Ended>): Promise<Ended> {
  const all: Ended[] = [];
  for (let time = 0; time < times; time++) all.push(await act());
  const sorted = all.sort((a, b) => a.wallMs - b.wallMs);
  return sorted[Math.floor(times / 2)] as Ended;
}

async function main(): Promise<void> {
  const bundles = await bundlePrograms(['cli', 'usage-reporter']);
  const folder = await mkdtemp(path.join(tmpdir(), 'interleave-large-'));
  const at = { bundles, folder };
  const state = path.join(folder, 'state');
  const prompts = Array.from({ length: conversations }, (_, at) => `## P${at}\n\nSay ${at}.\n`);
  await writeFile(path.join(folder, 'many.prompts.md'), prompts.join('\n'));
  const list = (place: Place): Promise<Ended> => median(3, () => measured(place, ['runs']));
  try {
    await withServer(at, [], async (place) => {
      const empty = await list(place);
      print('list of no runs', `${Math.round(empty.wallMs)} ms`);
      const run = await measured(place, runArguments(place, '--json', 'result.json'));
      print(`${conversations} answers of ${values.kb} KB: exit code`, `${run.code}`, '0');
      print('  wall time', `${(run.wallMs / 1000).toFixed(1)} s`);
      print('  largest memory', `${Math.round(run.peakBytes / megabyte)} MB`, '≤ 800 MB');
      const kept = await folderBytes(state);
      print('  kept on disk', `${Math.round(kept / megabyte)} MB`);
      print('  kept on disk / text', (kept / textBytes).toFixed(2), '≤ 1.2');
      const finished = await list(place);
      print(
        '  list of runs, more than of none',
        `${Math.round(finished.wallMs - empty.wallMs)} ms`,
      );
      print('  memory of it', `${Math.round(finished.peakBytes / megabyte)} MB`);
    });
    await rm(state, { recursive: true, force: true });
    await withServer(at, ['--stallAfter', `${conversations - 1}`], async (place) => {
      const empty = await list(place);
      await interruptedRun(place, state);
      const listed = await list(place);
      const more = Math.round(listed.wallMs - empty.wallMs);
      print('list beside an interrupted run, more than of none', `${more} ms`, '≤ 100 ms');
      print('  memory of it', `${Math.round(listed.peakBytes / megabyte)} MB`);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await bundles.remove();
  }
}

/** Kills the process when it writes nothing more: all but one conversation have ended. */
async function interruptedRun(place: Place, state: string): Promise<void> {
  const child = spawn(process.execPath, [place.bundles.fileOf('cli'), ...runArguments(place)], {
    cwd: place.folder,
    env: { PATH: process.env.PATH ?? '', ...environmentOf(place) },
    stdio: 'ignore',
  });
  const ended = once(child, 'close');
  for (let last = -1, same = 0; same < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const now = await folderBytes(state).catch(() => 0);
    same = now === last && now > textBytes * 0.9 ? same + 1 : 0;
    last = now;
  }
  child.kill('SIGKILL');
  await ended;
}

await main();
