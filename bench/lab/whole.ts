import type { Protocol } from '../contenders/trial.ts';
import type { Figure } from './figures.ts';
import { median } from './median.ts';
import { decimals, type Table } from './table.ts';
import type { WholeResult } from './wholeTrials.ts';

/** What one contender's whole processes took: the median of each number. */
export interface WholeMedian {
  readonly wallMs: number;
  readonly cpuMsPerConversation: number;
  readonly peakRssMb: number;
  readonly sockets: number;
  /** The fewest right answers of a round. */
  readonly right: number;
  /** CPU time of the simulator. It must stay well below the contender's. */
  readonly simulatorMsPerConversation: number;
}

export type WholeMedians = ReadonlyMap<string, WholeMedian>;

export function wholeMedian(results: readonly WholeResult[]): WholeMedian {
  const middle = (read: (result: WholeResult) => number): number => median(results.map(read));
  return {
    wallMs: middle(finishedWholeMs),
    cpuMsPerConversation: middle(({ cpuMs, conversations }) => cpuMs / conversations),
    peakRssMb: middle(({ peakRssBytes }) => peakRssBytes / 1024 / 1024),
    sockets: middle(({ statistics }) => statistics.sockets),
    right: Math.min(...results.map(({ score }) => score.right)),
    simulatorMsPerConversation: middle(
      ({ statistics, conversations }) => statistics.cpuMs / conversations,
    ),
  };
}

/** The wall time, or NaN for an unfinished trial, whose time cannot be compared. */
function finishedWholeMs({ wallMs, score, conversations }: WholeResult): number {
  return score.right === conversations ? wallMs : Number.NaN;
}

export interface WholeRun {
  readonly protocol: Protocol;
  readonly conversations: number;
  readonly idealMs: number;
  readonly rounds: number;
}

/** All contenders side by side, and each compared with the SDK loop (`raw`) when that ran. */
export function wholeTable(run: WholeRun, medians: WholeMedians): Table {
  const raw = medians.get('raw');
  const { protocol, conversations, idealMs, rounds } = run;
  return {
    title: `whole process, ${protocol}: ${conversations} conversations at once, ideal ${idealMs} ms, medians of ${rounds}`,
    heads: [
      'contender',
      'right',
      'wall s',
      'wall/ideal',
      'wall/raw',
      'CPU ms/conv',
      'CPU/raw',
      'RSS MB',
      'RSS/raw',
      'sockets',
      'simulator ms/conv',
    ],
    rows: [...medians].map(([name, own]) => [
      name,
      String(own.right),
      decimals(own.wallMs / 1000, 2),
      decimals(own.wallMs / idealMs, 2),
      decimals(own.wallMs / (raw?.wallMs ?? Number.NaN), 2),
      decimals(own.cpuMsPerConversation, 2),
      decimals(own.cpuMsPerConversation / (raw?.cpuMsPerConversation ?? Number.NaN), 2),
      decimals(own.peakRssMb, 0),
      decimals(own.peakRssMb / (raw?.peakRssMb ?? Number.NaN), 2),
      String(own.sockets),
      decimals(own.simulatorMsPerConversation, 2),
    ]),
  };
}

/** Goals differ by protocol, because the compared SDKs differ. */
const goals = {
  anthropic: { cpuOverRaw: 0.38, wallOverRaw: 0.55, cpuWithoutJournal: 0.32 },
  openai: { cpuOverRaw: 0.24, wallOverRaw: 0.35, cpuWithoutJournal: 0.2 },
} as const;

/** From here on, start-up is a small part of all that a process does. */
const manyConversations = 500;
/** Up to here, a run is little more than its start-up and its waits. */
const fewConversations = 50;

/** The command line's goals. Omits a ratio when its other side did not run. */
export function wholeFigures(
  { protocol, conversations, idealMs }: WholeRun,
  medians: WholeMedians,
): readonly Figure[] {
  const cli = medians.get('cli');
  const raw = medians.get('raw');
  const withoutJournal = medians.get('cli:no-journal');
  const goal = goals[protocol];
  const figure = (name: string, value: number, limit: number, digits = 2): Figure => ({
    name: `whole-${conversations}/${protocol}/${name}`,
    value,
    goal: `<= ${limit}`,
    digits,
  });
  const figures: Figure[] = [];
  const isLarge = conversations >= manyConversations;
  if (cli !== undefined) {
    figures.push(figure('not-right', conversations - cli.right, 0, 0));
    if (conversations <= fewConversations) {
      figures.push(figure('wall-over-ideal', cli.wallMs / idealMs, 1.15));
    } else if (isLarge && conversations <= 1000) {
      figures.push(figure('wall-over-ideal', cli.wallMs / idealMs, 2.2));
    }
  }
  if (cli !== undefined && raw !== undefined && isLarge) {
    figures.push(
      figure('cpu-over-raw', cli.cpuMsPerConversation / raw.cpuMsPerConversation, goal.cpuOverRaw),
      figure('wall-over-raw', cli.wallMs / raw.wallMs, goal.wallOverRaw),
      figure('rss-over-raw', cli.peakRssMb / raw.peakRssMb, 0.55),
    );
  }
  if (withoutJournal !== undefined && raw !== undefined && isLarge) {
    const value = withoutJournal.cpuMsPerConversation / raw.cpuMsPerConversation;
    figures.push(figure('no-journal-cpu-over-raw', value, goal.cpuWithoutJournal));
  }
  return figures;
}
