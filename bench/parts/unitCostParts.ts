import type { Protocol } from '../contenders/trial.ts';
import { contenderOf, speaking } from '../lab/contenders.ts';
import type { Figure } from '../lab/figures.ts';
import { inTurns } from '../lab/inTurns.ts';
import type { Lab } from '../lab/processes.ts';
import type { Table } from '../lab/table.ts';
import {
  type LengthResults,
  type UnitCost,
  type UnitCostResults,
  unitCostFigures,
  unitCosts,
  unitCostTable,
} from '../lab/unitCosts.ts';
import { measureWhole, printWholeRemarks } from '../lab/wholeTrials.ts';
import { defaultSettings, unlimited } from '../simulator/settings.ts';
import { shortSystemPrompt } from '../workload/workload.ts';
import { oneNumber, type Part, type PartOptions } from './part.ts';

const own = ['cli', 'raw', 'http-floor'].map(contenderOf);

/** What one more kilobyte, event or turn costs, in a short conversation and in a long one. */
export const unitCostParts: readonly Part[] = unitCosts.map((unitCost) => ({
  name: unitCost.name,
  describe: unitCost.title,
  programs: ({ contenders = own }) => contenders.map(({ program }) => program),
  measure: async (lab, options) => {
    const conversations = oneNumber(options, unitCost.conversations);
    const tables: Table[] = [];
    const figures: Figure[] = [];
    for (const protocol of options.protocols) {
      const run = { protocol, conversations };
      const measured = await measureLengths(lab, options, unitCost, run);
      tables.push(unitCostTable(unitCost, run, measured));
      figures.push(...unitCostFigures(unitCost, protocol, conversations, measured));
    }
    return { tables, figures };
  },
}));

async function measureLengths(
  lab: Lab,
  options: PartOptions,
  { name, lengths, ttfbMs, eventGapMs }: UnitCost,
  run: { readonly protocol: Protocol; readonly conversations: number },
): Promise<UnitCostResults> {
  const { contenders = own, seed, rounds, deadlineMs } = options;
  const trial = {
    ...run,
    system: shortSystemPrompt,
    concurrency: 'unlimited',
    idleTimeoutMs: 60_000,
    deadlineMs,
  } as const;
  const all = new Map<string, LengthResults[]>();
  for (const { units, shape } of lengths) {
    const settings = { ...defaultSettings, limit: unlimited, seed, shape, ttfbMs, eventGapMs };
    const chosen = speaking(contenders, run.protocol);
    const measured = await inTurns(chosen, rounds, (contender, round) => {
      console.error(`${name}, ${run.protocol}, ${units}: ${contender.name}, ${round} …`);
      return measureWhole(lab, contender, settings, trial);
    });
    printWholeRemarks(measured);
    for (const [contender, results] of measured) {
      all.set(contender, [...(all.get(contender) ?? []), { units, results }]);
    }
  }
  return all;
}
