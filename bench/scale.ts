// Measures how the cost of a conversation grows with their number: whole processes of the command
// line, from ten conversations to ten thousand.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../scripts/root.ts';
import { type Chart, svgOf } from './lab/chart.ts';
import { contenderOf } from './lab/contenders.ts';
import { writeSection } from './lab/document.ts';
import { figureTable, printFigures } from './lab/figures.ts';
import {
  type FlagValues,
  listFlag,
  numberFlag,
  numbersFlag,
  protocols,
  readFlags,
  runBenchmark,
} from './lab/options.ts';
import { type Lab, withLab } from './lab/processes.ts';
import {
  type ScalePoint,
  type ScaleSeries,
  scaleCosts,
  scaleFigures,
  scaleMeasures,
  scaleTable,
} from './lab/scale.ts';
import { markdownTable, printTable } from './lab/table.ts';
import { wholeMedian } from './lab/whole.ts';
import { measureWhole, printWholeRemarks, type WholeResult } from './lab/wholeTrials.ts';
import { defaultSettings, unlimited } from './simulator/settings.ts';
import { shortSystemPrompt } from './workload/workload.ts';

const defaultNumbers = [10, 100, 1000, 3000, 10_000];

const help = `All flags are optional; lists are comma-separated:
  --protocol ${protocols.join(',')}
  --conversations <LIST>  ascending (${defaultNumbers.join(',')}); the first number shows start-up
  --concurrency <LIST>    unlimited, or a number of requests at once (unlimited,128)
  --repeat <N>            rounds; shows medians (3)
  --deadline <S>          a run that has not ended by then counts as hung (600)
  --write                 writes tables and chart to docs/benchmarks.md`;

async function main(): Promise<boolean> {
  const names = ['protocol', 'conversations', 'concurrency', 'repeat', 'deadline'];
  const flags = readFlags(names, help, ['write']);
  const concurrencies = (flags.concurrency ?? 'unlimited,128').split(',').map(concurrencyOf);
  const all: ScaleSeries[] = [];
  await withLab(['cli'], async (lab) => {
    for (const protocol of listFlag(flags, 'protocol', protocols)) {
      for (const concurrency of concurrencies) {
        all.push(await measureSeries(lab, flags, { protocol, concurrency }));
      }
    }
  });
  const tables = all.map(scaleTable);
  const figures = all.flatMap(scaleFigures);
  for (const table of tables) printTable(table);
  printFigures(figures);
  if (flags.write !== undefined) {
    await writeFile(path.join(ROOT, 'docs/images/scale.svg'), drawing(all));
    const image = '![Cost of a conversation, by their number](images/scale.svg)';
    const body = [image, '', ...[...tables, figureTable(figures)].map(markdownTable)].join('\n');
    await writeSection('scale', 'bench:scale', body);
  }
  return true;
}

function concurrencyOf(text: string): ScaleSeries['concurrency'] {
  if (text === 'unlimited') return text;
  const [number] = numbersFlag({ concurrency: text }, 'concurrency') ?? [];
  return number ?? 'unlimited';
}

/** Measures all numbers in turns, so that other load on this machine affects them alike. */
async function measureSeries(
  lab: Lab,
  flags: FlagValues,
  { protocol, concurrency }: Pick<ScaleSeries, 'protocol' | 'concurrency'>,
): Promise<ScaleSeries> {
  const numbers = numbersFlag(flags, 'conversations') ?? defaultNumbers;
  const settings = { ...defaultSettings, limit: unlimited };
  const results = new Map<number, WholeResult[]>(numbers.map((number) => [number, []]));
  for (let round = 1; round <= numberFlag(flags, 'repeat', 3); round++) {
    for (const [conversations, measured] of results) {
      console.error(`scale, ${protocol}, ${concurrency}: ${conversations}, ${round} …`);
      const trial = {
        ...{ protocol, conversations, concurrency, system: shortSystemPrompt },
        ...{ idleTimeoutMs: 60_000, deadlineMs: numberFlag(flags, 'deadline', 600) * 1000 },
      };
      measured.push(await measureWhole(lab, contenderOf('cli'), settings, trial));
    }
  }
  printWholeRemarks(new Map([...results].map(([number, one]) => [String(number), one])));
  const points = [...results].map(
    ([conversations, measured]): ScalePoint => ({ conversations, median: wholeMedian(measured) }),
  );
  return { protocol, concurrency, ttfbMs: settings.ttfbMs, points };
}

function drawing(all: readonly ScaleSeries[]): string {
  const charts = scaleMeasures.map(
    ({ key, name, unit }): Chart => ({
      title: `${name}: ${unit}`,
      lines: all.map((series) => ({
        name: `${series.protocol}, concurrency ${series.concurrency}`,
        points: scaleCosts(series)
          .map((cost) => ({ x: cost.conversations, y: cost[key] }))
          .filter(({ y }) => Number.isFinite(y)),
      })),
    }),
  );
  return svgOf(charts, 'conversations');
}

await runBenchmark(main);
