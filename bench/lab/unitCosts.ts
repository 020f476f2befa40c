import type { Protocol } from '../contenders/trial.ts';
import { usualShape, type WorkShape } from '../workload/workload.ts';
import type { Figure } from './figures.ts';
import { median } from './median.ts';
import { decimals, type Table } from './table.ts';
import type { WholeResult } from './wholeTrials.ts';

/** One length of a workload, in the unit whose cost should not depend on the length. */
interface Length {
  readonly units: number;
  readonly shape: WorkShape;
}

/** A workload at three lengths, to see what one more unit costs on a short one and on a long one. */
export interface UnitCost {
  readonly name: 'answers' | 'streams' | 'histories';
  readonly title: string;
  readonly unit: string;
  readonly conversations: number;
  readonly ttfbMs: number;
  readonly eventGapMs: number;
  readonly lengths: readonly [Length, Length, Length];
}

/** Long answers, slow streams and long histories. */
export const unitCosts: readonly UnitCost[] = [
  {
    name: 'answers',
    title: 'long answers: one request each, 1 KB a text delta',
    unit: 'KB',
    ...{ conversations: 1000, ttfbMs: 200, eventGapMs: 0 },
    lengths: lengthsOf([2, 20, 200], (units) => ({
      ...{ ...usualShape, toolRounds: 0 },
      ...{ answerDeltas: units, deltaCharacters: 1000 },
    })),
  },
  {
    name: 'streams',
    title: 'slow streams: each event its own packet, 20 ms apart',
    unit: 'event',
    ...{ conversations: 1000, ttfbMs: 200, eventGapMs: 20 },
    lengths: lengthsOf([20, 60, 140], (units) => ({ ...usualShape, answerDeltas: units })),
  },
  {
    name: 'histories',
    title: 'long histories: turns of 20 KB',
    unit: 'turn',
    ...{ conversations: 10, ttfbMs: 20, eventGapMs: 0 },
    lengths: lengthsOf([2, 20, 100], (units) => ({
      ...usualShape,
      ...{ toolRounds: units, numbersPerCall: 1000 },
    })),
  },
];

function lengthsOf(
  [base, short, long]: readonly [number, number, number],
  shapeOf: (units: number) => WorkShape,
): readonly [Length, Length, Length] {
  const lengthOf = (units: number): Length => ({ units, shape: shapeOf(units) });
  return [lengthOf(base), lengthOf(short), lengthOf(long)];
}

/** All rounds of one contender at one length. */
export interface LengthResults {
  readonly units: number;
  readonly results: readonly WholeResult[];
}

/** What a contender's three lengths cost, in µs of CPU a unit. */
interface CostOfUnit {
  readonly right: number;
  readonly shortUs: number;
  readonly longUs: number;
  readonly longCpuMs: number;
  readonly longRssMb: number;
  readonly longWallMs: number;
}

function costOf(lengths: readonly LengthResults[]): CostOfUnit {
  const [base, short, long] = lengths.map(({ units, results }) => ({
    allUnits: units * (results[0]?.conversations ?? Number.NaN),
    cpuMs: median(results.map(({ cpuMs }) => cpuMs)),
    results,
  }));
  if (base === undefined || short === undefined || long === undefined) {
    throw new Error('three lengths are needed');
  }
  const between = (from: typeof base, to: typeof base): number =>
    ((to.cpuMs - from.cpuMs) * 1000) / (to.allUnits - from.allUnits);
  return {
    right: Math.min(...long.results.map(({ score }) => score.right)),
    shortUs: between(base, short),
    longUs: between(short, long),
    longCpuMs: long.cpuMs,
    longRssMb: median(long.results.map(({ peakRssBytes }) => peakRssBytes / 1024 / 1024)),
    longWallMs: median(long.results.map(({ wallMs }) => wallMs)),
  };
}

/** NaN when noise exceeded what the units cost. */
function ratioOf({ shortUs, longUs }: Pick<CostOfUnit, 'shortUs' | 'longUs'>): number {
  return shortUs > 0 && longUs > 0 ? longUs / shortUs : Number.NaN;
}

/** The same for what is paid beyond the floor, whose own costs may grow: requests get longer. */
function ratioBeyond(floor: CostOfUnit | undefined, cost: CostOfUnit): number {
  if (floor === undefined || floor === cost) return Number.NaN;
  return ratioOf({ shortUs: cost.shortUs - floor.shortUs, longUs: cost.longUs - floor.longUs });
}

export type UnitCostResults = ReadonlyMap<string, readonly LengthResults[]>;

export function unitCostTable(
  { title, unit, lengths }: UnitCost,
  { protocol, conversations }: { readonly protocol: Protocol; readonly conversations: number },
  measured: UnitCostResults,
): Table {
  const [base, short, long] = lengths.map(({ units }) => units);
  const costs = new Map([...measured].map(([name, results]) => [name, costOf(results)]));
  const raw = costs.get('raw');
  const column = `µs CPU/${unit}`;
  return {
    title: `${title}, ${protocol}: ${conversations} conversations of ${long} ${unit}s`,
    heads: [
      'contender',
      'right',
      `${column}, ${base} to ${short}`,
      `${column}, ${short} to ${long}`,
      'long/short',
      'the same beyond the floor',
      'CPU/raw',
      'RSS MB',
      'wall s',
    ],
    rows: [...costs].map(([name, cost]) => [
      name,
      String(cost.right),
      decimals(cost.shortUs, 1),
      decimals(cost.longUs, 1),
      decimals(ratioOf(cost), 2),
      decimals(ratioBeyond(costs.get('http-floor'), cost), 2),
      decimals(cost.longCpuMs / (raw?.longCpuMs ?? Number.NaN), 2),
      decimals(cost.longRssMb, 0),
      decimals(cost.longWallMs / 1000, 1),
    ]),
  };
}

/** One more unit costs the same on a long one, within 25 %. */
export function unitCostFigures(
  { name, unit }: UnitCost,
  protocol: Protocol,
  conversations: number,
  measured: UnitCostResults,
): readonly Figure[] {
  const results = measured.get('cli');
  if (results === undefined) return [];
  const cost = costOf(results);
  const prefix = `${name}/${protocol}`;
  return [
    { name: `${prefix}/not-right`, value: conversations - cost.right, goal: '= 0', digits: 0 },
    {
      name: `${prefix}/cost-per-${unit.toLowerCase()}-long-over-short`,
      value: ratioOf(cost),
      goal: '<= 1.25',
      digits: 2,
    },
  ];
}
