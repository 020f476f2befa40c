// Measures time and memory of many conversations at once, compared with the official SDKs and
// node:http.
import type { Protocol } from './contenders/trial.ts';
import { contenderOf } from './lab/contenders.ts';
import { type Figure, printFigures } from './lab/figures.ts';
import {
  type FlagValues,
  listFlag,
  numberFlag,
  protocols,
  readFlags,
  runBenchmark,
} from './lab/options.ts';
import { type Lab, withLab } from './lab/processes.ts';
import type { TrialResult } from './lab/score.ts';
import { decimals, printTable } from './lab/table.ts';
import {
  medianOf,
  type Throughput,
  throughputFigures,
  throughputHeads,
  throughputOf,
  throughputRow,
} from './lab/throughput.ts';
import { measureTrial, printRemarks } from './lab/trials.ts';
import { defaultSettings } from './simulator/settings.ts';
import { requestsPerConversation, shortSystemPrompt } from './workload/workload.ts';

const defaultContenders = 'interleave,raw,http-floor';

const help = `All flags are optional; lists are comma-separated:
  --protocol ${protocols.join(',')}
  --contender ${defaultContenders}
  --conversations <N>    at once (1000)
  --repeat <N>           trials per contender, in turns; shows medians (3)
  --event-gap <MS>       between two events of an answer (0: all at once)
  --seed <N>             chooses the numbers of the workload (1)
  --deadline <S>         conversations not ended by then count as hung (120)
  --core yes|no          whether to measure events and prompt files too (yes)`;

const flagNames = [
  'protocol',
  'contender',
  'conversations',
  'repeat',
  'event-gap',
  'seed',
  'deadline',
  'core',
];

async function main(): Promise<boolean> {
  const flags = readFlags(flagNames, help);
  const contenders = (flags.contender ?? defaultContenders).split(',').map(contenderOf);
  const programs = new Set(contenders.map(({ program }) => program));
  const withCore = listFlag(flags, 'core', ['yes', 'no'])[0] === 'yes';
  const figures: Figure[] = [];
  await withLab(['core-cost', 'http-floor', ...programs], async (lab) => {
    for (const protocol of listFlag(flags, 'protocol', protocols)) {
      await warmUp(lab, protocol);
      figures.push(...(await compare(lab, flags, protocol)));
    }
    if (withCore) figures.push(...(await coreFigures(lab)));
  });
  printFigures(figures);
  return true;
}

/** Lets the simulator compile its code, so that the first contender does not pay for it. */
async function warmUp(lab: Lab, protocol: Protocol): Promise<void> {
  await measureTrial(lab, contenderOf('http-floor'), defaultSettings, {
    protocol,
    conversations: 500,
    system: shortSystemPrompt,
    concurrency: 'unlimited',
    idleTimeoutMs: 60_000,
    deadlineMs: 60_000,
  });
}

async function compare(
  lab: Lab,
  flags: FlagValues,
  protocol: Protocol,
): Promise<readonly Figure[]> {
  const conversations = numberFlag(flags, 'conversations', 1000);
  const seed = numberFlag(flags, 'seed', 1);
  const eventGapMs = numberFlag(flags, 'event-gap', 0);
  const { ttfbMs } = defaultSettings;
  const settings = { ...defaultSettings, seed, eventGapMs };
  const trial = {
    protocol,
    conversations,
    system: shortSystemPrompt,
    concurrency: 'unlimited',
    idleTimeoutMs: 60_000,
    deadlineMs: numberFlag(flags, 'deadline', 120) * 1000,
  } as const;
  const contenders = (flags.contender ?? defaultContenders).split(',').map(contenderOf);
  const trials = new Map<string, Throughput[]>();
  let last: TrialResult[] = [];
  // In turns, so that other load on this machine affects all of them alike.
  for (let round = 1; round <= numberFlag(flags, 'repeat', 3); round++) {
    last = [];
    for (const contender of contenders) {
      console.error(`throughput, ${protocol}: ${contender.name}, ${round} …`);
      const result = await measureTrial(lab, contender, settings, trial);
      last.push(result);
      const known = trials.get(contender.name) ?? [];
      trials.set(contender.name, [...known, throughputOf(result, { ttfbMs, eventGapMs })]);
    }
  }
  const medians = new Map([...trials].map(([name, all]) => [name, medianOf(all)]));
  printTable(
    `throughput, ${protocol}: ${conversations} conversations of ${requestsPerConversation} requests at once, ${ttfbMs} ms to the first byte`,
    throughputHeads,
    [...medians].map(([name, median]) => throughputRow(name, median)),
  );
  printRemarks(last);
  return throughputFigures(protocol, conversations, medians);
}

/** The cost of an event must not grow with the run beyond cache effects of the processor. */
async function coreFigures(lab: Lab): Promise<readonly Figure[]> {
  console.error('core: events and prompt files …');
  const cost = await lab.measureCoreCost();
  const { eventAt10Us, eventAt5000Us, promptAt100Us, promptAt1000Us } = cost;
  console.log(
    `\none event (fold and emit): ${decimals(eventAt10Us, 2)} µs with 10 conversations, ` +
      `${decimals(eventAt5000Us, 2)} µs with 5,000`,
  );
  console.log(
    `one prompt of a prompt file: ${decimals(promptAt100Us, 1)} µs of 100 prompts, ` +
      `${decimals(promptAt1000Us, 1)} µs of 1,000`,
  );
  return [
    {
      name: 'core/event-cost-5000-over-10',
      value: eventAt5000Us / eventAt10Us,
      goal: '<= 3',
      digits: 2,
    },
    {
      name: 'core/prompt-cost-1000-over-100',
      value: promptAt1000Us / promptAt100Us,
      goal: '<= 3',
      digits: 2,
    },
  ];
}

await runBenchmark(main);
