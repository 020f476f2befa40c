import { defaultSettings } from '../simulator/settings.ts';
import { promptShared, requestsPerConversation } from '../workload/workload.ts';
import type { Figure } from './figures.ts';
import { figureName, type Scenario } from './scenario.ts';
import { finishedWallMs, type TrialResult } from './score.ts';
import { decimals, percent } from './table.ts';

const sharedTokens = 5000;

/** Conversations that share a prompt long enough for the provider's cache. */
export const cache: Scenario = {
  name: 'cache',
  defaultConversations: 50,
  // The scenario takes only a second, so other load on the machine shows.
  defaultRounds: 5,
  describe: ({ conversations }) =>
    `${conversations} conversations of ${requestsPerConversation} turns share a prompt of ${sharedTokens} tokens; an entry can be read ` +
    `once the response that writes it has begun.\nideal wall = ${requestsPerConversation} x ${defaultSettings.ttfbMs} ms; ` +
    'possible = max that these requests could have read.',
  settings: ({ seed }) => ({ ...defaultSettings, seed }),
  trial: ({ idleTimeoutMs }) => ({
    system: promptShared(sharedTokens),
    concurrency: 'auto',
    idleTimeoutMs,
  }),
  heads: [
    'contender',
    'finished',
    'input tokens',
    'read',
    'written',
    'possible',
    'wall s',
    'wall/ideal',
    'of its rounds',
    'invalid',
  ],
  row: (result, { conversations }) => {
    const { score, report, statistics } = result;
    return [
      result.contender,
      `${score.right}/${conversations}`,
      String(statistics.inputTokens),
      percent(statistics.cacheReadTokens, statistics.inputTokens),
      percent(statistics.cacheWriteTokens, statistics.inputTokens),
      percent(statistics.possibleReadTokens, statistics.inputTokens),
      decimals(report.wallMs / 1000, 2),
      decimals(overIdeal(result), 2),
      result.wallsMs.map((ms) => decimals(ms / idealMs, 2)).join(' '),
      String(statistics.invalid),
    ];
  },
  figures: (result, { conversations }): readonly Figure[] => {
    const { score, statistics, protocol } = result;
    const name = (figure: string) => figureName(cache, protocol, figure);
    return [
      { name: name('not-finished'), value: conversations - score.right, goal: '= 0', digits: 0 },
      {
        name: name('read-percent'),
        value: (100 * statistics.cacheReadTokens) / statistics.inputTokens,
        goal: '>= 97.5',
        digits: 1,
      },
      { name: name('wall-over-ideal'), value: overIdeal(result), goal: '<= 1.4', digits: 2 },
      { name: name('invalid-requests'), value: statistics.invalid, goal: '= 0', digits: 0 },
    ];
  },
};

const idealMs = requestsPerConversation * defaultSettings.ttfbMs;

function overIdeal(result: TrialResult): number {
  return finishedWallMs(result) / idealMs;
}
