import type { Protocol } from '../contenders/trial.ts';
import { requestsPerConversation } from '../workload/workload.ts';
import type { Figure } from './figures.ts';
import { median } from './median.ts';
import { finishedWallMs, type TrialResult } from './score.ts';
import { decimals } from './table.ts';

/** The results of one trial without limits. */
export interface Throughput {
  readonly wallOverIdeal: number;
  readonly cpuMsPerConversation: number;
  readonly kbPerConversation: number;
  readonly sockets: number;
  readonly right: number;
  /** CPU time of the simulator in ms. It must stay well below the contender's. */
  readonly simulatorCpuMs: number;
}

export interface Pace {
  readonly ttfbMs: number;
  readonly eventGapMs: number;
}

export function throughputOf(result: TrialResult, pace: Pace): Throughput {
  const { report, statistics, score } = result;
  const conversations = report.outcomes.length;
  // The first event of each response comes with the head, the others with a gap between them.
  const eventsAfterFirst = statistics.events / conversations - requestsPerConversation;
  const idealMs = requestsPerConversation * pace.ttfbMs + eventsAfterFirst * pace.eventGapMs;
  return {
    wallOverIdeal: finishedWallMs(result) / idealMs,
    cpuMsPerConversation: report.cpuMs / conversations,
    kbPerConversation: (report.peakRssBytes - report.baseRssBytes) / 1024 / conversations,
    sockets: statistics.sockets,
    right: score.right,
    simulatorCpuMs: statistics.cpuMs / conversations,
  };
}

/** The median of each number. */
export function medianOf(trials: readonly Throughput[]): Throughput {
  const middle = (key: keyof Throughput): number => median(trials.map((trial) => trial[key]));
  return {
    wallOverIdeal: middle('wallOverIdeal'),
    cpuMsPerConversation: middle('cpuMsPerConversation'),
    kbPerConversation: middle('kbPerConversation'),
    sockets: middle('sockets'),
    right: middle('right'),
    simulatorCpuMs: middle('simulatorCpuMs'),
  };
}

export const throughputHeads = [
  'contender',
  'right',
  'wall/ideal',
  'CPU ms/conv',
  'KB/conv',
  'sockets',
  'simulator ms/conv',
] as const;

export function throughputRow(name: string, middle: Throughput): readonly string[] {
  return [
    name,
    String(middle.right),
    decimals(middle.wallOverIdeal, 2),
    decimals(middle.cpuMsPerConversation, 2),
    decimals(middle.kbPerConversation, 0),
    String(middle.sockets),
    decimals(middle.simulatorCpuMs, 2),
  ];
}

/** Goals differ by protocol, because the compared SDKs differ. */
const goals = {
  anthropic: { cpuOverRaw: 0.3, kb: 130 },
  openai: { cpuOverRaw: 0.18, kb: 190 },
} as const;

/**
 * Interleave's goals compared with the other two. Omits a ratio when its other side did not run.
 */
export function throughputFigures(
  protocol: Protocol,
  conversations: number,
  medians: ReadonlyMap<string, Throughput>,
): readonly Figure[] {
  const own = medians.get('interleave');
  const raw = medians.get('raw');
  const floor = medians.get('http-floor');
  if (own === undefined) return [];
  const goal = goals[protocol];
  const figure = (name: string, value: number, limit: number, digits = 2): Figure => ({
    name: `throughput/${protocol}/${name}`,
    value,
    goal: `<= ${limit}`,
    digits,
  });
  const figures = [
    figure('not-right', conversations - own.right, 0, 0),
    figure('wall-over-ideal', own.wallOverIdeal, 1.8),
    figure('kb-per-conversation', own.kbPerConversation, goal.kb, 0),
    figure('sockets-over-conversations', own.sockets / conversations, 1),
  ];
  if (floor !== undefined) {
    figures.push(figure('wall-over-http-floor', own.wallOverIdeal / floor.wallOverIdeal, 1.2));
  }
  if (raw !== undefined) {
    const cpu = own.cpuMsPerConversation / raw.cpuMsPerConversation;
    figures.push(figure('cpu-over-raw', cpu, goal.cpuOverRaw));
    const memory = own.kbPerConversation / raw.kbPerConversation;
    figures.push(figure('memory-over-raw', memory, 0.45));
  }
  return figures;
}
