// Profiles a run of the command line: which rooms of the source its time goes to.
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Protocol } from './contenders/trial.ts';
import { contenderOf } from './lab/contenders.ts';
import { writeSection } from './lab/document.ts';
import { listFlag, numberFlag, protocols, readFlags, runBenchmark } from './lab/options.ts';
import { type Lab, withLab } from './lab/processes.ts';
import { type CpuProfile, type ProfileSummary, type Share, summarize } from './lab/profile.ts';
import { decimals, markdownTable, printTable, type Table } from './lab/table.ts';
import { measureWhole, printWholeRemarks } from './lab/wholeTrials.ts';
import { defaultSettings, unlimited } from './simulator/settings.ts';
import { shortSystemPrompt } from './workload/workload.ts';

const help = `All flags are optional:
  --protocol ${protocols.join(',')}
  --conversations <N>  at once (1000)
  --functions <N>      the functions with the most time (15)
  --keep <FOLDER>      keeps the profiles there, for the developer tools of a browser
  --write              writes the tables to docs/benchmarks.md`;

/** Between two samples, in µs. */
const intervalUs = 200;

async function main(): Promise<boolean> {
  const flags = readFlags(['protocol', 'conversations', 'functions', 'keep'], help, ['write']);
  const conversations = numberFlag(flags, 'conversations', 1000);
  const count = numberFlag(flags, 'functions', 15);
  const tables: Table[] = [];
  await withLab(
    ['cli'],
    async (lab) => {
      for (const protocol of listFlag(flags, 'protocol', protocols)) {
        const folder = flags.keep ?? (await mkdtemp(path.join(lab.bundles.folder, 'profile-')));
        const summary = await profileRun(lab, { protocol, conversations, folder });
        const run = `${protocol}: ${conversations} conversations`;
        tables.push(tableOf(`profile, ${run}`, 'room', summary, withRest(summary)));
        const functions = summary.functions.slice(0, count);
        tables.push(tableOf(`functions, ${run}`, 'function', summary, functions));
      }
    },
    { minify: false },
  );
  for (const table of tables) printTable(table);
  if (flags.write !== undefined) {
    await writeSection('profile', 'bench:profile', tables.map(markdownTable).join('\n'));
  }
  return true;
}

interface ProfiledRun {
  readonly protocol: Protocol;
  readonly conversations: number;
  /** For the profiles. */
  readonly folder: string;
}

async function profileRun(lab: Lab, run: ProfiledRun): Promise<ProfileSummary> {
  const { protocol, conversations, folder } = run;
  console.error(`profile, ${protocol} …`);
  const before = new Set(await readdir(folder).catch(() => []));
  const profiled: Lab = {
    ...lab,
    runProgram: (program) =>
      lab.runProgram({
        ...program,
        nodeOptions: [
          '--cpu-prof',
          `--cpu-prof-dir=${folder}`,
          `--cpu-prof-interval=${intervalUs}`,
        ],
      }),
  };
  const settings = { ...defaultSettings, limit: unlimited };
  const result = await measureWhole(profiled, contenderOf('cli'), settings, {
    ...{ protocol, conversations, system: shortSystemPrompt, concurrency: 'unlimited' },
    ...{ idleTimeoutMs: 60_000, deadlineMs: 300_000 },
  });
  printWholeRemarks(new Map([['cli', [result]]]));
  const names = (await readdir(folder)).filter((name) => !before.has(name));
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  // The worker threads that wait for tools have profiles, too.
  const [main] = texts.sort((a, b) => b.length - a.length);
  if (main === undefined) throw new Error('the process wrote no profile');
  return summarize(JSON.parse(main) as CpuProfile, await readBundles(lab));
}

/** The files of the command line, by their names. */
async function readBundles({ bundles }: Lab): Promise<ReadonlyMap<string, string>> {
  const folder = path.dirname(bundles.fileOf('cli'));
  const files = (await readdir(folder)).filter((file) => file.endsWith('.js'));
  return new Map(
    await Promise.all(
      files.map(async (file) => [file, await readFile(path.join(folder, file), 'utf8')] as const),
    ),
  );
}

/** The rooms, with those of less than 0.5 % as one. */
function withRest({ rooms, busyMs }: ProfileSummary): readonly Share[] {
  const isSmall = ({ ownMs, nodeMs }: Share): boolean => ownMs + nodeMs < busyMs * 0.005;
  const rest = rooms.filter(isSmall);
  const sum = (read: (share: Share) => number): number =>
    rest.reduce((total, share) => total + read(share), 0);
  const small = {
    name: `the ${rest.length} others`,
    ownMs: sum(({ ownMs }) => ownMs),
    nodeMs: sum(({ nodeMs }) => nodeMs),
  };
  return [...rooms.filter((room) => !isSmall(room)), ...(rest.length === 0 ? [] : [small])];
}

function tableOf(
  title: string,
  head: string,
  { busyMs }: ProfileSummary,
  shares: readonly Share[],
): Table {
  const percentOf = (ms: number): string => decimals((100 * ms) / busyMs, 1);
  return {
    title: `${title}, ${decimals(busyMs, 0)} ms busy`,
    heads: [head, '%', 'own code %', 'Node called from it %', 'ms'],
    rows: shares.map(({ name, ownMs, nodeMs }) => [
      name,
      percentOf(ownMs + nodeMs),
      percentOf(ownMs),
      percentOf(nodeMs),
      decimals(ownMs + nodeMs, 0),
    ]),
  };
}

await runBenchmark(main);
