import { defaultSettings, faultKinds } from '../simulator/settings.ts';
import { shortSystemPrompt } from '../workload/workload.ts';
import type { Figure } from './figures.ts';
import { figureName, type Scenario } from './scenario.ts';
import { finishedWallMs, needlessToolRuns } from './score.ts';
import { decimals, percent } from './table.ts';

const rate = 0.05;

/** Allowed time beyond one silence. */
const graceMs = 5000;

/** A provider with faults before and in the middle of answers. */
export const faults: Scenario = {
  name: 'faults',
  defaultConversations: 200,
  defaultRounds: 1,
  describe: ({ conversations, idleTimeoutMs, faultsPer }) =>
    `${conversations} conversations, six faults at ${rate * 100} % of ${faultsPer}s each: 429, 529 or 503, 500, ` +
    `reset, error event and stall in mid-stream.\nInterleave's idle timeout is ${idleTimeoutMs / 1000} s.`,
  settings: ({ seed, conversations, faultsPer }) => ({
    ...defaultSettings,
    seed,
    faults: { rate, kinds: faultKinds, per: faultsPer, conversations },
  }),
  trial: ({ idleTimeoutMs }) => ({ system: shortSystemPrompt, concurrency: 'auto', idleTimeoutMs }),
  heads: [
    'contender',
    'right',
    'wrong',
    'failed',
    'hung',
    'wall s',
    'faults',
    'requests',
    'invalid',
    'needless tool runs',
  ],
  row: (result, { conversations }) => {
    const { score, report, statistics } = result;
    return [
      result.contender,
      percent(score.right, conversations),
      String(score.wrong),
      String(score.failed),
      String(score.hung),
      decimals(report.wallMs / 1000, 2),
      String(Object.values(statistics.faults).reduce((sum, count) => sum + count, 0)),
      String(statistics.requests),
      String(statistics.invalid),
      String(needlessToolRuns(result)),
    ];
  },
  figures: (result, { conversations, idleTimeoutMs }): readonly Figure[] => {
    const { score, statistics, protocol } = result;
    const name = (figure: string) => figureName(faults, protocol, figure);
    return [
      {
        name: name('right-percent'),
        value: (100 * score.right) / conversations,
        goal: '>= 100',
        digits: 1,
      },
      {
        name: name('wall-seconds'),
        value: finishedWallMs(result) / 1000,
        goal: `<= ${(idleTimeoutMs + graceMs) / 1000}`,
        digits: 2,
      },
      {
        name: name('needless-tool-runs'),
        value: needlessToolRuns(result),
        goal: '= 0',
        digits: 0,
      },
      { name: name('invalid-requests'), value: statistics.invalid, goal: '= 0', digits: 0 },
    ];
  },
};
