import type { Protocol } from '../contenders/trial.ts';
import { contenderOf, speaking } from '../lab/contenders.ts';
import { inTurns } from '../lab/inTurns.ts';
import type { Lab } from '../lab/processes.ts';
import { type WholeRun, wholeFigures, wholeMedian, wholeTable } from '../lab/whole.ts';
import { measureWhole, printWholeRemarks } from '../lab/wholeTrials.ts';
import { defaultSettings, unlimited } from '../simulator/settings.ts';
import { requestsPerConversation, shortSystemPrompt } from '../workload/workload.ts';
import { contendersOf, type Part, type PartOptions, type PartResult } from './part.ts';

const own = ['cli', 'cli:no-journal', 'raw', 'http-floor'].map(contenderOf);
const defaultConversations = [10, 1000, 3000];

/** The whole process of the command line, start-up and journal included. */
export const wholePart: Part = {
  name: 'whole',
  describe: 'whole processes from start to end: the command line with and without its journal',
  programs: (options) => contendersOf(options, own).map(({ program }) => program),
  measure: async (lab, options) => {
    const results: PartResult[] = [];
    for (const protocol of options.protocols) {
      for (const conversations of options.conversations ?? defaultConversations) {
        results.push(await measureNumber(lab, options, protocol, conversations));
      }
    }
    return {
      tables: results.flatMap(({ tables }) => tables),
      figures: results.flatMap(({ figures }) => figures),
    };
  },
};

async function measureNumber(
  lab: Lab,
  options: PartOptions,
  protocol: Protocol,
  conversations: number,
): Promise<PartResult> {
  const { seed, rounds, eventGapMs, deadlineMs } = options;
  const settings = { ...defaultSettings, limit: unlimited, seed, eventGapMs };
  const trial = {
    protocol,
    conversations,
    system: shortSystemPrompt,
    concurrency: 'unlimited',
    idleTimeoutMs: 60_000,
    deadlineMs,
  } as const;
  const contenders = speaking(contendersOf(options, own), protocol);
  const measured = await inTurns(contenders, rounds, (contender, round) => {
    console.error(`whole, ${protocol}, ${conversations}: ${contender.name}, ${round} …`);
    return measureWhole(lab, contender, settings, trial);
  });
  printWholeRemarks(measured);
  const medians = new Map([...measured].map(([name, results]) => [name, wholeMedian(results)]));
  const idealMs = requestsPerConversation * settings.ttfbMs;
  const run: WholeRun = { protocol, conversations, idealMs, rounds };
  return { tables: [wholeTable(run, medians)], figures: wholeFigures(run, medians) };
}
