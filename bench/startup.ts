/**
 * Measures how fast the command line starts: its help, the first request of a run, ten conversations. Also the size
 * of what the extension loads at activation. `npm run bench:startup`
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../scripts/childProcess.ts';
import { ROOT } from '../scripts/root.ts';
import type { Protocol } from './contenders/trial.ts';
import { bundlePrograms } from './lab/bundle.ts';
import { type Figure, printFigures } from './lab/figures.ts';
import { numberFlag, protocols, readFlags, runBenchmark } from './lab/options.ts';
import { printTable } from './lab/table.ts';
import { CommandLine, onePrompt, type Start, tenPrompts } from './startup/commandLine.ts';
import { Model } from './startup/model.ts';

const help = `All flags are optional:
  --times <N>        starts of each kind (11); the medians count
  --against <FILE>   also measure another build's cli.js, in turns with this one`;

/** The workload of `bench`: three rounds of tool calls, then the answer. */
const rounds = 3;
const latencyMs = 200;
const idealMs = (rounds + 1) * latencyMs;
/** One kind of start. */
interface Kind {
  readonly name: string;
  /** The goal; without one it only informs. */
  readonly goalMs?: number;
  /** Resolves to its time in ms. */
  measure(cli: CommandLine): Promise<number>;
}

/** The same, but with an empty compile cache. */
function firstEver({ name, measure }: Kind): Kind {
  return {
    name: `${name}/first-ever`,
    measure: async (cli) => {
      await cli.clearCache();
      return measure(cli);
    },
  };
}

function kindsOf(model: Model): readonly Kind[] {
  const showHelp: Kind = {
    name: 'help',
    goalMs: 60,
    measure: async (cli) => (await cli.run(['--help'])).wallMs,
  };
  return [showHelp, firstEver(showHelp), ...protocols.flatMap((each) => runKinds(model, each))];
}

function runKinds(model: Model, protocol: Protocol): readonly Kind[] {
  const run = (cli: CommandLine, file: string): Promise<Start> =>
    cli.run([
      ...['run', file, '--provider', protocol, '--base-url', model.baseUrlFor(protocol)],
      ...['--model', 'demo-fast', '--log', 'none'],
    ]);
  const firstRequest: Kind = {
    name: `first-request/${protocol}`,
    goalMs: 130,
    measure: async (cli) => {
      model.takeFirst();
      const { startedMs } = await run(cli, onePrompt);
      return model.takeFirst() - startedMs;
    },
  };
  const ten: Kind = {
    name: `ten/${protocol}`,
    goalMs: Math.round(1.15 * idealMs),
    measure: async (cli) => (await run(cli, tenPrompts)).wallMs,
  };
  return [firstRequest, firstEver(firstRequest), ten];
}

/** The times of each kind for each build. In turns, so that what else the machine does hits all builds alike. */
async function measureAll(
  kinds: readonly Kind[],
  builds: readonly CommandLine[],
  times: number,
): Promise<readonly (readonly number[])[][]> {
  const all: number[][][] = [];
  for (const { measure } of kinds) {
    const rows = builds.map((): number[] => []);
    // Not counted: the first start fills the compile cache.
    for (const cli of builds) await measure(cli);
    for (let time = 0; time < times; time++) {
      for (const [index, cli] of builds.entries()) rows[index]?.push(await measure(cli));
    }
    all.push(rows);
  }
  return all;
}

function medianOf(times: readonly number[] = []): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** The median and the fastest, for the table. */
function shown(times: readonly number[] = []): string {
  return `${medianOf(times).toFixed(0)} (${Math.min(...times).toFixed(0)})`;
}

function figuresOf(
  kinds: readonly Kind[],
  all: readonly (readonly number[])[][],
): readonly Figure[] {
  return kinds.flatMap(({ name, goalMs }, index) =>
    goalMs === undefined
      ? []
      : [
          {
            name: `startup/${name}/medianMs`,
            value: medianOf(all[index]?.[0]),
            goal: `<= ${goalMs}` as const,
            digits: 0,
          },
        ],
  );
}

async function eagerBundle(): Promise<Figure> {
  const { size } = await stat(path.join(ROOT, 'dist', 'extension.js'));
  return { name: 'startup/extension-bundle/KB', value: size / 1000, goal: '<= 120', digits: 1 };
}

async function main(): Promise<boolean> {
  const flags = readFlags(['times', 'against'], help);
  const times = numberFlag(flags, 'times', 11);
  const esbuild = [path.join(ROOT, 'esbuild.js'), '--production'];
  await runCommand(process.execPath, esbuild, { cwd: ROOT, timeoutMs: 60_000, output: 'inherit' });
  const scripts = [path.join(ROOT, 'dist', 'cli.js')];
  if (flags.against !== undefined) scripts.push(path.resolve(flags.against));
  const bundles = await bundlePrograms(['startup-model']);
  const model = await Model.start(bundles.fileOf('startup-model'), { latencyMs, rounds });
  const builds: CommandLine[] = [];
  try {
    for (const script of scripts) builds.push(await CommandLine.create(script));
    const kinds = kindsOf(model);
    const all = await measureAll(kinds, builds, times);
    printTable({
      title: 'Starts of the command line: median (fastest), ms',
      heads: ['start', ...scripts.map((_, index) => (index === 0 ? 'this build' : 'the other'))],
      rows: kinds.map(({ name }, index) => [name, ...(all[index] ?? []).map(shown)]),
    });
    printFigures([...figuresOf(kinds, all), await eagerBundle()]);
    return true;
  } finally {
    await model.stop();
    await Promise.all([...builds, bundles].map((each) => each.remove()));
  }
}

await runBenchmark(main);
