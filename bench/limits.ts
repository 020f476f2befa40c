// Compares Interleave with the usual alternatives under rate limits, faults and a shared prompt.

import type { Protocol } from './contenders/trial.ts';
import { cache } from './lab/cache.ts';
import { type ContenderChoice, contenderOf } from './lab/contenders.ts';
import { crowds } from './lab/crowds.ts';
import { faults } from './lab/faults.ts';
import { type Figure, printFigures } from './lab/figures.ts';
import { listFlag, numberFlag, protocols, readFlags, runBenchmark } from './lab/options.ts';
import { type Lab, withLab } from './lab/processes.ts';
import { rateLimited } from './lab/rateLimited.ts';
import type { Scenario, ScenarioOptions } from './lab/scenario.ts';
import type { TrialResult } from './lab/score.ts';
import { printTable } from './lab/table.ts';
import { measureTrial, printRemarks } from './lab/trials.ts';

const scenarios: readonly Scenario[] = [rateLimited, faults, cache];
const defaultContenders = 'interleave,raw,p-limit:10,p-limit:50';

const help = `All flags are optional; lists are comma-separated:
  --scenario ${[...scenarios, ...crowds].map(({ name }) => name).join(',')}
  --protocol ${protocols.join(',')}
  --contender ${defaultContenders}   (also http-floor and any p-limit:<number>)
  --conversations <N>    default: each scenario's own number
  --rounds <N>           rounds per contender; default: each scenario's own number
  --seed <N>             chooses the numbers, and which requests fail (1)
  --rpm <N>              requests per minute in the rate-limited scenario (3000)
  --rate-headers <WHAT>  arrival, response or none: when the numbers in the headers are taken
  --idle <MS>            Interleave's idle timeout (3000)
  --faults-per <WHAT>    conversation or request
  --deadline <S>         conversations not ended by then count as hung (30)`;

const flagNames = [
  'scenario',
  'protocol',
  'contender',
  'conversations',
  'rounds',
  'seed',
  'rpm',
  'rate-headers',
  'idle',
  'faults-per',
  'deadline',
];

interface Choices {
  readonly scenarios: readonly string[];
  readonly protocols: readonly Protocol[];
  readonly contenders: readonly ContenderChoice[];
  readonly deadlineMs: number;
  optionsFor(scenario: Scenario): ScenarioOptions;
  roundsOf(scenario: Scenario): number;
}

function readChoices(): Choices {
  const flags = readFlags(flagNames, help);
  return {
    scenarios: listFlag(
      flags,
      'scenario',
      [...scenarios, ...crowds].map(({ name }) => name),
    ),
    protocols: listFlag(flags, 'protocol', protocols),
    contenders: (flags.contender ?? defaultContenders).split(',').map(contenderOf),
    deadlineMs: numberFlag(flags, 'deadline', 30) * 1000,
    roundsOf: ({ defaultRounds }) => numberFlag(flags, 'rounds', defaultRounds),
    optionsFor: ({ defaultConversations }) => ({
      conversations: numberFlag(flags, 'conversations', defaultConversations),
      seed: numberFlag(flags, 'seed', 1),
      requestsPerMinute: numberFlag(flags, 'rpm', 3000),
      rateHeaders: listFlag(flags, 'rate-headers', ['arrival', 'response', 'none'])[0] ?? 'arrival',
      idleTimeoutMs: numberFlag(flags, 'idle', 3000),
      faultsPer: listFlag(flags, 'faults-per', ['conversation', 'request'])[0] ?? 'conversation',
    }),
  };
}

/** Resolves to whether all processes worked. Failed conversations are results, not breakage. */
async function main(): Promise<boolean> {
  const choices = readChoices();
  const programs = new Set(choices.contenders.map(({ program }) => program));
  const figures: Figure[] = [];
  let whole = true;
  const isLabNeeded = scenarios.some(({ name }) => choices.scenarios.includes(name));
  await withLab(isLabNeeded ? [...programs] : [], async (lab) => {
    for (const scenario of scenarios) {
      if (!choices.scenarios.includes(scenario.name)) continue;
      const options = choices.optionsFor(scenario);
      console.log(`\n== ${scenario.name}\n${scenario.describe(options)}`);
      for (const protocol of choices.protocols) {
        const results = await runContenders(lab, choices, { scenario, options, protocol });
        whole &&= results.length === choices.contenders.length;
        printTable({
          title: `${scenario.name}, ${protocol}`,
          heads: scenario.heads,
          rows: results.map((result) => scenario.row(result, options)),
        });
        printRemarks(results);
        const own = results.find(({ contender }) => contender === 'interleave');
        if (own !== undefined) figures.push(...scenario.figures(own, options));
      }
    }
  });
  for (const { name, describe, measure } of crowds) {
    if (!choices.scenarios.includes(name)) continue;
    console.log(`\n== ${name}\n${describe}`);
    figures.push(...(await measure()));
  }
  printFigures(figures);
  return whole;
}

interface Round {
  readonly scenario: Scenario;
  readonly options: ScenarioOptions;
  readonly protocol: Protocol;
}

/** Runs contenders one after another, so that they do not compete. */
async function runContenders(
  lab: Lab,
  { contenders, deadlineMs, roundsOf }: Choices,
  { scenario, options, protocol }: Round,
): Promise<readonly TrialResult[]> {
  const settings = scenario.settings(options);
  const { conversations } = options;
  const rounds = roundsOf(scenario);
  const trial = { ...scenario.trial(options), protocol, conversations, deadlineMs, rounds };
  const results: TrialResult[] = [];
  for (const contender of contenders) {
    console.error(`${scenario.name}, ${protocol}: ${contender.name} …`);
    try {
      results.push(await measureTrial(lab, contender, settings, trial));
    } catch (error) {
      console.error(`${contender.name} broke: ${error instanceof Error ? error.message : error}`);
    }
  }
  return results;
}

await runBenchmark(main);
