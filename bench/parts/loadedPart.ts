import type { Protocol } from '../contenders/trial.ts';
import { contenderOf } from '../lab/contenders.ts';
import { inTurns } from '../lab/inTurns.ts';
import type { Lab } from '../lab/processes.ts';
import {
  medianOf,
  throughputFigures,
  throughputHeads,
  throughputOf,
  throughputRow,
} from '../lab/throughput.ts';
import { measureTrial, printRemarks } from '../lab/trials.ts';
import { defaultSettings } from '../simulator/settings.ts';
import { requestsPerConversation, shortSystemPrompt } from '../workload/workload.ts';
import { contendersOf, oneNumber, type Part, type PartOptions, type PartResult } from './part.ts';

const own = ['interleave', 'raw', 'http-floor'].map(contenderOf);

/** The core, without start-up and journal: everything is loaded before the measurement. */
export const loadedPart: Part = {
  name: 'throughput',
  describe: 'the core in a loaded program, without start-up and journal',
  programs: (options) => loadedContenders(options).map(({ program }) => program),
  measure: async (lab, options) => {
    const results: PartResult[] = [];
    for (const protocol of options.protocols) results.push(await compare(lab, options, protocol));
    return {
      tables: results.flatMap(({ tables }) => tables),
      figures: results.flatMap(({ figures }) => figures),
    };
  },
};

/** The command line cannot be told when to start. */
function loadedContenders(options: PartOptions) {
  return contendersOf(options, own).filter(({ isCommandLine }) => !isCommandLine);
}

async function compare(lab: Lab, options: PartOptions, protocol: Protocol): Promise<PartResult> {
  const { seed, rounds, eventGapMs, deadlineMs } = options;
  const conversations = oneNumber(options, 1000);
  const { ttfbMs } = defaultSettings;
  const settings = { ...defaultSettings, seed, eventGapMs };
  const trial = {
    protocol,
    conversations,
    system: shortSystemPrompt,
    concurrency: 'unlimited',
    idleTimeoutMs: 60_000,
    deadlineMs,
  } as const;
  const measured = await inTurns(loadedContenders(options), rounds, (contender, round) => {
    console.error(`throughput, ${protocol}: ${contender.name}, ${round} …`);
    return measureTrial(lab, contender, settings, trial);
  });
  for (const results of measured.values()) printRemarks(results.slice(-1));
  const medians = new Map(
    [...measured].map(([name, results]) => [
      name,
      medianOf(results.map((result) => throughputOf(result, { ttfbMs, eventGapMs }))),
    ]),
  );
  const table = {
    title: `throughput, ${protocol}: ${conversations} conversations of ${requestsPerConversation} requests at once, ${ttfbMs} ms to the first byte`,
    heads: throughputHeads,
    rows: [...medians].map(([name, middle]) => throughputRow(name, middle)),
  };
  return { tables: [table], figures: throughputFigures(protocol, conversations, medians) };
}
