import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ROOT } from '../../../scripts/root.ts';

const waitMs = 30_000;
vi.setConfig({ testTimeout: 3 * waitMs });

interface Task {
  readonly label: string;
  readonly script?: string;
  readonly dependsOn?: string | readonly string[];
  readonly problemMatcher?: unknown;
}

interface Launch {
  readonly name: string;
  readonly preLaunchTask?: string;
  readonly args?: readonly string[];
  readonly program?: string;
  readonly runtimeExecutable?: string;
}

/** A problem matcher of `tasks.json`. */
interface Matcher {
  readonly pattern: readonly [
    { readonly regexp: string },
    { readonly regexp: string },
    { readonly regexp: string },
  ];
  readonly background: { readonly beginsPattern: string; readonly endsPattern: string };
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;
}

const { tasks } = readJson<{ readonly tasks: readonly Task[] }>('.vscode/tasks.json');
const { configurations } = readJson<{ readonly configurations: readonly Launch[] }>(
  '.vscode/launch.json',
);
const { scripts } = readJson<{ readonly scripts: Record<string, string> }>('package.json');

describe('The configurations for F5', () => {
  it('begin with tasks that exist, whose scripts exist', () => {
    const labels = tasks.map(({ label }) => label);
    const named = [
      ...configurations.map(({ preLaunchTask }) => preLaunchTask),
      ...tasks.flatMap(({ dependsOn }) => dependsOn),
    ].filter((label) => label !== undefined);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((label) => !labels.includes(label))).toEqual([]);
    const run = tasks.flatMap(({ script }) => script ?? []);
    expect(run.filter((script) => scripts[script] === undefined)).toEqual([]);
  });

  it('name only files of the project, of its build and of its packages', () => {
    const texts = configurations.flatMap(({ args = [], program, runtimeExecutable }) => [
      ...args,
      ...(program === undefined ? [] : [program]),
      ...(runtimeExecutable === undefined ? [] : [runtimeExecutable]),
    ]);
    const files = texts.flatMap((text) => /\$\{workspaceFolder\}\/(.+)$/.exec(text)?.[1] ?? []);
    expect(files.length).toBeGreaterThan(5);
    const made = ['dist/cli.js', 'out/integration/index.js', 'out/workspace'];
    const missing = files.filter(
      (file) => !made.includes(file) && !existsSync(path.join(ROOT, file)),
    );
    expect(missing).toEqual([]);
  });
});

