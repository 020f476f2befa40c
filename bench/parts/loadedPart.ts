import type { Protocol } from '../contenders/trial.ts';
import { type ContenderChoice, contenderOf, peers, speaking } from '../lab/contenders.ts';
import { inTurns } from '../lab/inTurns.ts';
import type { Lab } from '../lab/processes.ts';
import {
  medianOf,
  type Throughput,
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
function loadedContenders(options: PartOptions): readonly ContenderChoice[] {
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
  const contenders = speaking(loadedContenders(options), protocol);
  const measured = await inTurns(contenders, rounds, async (contender, round) => {
    console.error(`throughput, ${protocol}: ${contender.name}, ${round} …`);
    try {
      return [await measureTrial(lab, contender, settings, trial)];
    } catch (error) {
      // A program of others that breaks must not end the measurement.
      if (!peers.includes(contender)) throw error;
      console.error(`${contender.name} broke: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  });
  const medians = new Map<string, Throughput>();
  for (const [name, rounds] of measured) {
    const results = rounds.flat();
    if (results.length === 0) continue;
    printRemarks(results.slice(-1));
    const trials = results.map((result) => throughputOf(result, { ttfbMs, eventGapMs }));
    medians.set(name, medianOf(trials));
  }
  const table = {
    title: `throughput, ${protocol}: ${conversations} conversations of ${requestsPerConversation} requests at once, ${ttfbMs} ms to the first byte`,
    heads: throughputHeads,
    rows: [...medians].map(([name, middle]) => throughputRow(name, middle)),
  };
  const tables = medians.size === 0 ? [] : [table];
  return { tables, figures: throughputFigures(protocol, conversations, medians) };
}
