import { burstFor, defaultSettings } from '../simulator/settings.ts';
import { requestsPerConversation, shortSystemPrompt } from '../workload/workload.ts';
import type { Figure } from './figures.ts';
import { figureName, type Scenario, type ScenarioOptions } from './scenario.ts';
import { finishedWallMs, needlessToolRuns, type TrialResult } from './score.ts';
import { decimals } from './table.ts';

/** More conversations than the account's rate limit lets through at once. */
export const rateLimited: Scenario = {
  name: 'rate-limited',
  defaultConversations: 150,
  defaultRounds: 1,
  describe: (options) => {
    const needed = neededRequests(options);
    const burst = burstFor(options.requestsPerMinute);
    return (
      `${options.conversations} conversations of ${requestsPerConversation} requests, ${options.requestsPerMinute} requests per minute, ` +
      `bucket of ${burst} with continuous refill.\n` +
      `optimum = (${needed} requests - ${burst} in the full bucket) / ${decimals(options.requestsPerMinute / 60, 1)} per second ` +
      `+ ${defaultSettings.ttfbMs} ms for the last answer = ${decimals(optimumMs(options) / 1000, 2)} s`
    );
  },
  settings: ({ seed, requestsPerMinute, rateHeaders }) => ({
    ...defaultSettings,
    seed,
    limit: { requestsPerMinute, burst: burstFor(requestsPerMinute), headers: rateHeaders },
  }),
  trial: ({ idleTimeoutMs }) => ({ system: shortSystemPrompt, concurrency: 'auto', idleTimeoutMs }),
  heads: [
    'contender',
    'finished',
    'failed',
    'hung',
    'wall s',
    'wall/optimum',
    '429s',
    '429s/needed',
    'invalid',
    'needless tool runs',
  ],
  row: (result, options) => {
    const { score, report, statistics } = result;
    return [
      result.contender,
      `${score.right}/${options.conversations}`,
      String(score.failed + score.wrong),
      String(score.hung),
      decimals(report.wallMs / 1000, 2),
      decimals(overOptimum(result, options), 3),
      String(statistics.rateLimited),
      decimals(statistics.rateLimited / neededRequests(options), 3),
      String(statistics.invalid),
      String(needlessToolRuns(result)),
    ];
  },
  figures: (result, options): readonly Figure[] => {
    const { score, statistics, protocol } = result;
    const name = (figure: string) => figureName(rateLimited, protocol, figure);
    return [
      {
        name: name('not-finished'),
        value: options.conversations - score.right,
        goal: '= 0',
        digits: 0,
      },
      {
        name: name('wall-over-optimum'),
        value: overOptimum(result, options),
        goal: '<= 1.05',
        digits: 3,
      },
      {
        name: name('429s-per-needed-request'),
        value: statistics.rateLimited / neededRequests(options),
        goal: '<= 0.03',
        digits: 3,
      },
      { name: name('invalid-requests'), value: statistics.invalid, goal: '= 0', digits: 0 },
    ];
  },
};

function neededRequests({ conversations }: ScenarioOptions): number {
  return conversations * requestsPerConversation;
}

/**
 * The lower bound for any client: requests beyond the full bucket come at the refill rate, the last
 * of them still needs an answer, and the requests of a conversation follow each other.
 */
function optimumMs(options: ScenarioOptions): number {
  const { requestsPerMinute } = options;
  const beyond = Math.max(0, neededRequests(options) - burstFor(requestsPerMinute));
  const { ttfbMs } = defaultSettings;
  return Math.max((beyond / requestsPerMinute) * 60_000 + ttfbMs, requestsPerConversation * ttfbMs);
}

function overOptimum(result: TrialResult, options: ScenarioOptions): number {
  return finishedWallMs(result) / optimumMs(options);
}