/** What VS Code makes of a task's output: the problems of each finished build. */
class Problems {
  readonly #matcher: Matcher;
  readonly #recent: string[] = [];
  #current: string[] = [];
  #isBuilding = false;
  /** The problems of the builds, in order. */
  readonly builds: (readonly string[])[] = [];

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  read(line: string): void {
    const { pattern, background } = this.#matcher;
    if (new RegExp(background.beginsPattern).test(line)) {
      expect(this.#isBuilding, 'a build begins within another one').toBe(false);
      this.#isBuilding = true;
      this.#current = [];
    }
    if (new RegExp(background.endsPattern).test(line)) {
      this.#isBuilding = false;
      this.builds.push(this.#current);
    }
    this.#recent.push(line);
    const [kind, blank, place] = this.#recent.slice(-3);
    const [first, second, third] = pattern.map(({ regexp }) => new RegExp(regexp));
    const said = first?.exec(kind ?? '');
    const found = third?.exec(place ?? '');
    if (said && second?.test(blank ?? '\n') && found) {
      this.#current.push(`${said[1]} ${found[1]}:${found[2]} ${said[2]}`);
    }
  }
}

/** A watched project of two bundles that share a file. */
async function startWatch(): Promise<{
  readonly problems: Problems;
  readonly write: (file: string, text: string) => void;
  readonly folder: string;
  readonly bundle: (name: string) => string;
  readonly built: (count: number) => Promise<void>;
}> {
  const folder = mkdtempSync(path.join(tmpdir(), 'interleave-watched-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
  mkdirSync(path.join(folder, 'src'));
  write('src/shared.ts', "export const shared = 'shared-1';");
  write('src/one.ts', "import { shared } from './shared.ts'; console.log('one-1', shared);");
  write('src/two.ts', "import { shared } from './shared.ts'; console.log('two-1', shared);");
  const module = pathToFileURL(path.join(ROOT, 'scripts/watchBuild.mjs')).href;
  const builds = ['one', 'two'].map((name) => ({
    entryPoints: [`src/${name}.ts`],
    bundle: true,
    outdir: 'dist',
  }));
  write(
    'watch.mjs',
    `import { watchBuild } from '${module}'; await watchBuild(${JSON.stringify(builds)}, ['src']);`,
  );
  const child = spawn(process.execPath, ['watch.mjs'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const matcher = tasks.find(({ label }) => label === 'watch build')?.problemMatcher as Matcher;
  const problems = new Problems(matcher);
  createInterface({ input: child.stdout }).on('line', (line) => problems.read(line));
  const built = async (count: number): Promise<void> =>
    await vi.waitFor(() => expect(problems.builds.length).toBeGreaterThanOrEqual(count), waitMs);
  const bundle = (name: string): string =>
    readFileSync(path.join(folder, 'dist', `${name}.js`), 'utf8');
  await built(1);
  return { problems, write, folder, bundle, built };
}

describe('The watch', () => {
  it('builds everything before it says that it has finished, then only what a change touches', async () => {
    const { write, folder, bundle, built, problems } = await startWatch();
    expect([bundle('one'), bundle('two')].every((text) => text.includes('shared-1'))).toBe(true);
    rmSync(path.join(folder, 'dist/two.js'));
    write('src/one.ts', "console.log('one-2');");
    await vi.waitFor(() => expect(bundle('one')).toContain('one-2'), waitMs);
    await built(2);
    expect(() => bundle('two')).toThrow('ENOENT');
    write('src/shared.ts', "export const shared = 'shared-2';");
    await vi.waitFor(() => expect(bundle('two')).toContain('shared-2'), waitMs);
    expect(problems.builds.flat()).toEqual([]);
  });

  it('reports a problem to VS Code until it is mended, whatever else is changed meanwhile', async () => {
    const { write, problems, built, bundle } = await startWatch();
    write('src/two.ts', "import { gone } from './gone.ts';\nconsole.log(gone);");
    const problem = 'ERROR src/two.ts:1 Could not resolve "./gone.ts"';
    await vi.waitFor(() => expect(problems.builds.at(-1)).toEqual([problem]), waitMs);
    const before = problems.builds.length;
    write('src/one.ts', "console.log('one-2');");
    await built(before + 1);
    await vi.waitFor(() => expect(bundle('one')).toContain('one-2'), waitMs);
    expect(problems.builds.at(-1)).toEqual([problem]);
    write('src/gone.ts', "export const gone = 'found';");
    await vi.waitFor(() => expect(problems.builds.at(-1)).toEqual([]), waitMs);
    expect(bundle('two')).toContain('found');
  });

  it('notices a file that an editor replaces in one step, each time, and files of new folders', async () => {
    const { write, folder, bundle } = await startWatch();
    for (const name of ['one-2', 'one-3', 'one-4']) {
      write('src/one.ts.tmp', `console.log('${name}');`);
      renameSync(path.join(folder, 'src/one.ts.tmp'), path.join(folder, 'src/one.ts'));
      await vi.waitFor(() => expect(bundle('one')).toContain(name), waitMs);
    }
    mkdirSync(path.join(folder, 'src/deep'));
    write('src/deep/new.ts', "export const deep = 'deep-1';");
    write('src/two.ts', "import { deep } from './deep/new.ts'; console.log(deep);");
    await vi.waitFor(() => expect(bundle('two')).toContain('deep-1'), waitMs);
    write('src/deep/new.ts', "export const deep = 'deep-2';");
    await vi.waitFor(() => expect(bundle('two')).toContain('deep-2'), waitMs);
  });
});
