/**
 * Measures how long `npm run watch` takes from the save of a changed file to the rebuilt bundles.
 * `npm run bench:watch`, with the number of saves per file as argument.
 */
import type { ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { spawnGroup, stopGroup } from '../scripts/childProcess.ts';
import { ROOT } from '../scripts/root.ts';
import { type Figure, printFigures } from './lab/figures.ts';

/** Of all measurements. */
const timeoutMs = 10 * 60_000;
const goalMs = 300;

/** A file to change, and the bundles in `dist` that have it. */
interface Part {
  readonly name: string;
  readonly file: string;
  readonly bundles: readonly string[];
}

const parts: readonly Part[] = [
  { name: 'extension', file: 'src/extension.ts', bundles: ['extension.js'] },
  {
    name: 'base',
    file: 'src/core/base/text.ts',
    bundles: ['extension.js', 'engine.js', 'cli-commands.js'],
  },
  { name: 'core', file: 'src/core/runner/run.ts', bundles: ['engine.js', 'cli-commands.js'] },
  { name: 'panel', file: 'media/results.ts', bundles: ['results.js'] },
  { name: 'styles', file: 'media/results.css', bundles: ['results.css'] },
];

async function main(saves: number): Promise<void> {
  const work = await mkdtemp(path.join(tmpdir(), 'interleave-watch-'));
  try {
    for (const name of ['src', 'media', 'scripts', 'esbuild.js', 'package.json', 'tsconfig.json']) {
      await cp(path.join(ROOT, name), path.join(work, name), { recursive: true });
    }
    await symlink(path.join(ROOT, 'node_modules'), path.join(work, 'node_modules'), 'junction');
    const watch = await Watch.start(work);
    try {
      const figures: Figure[] = [];
      for (const part of parts) figures.push(...figuresOf(part, await measure(watch, part, saves)));
      printFigures(figures);
    } finally {
      await watch.stop();
    }
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The watch in a copy of the project. */
class Watch {
  readonly work: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<readonly string[]>;

  private constructor(work: string, child: ChildProcess, stdout: Readable) {
    this.work = work;
    this.#child = child;
    const signal = AbortSignal.timeout(timeoutMs);
    this.#lines = on(createInterface({ input: stdout }), 'line', { close: ['close'], signal });
  }

  /** Resolves when everything has been built. */
  static async start(work: string): Promise<Watch> {
    const child = spawnGroup(process.execPath, ['esbuild.js', '--watch'], {
      cwd: work,
      output: 'pipe',
    });
    child.stderr?.pipe(process.stderr);
    if (child.stdout === null) throw new Error('The watch has no output.');
    const watch = new Watch(work, child, child.stdout);
    await watch.built();
    return watch;
  }

  /** Resolves when the next build has finished. */
  async built(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error('The watch ended.');
      const [line = ''] = value;
      if (line.startsWith('[watch] build finished')) return;
      if (!line.startsWith('[watch]')) console.error(line);
    }
  }

  async stop(): Promise<void> {
    await stopGroup(this.#child);
  }
}

/** The times from a save until all bundles have it, in ms. */
async function measure(watch: Watch, part: Part, saves: number): Promise<readonly number[]> {
  const file = path.join(watch.work, part.file);
  const original = await readFile(file, 'utf8');
  const times: number[] = [];
  for (let save = 0; save < saves; save++) {
    const mark = `watched-${part.name}-${save}`;
    const change = part.file.endsWith('.css')
      ? `.${mark} { color: red }`
      : `Object.assign(globalThis, { mark: '${mark}' });`;
    await writeFile(file, `${original}\n${change}\n`);
    const savedMs = performance.now();
    let builtMs = savedMs;
    do {
      await watch.built();
      builtMs = performance.now();
    } while (!(await allHave(watch.work, part, mark)));
    times.push(builtMs - savedMs);
  }
  return times;
}

async function allHave(work: string, { bundles }: Part, mark: string): Promise<boolean> {
  const texts = bundles.map((name) => readFile(path.join(work, 'dist', name), 'utf8'));
  return (await Promise.all(texts)).every((text) => text.includes(mark));
}

function figuresOf({ name }: Part, times: readonly number[]): readonly Figure[] {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const goal = `<= ${goalMs}` as const;
  console.log(`${name.padEnd(10)} ${sorted.map((ms) => ms.toFixed(0)).join(' ')} ms`);
  return [
    { name: `watch/${name}/medianMs`, value: median, goal, digits: 0 },
    { name: `watch/${name}/maxMs`, value: sorted.at(-1) ?? Number.NaN, goal, digits: 0 },
  ];
}

const saves = Number(process.argv[2] ?? 10);
if (Number.isInteger(saves) && saves > 0) {
  await main(saves);
} else {
  console.error('Give the number of saves per file: npm run bench:watch -- 10');
  process.exitCode = 2;
}
