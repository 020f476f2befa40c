// Measures time and memory of many conversations at once, compared with the official SDKs, node:http
// and other programs.
import { contenderOf, peers } from './lab/contenders.ts';
import { writeSection } from './lab/document.ts';
import { type Figure, figureTable, printFigures } from './lab/figures.ts';
import {
  type FlagValues,
  listFlag,
  numberFlag,
  numbersFlag,
  protocols,
  readFlags,
  runBenchmark,
} from './lab/options.ts';
import { usablePeers } from './lab/peers.ts';
import { type Lab, withLab } from './lab/processes.ts';
import { markdownTable, printTable } from './lab/table.ts';
import { measureTrial } from './lab/trials.ts';
import { corePart } from './parts/corePart.ts';
import { countsPart } from './parts/countsPart.ts';
import { loadedPart } from './parts/loadedPart.ts';
import type { Part, PartOptions } from './parts/part.ts';
import { tlsPart } from './parts/tlsPart.ts';
import { unitCostParts } from './parts/unitCostParts.ts';
import { wholePart } from './parts/wholePart.ts';
import { defaultSettings } from './simulator/settings.ts';
import { shortSystemPrompt } from './workload/workload.ts';

const parts: readonly Part[] = [
  wholePart,
  ...unitCostParts,
  tlsPart,
  loadedPart,
  corePart,
  countsPart,
];

const help = `All flags are optional; lists are comma-separated:
  --part ${parts.map(({ name }) => name).join(',')}
${parts.map(({ name, describe }) => `      ${name.padEnd(11)} ${describe}`).join('\n')}
  --protocol ${protocols.join(',')}
  --contender <LIST>     cli, cli:no-journal, interleave, raw, http-floor, p-limit:<number>, and
                         ${peers.map(({ name }) => name).join(', ')}
                         (default: each part's own)
  --peers                installs the programs of others, and adds them to whole and throughput
  --conversations <LIST> at once (default: each part's own). The part whole measures each number, the
                         others the last one
  --repeat <N>           rounds, contenders in turns; shows medians (3)
  --event-gap <MS>       between two events of an answer, in whole and throughput (0: all at once)
  --seed <N>             chooses the numbers of the workload (1)
  --deadline <S>         conversations not ended by then count as hung (300)
  --write                writes each part's tables to docs/benchmarks.md`;

const flagNames = [
  'part',
  'protocol',
  'contender',
  'conversations',
  'repeat',
  'event-gap',
  'seed',
  'deadline',
];

async function main(): Promise<boolean> {
  const flags = readFlags(flagNames, help, ['peers', 'write']);
  const names = listFlag(
    flags,
    'part',
    parts.map(({ name }) => name),
  );
  const chosen = parts.filter(({ name }) => names.includes(name));
  const options = await readOptions(flags);
  const programs = chosen.flatMap((part) => part.programs(options));
  const figures: Figure[] = [];
  await withLab(['http-floor', ...programs], async (lab) => {
    await warmUp(lab, options);
    for (const part of chosen) figures.push(...(await measurePart(lab, part, options, flags)));
  });
  printFigures(figures);
  return true;
}

async function readOptions(flags: FlagValues): Promise<PartOptions> {
  const named = flags.contender?.split(',').map(contenderOf);
  const wanted = peers.filter((peer) => flags.peers !== undefined || named?.includes(peer));
  const usable = await usablePeers(wanted);
  const contenders = named?.filter((one) => !peers.includes(one) || usable.includes(one));
  const conversations = numbersFlag(flags, 'conversations');
  return {
    protocols: listFlag(flags, 'protocol', protocols),
    peers: usable,
    rounds: numberFlag(flags, 'repeat', 3),
    seed: numberFlag(flags, 'seed', 1),
    eventGapMs: numberFlag(flags, 'event-gap', 0),
    deadlineMs: numberFlag(flags, 'deadline', 300) * 1000,
    ...(contenders === undefined ? {} : { contenders }),
    ...(conversations === undefined ? {} : { conversations }),
  };
}

async function measurePart(
  lab: Lab,
  part: Part,
  options: PartOptions,
  flags: FlagValues,
): Promise<readonly Figure[]> {
  const { tables, figures } = await part.measure(lab, options);
  for (const table of tables) printTable(table);
  if (flags.write !== undefined) {
    const shown = figures.length === 0 ? tables : [...tables, figureTable(figures)];
    const body = shown.map(markdownTable).join('\n');
    await writeSection(part.name, 'bench', body);
  }
  return figures;
}

/** Lets the simulator compile its code, so that the first contender does not pay for it. */
async function warmUp(lab: Lab, { protocols: used }: PartOptions): Promise<void> {
  for (const protocol of used) {
    await measureTrial(lab, contenderOf('http-floor'), defaultSettings, {
      protocol,
      conversations: 500,
      system: shortSystemPrompt,
      concurrency: 'unlimited',
      idleTimeoutMs: 60_000,
      deadlineMs: 60_000,
    });
  }
}

await runBenchmark(main);
