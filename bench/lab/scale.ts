import type { Protocol } from '../contenders/trial.ts';
import { requestsPerConversation } from '../workload/workload.ts';
import type { Figure } from './figures.ts';
import { decimals, type Table } from './table.ts';
import type { WholeMedian } from './whole.ts';

/** One number of conversations, measured. */
export interface ScalePoint {
  readonly conversations: number;
  readonly median: WholeMedian;
}

/** A protocol at one concurrency, from few conversations to many. */
export interface ScaleSeries {
  readonly protocol: Protocol;
  readonly concurrency: 'unlimited' | number;
  readonly ttfbMs: number;
  /** Ascending. The first one is the base: it is little more than start-up. */
  readonly points: readonly ScalePoint[];
}

/** What a conversation costs, without what the base takes too. */
export interface ScaleCost {
  readonly conversations: number;
  /** Time beyond the waits for the server. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly memoryKb: number;
}

export const scaleMeasures = [
  { key: 'wallMs', name: 'wall', unit: 'ms a conversation beyond the ideal' },
  { key: 'cpuMs', name: 'CPU', unit: 'ms a conversation' },
  { key: 'memoryKb', name: 'memory', unit: 'KB a conversation' },
] as const;

/** The waits that no program can avoid: four requests, in waves of `concurrency`. */
export function idealMs({ concurrency, ttfbMs }: ScaleSeries, conversations: number): number {
  const waves =
    concurrency === 'unlimited'
      ? requestsPerConversation
      : Math.max(requestsPerConversation, (conversations * requestsPerConversation) / concurrency);
  return waves * ttfbMs;
}

/** The costs of all points but the base. */
export function scaleCosts(series: ScaleSeries): readonly ScaleCost[] {
  const [base, ...points] = series.points;
  if (base === undefined) return [];
  const beyondMs = ({ conversations, median }: ScalePoint): number =>
    median.wallMs - idealMs(series, conversations);
  const allCpuMs = ({ conversations, median }: ScalePoint): number =>
    median.cpuMsPerConversation * conversations;
  return points.map((point) => {
    const { conversations, median } = point;
    const more = conversations - base.conversations;
    return {
      conversations,
      wallMs: (beyondMs(point) - beyondMs(base)) / more,
      cpuMs: (allCpuMs(point) - allCpuMs(base)) / more,
      memoryKb: ((median.peakRssMb - base.median.peakRssMb) * 1024) / more,
    };
  });
}

/** Costs are compared from this number of conversations on. */
const from = 100;
/** How much more a conversation may cost than at that number. */
const tolerance = 1.25;

interface Growth {
  readonly name: string;
  /** The cost at the most conversations, divided by that at `from`. */
  readonly ratio: number;
}

function growths(costs: readonly ScaleCost[]): readonly Growth[] {
  const first = costs.find(({ conversations }) => conversations >= from);
  const last = costs.at(-1);
  if (first === undefined || last === undefined || first === last) return [];
  return scaleMeasures.map(({ key, name }) => ({ name, ratio: last[key] / first[key] }));
}

export function scaleTable(series: ScaleSeries): Table {
  const { protocol, concurrency, points } = series;
  const costs = scaleCosts(series);
  return {
    title: `scale, ${protocol}, concurrency ${concurrency}: whole process of the command line, journal on`,
    heads: [
      'conversations',
      'right',
      'wall s',
      'ideal s',
      ...scaleMeasures.map(({ name, unit }) => `${name}, ${unit}`),
      'RSS MB',
      'sockets',
      'simulator ms/conv',
      'remark',
    ],
    rows: points.map(({ conversations, median }) => {
      const cost = costs.find((one) => one.conversations === conversations);
      return [
        String(conversations),
        String(median.right),
        decimals(median.wallMs / 1000, 2),
        decimals(idealMs(series, conversations) / 1000, 2),
        ...scaleMeasures.map(({ key }) => (cost === undefined ? '' : decimals(cost[key], 2))),
        decimals(median.peakRssMb, 0),
        String(median.sockets),
        decimals(median.simulatorMsPerConversation, 2),
        remarkOf(costs, cost, { conversations, median }),
      ];
    }),
  };
}

/** From this number of conversations on, start-up no longer shows. */
const many = 1000;

/** Whether a cost is within 25 % from a thousand conversations on. */
function isLevel(costs: readonly ScaleCost[], key: (typeof scaleMeasures)[number]['key']): boolean {
  const values = costs.filter((one) => one.conversations >= many).map((one) => one[key]);
  return values.length > 1 && Math.max(...values) <= tolerance * Math.min(...values);
}

/** The reason when a row is not within 25 % of the row for 100 conversations. */
function remarkOf(
  costs: readonly ScaleCost[],
  cost: ScaleCost | undefined,
  { conversations, median }: ScalePoint,
): string {
  if (cost === undefined) return 'the base: start-up, subtracted below';
  const first = costs.find((one) => one.conversations >= from);
  if (first === undefined || cost.conversations <= first.conversations) return '';
  const change = (share: number): string =>
    `${share > 1 ? '+' : ''}${decimals(100 * share - 100, 0)} %`;
  const changes = scaleMeasures
    .map(({ key, name }) => ({ key, name, share: cost[key] / first[key] }))
    .filter(({ share }) => share > tolerance || share < 1 / tolerance);
  if (changes.length === 0) return 'flat';
  const simulatorShare = (median.simulatorMsPerConversation * conversations) / median.wallMs;
  const reasons = [
    ...(changes.some(({ share }) => share < 1) ? ['the first conversations run cold code'] : []),
    ...(changes.some(({ key, share }) => share > 1 && isLevel(costs, key))
      ? ['level from 1,000 on: start-up leaves room that the first conversations fill']
      : []),
    ...(simulatorShare > 0.7
      ? [`the simulator is busy for ${decimals(100 * simulatorShare, 0)} % of the time`]
      : []),
  ];
  const numbers = changes.map(({ name, share }) => `${name} ${change(share)}`).join(', ');
  return reasons.length === 0 ? numbers : `${numbers}: ${reasons.join('; ')}`;
}

export function scaleFigures(series: ScaleSeries): readonly Figure[] {
  const { protocol, concurrency, points } = series;
  const prefix = `scale/${protocol}/${concurrency}`;
  const missing = points.map(({ conversations, median }) => conversations - median.right);
  const last = points.at(-1);
  const socketsPerConversation =
    (last?.median.sockets ?? Number.NaN) / (last?.conversations ?? Number.NaN);
  return [
    {
      name: `${prefix}/not-right`,
      value: missing.reduce((sum, count) => sum + count, 0),
      goal: '= 0',
      digits: 0,
    },
    ...growths(scaleCosts(series)).map(
      ({ name, ratio }): Figure => ({
        name: `${prefix}/${name.toLowerCase()}-most-over-${from}`,
        value: ratio,
        goal: `<= ${tolerance}`,
        digits: 2,
      }),
    ),
    {
      name: `${prefix}/sockets-over-conversations`,
      value: socketsPerConversation,
      goal: '<= 1',
      digits: 2,
    },
  ];
}
