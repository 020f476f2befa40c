/**
 * Fuzzes everything that takes input from outside with new inputs. Prints the number of inputs, and
 * failures with their seed. Flags: `--minutes N` (2), `--seed N`, `--only NAME`.
 */
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { type FuzzTarget, fuzz } from '../support/fuzz/fuzzTarget.ts';
import { fuzzTargets } from '../support/fuzz/fuzzTargets.ts';
import { pollution } from '../support/hostileJson.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    only: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const firstSeed = Number(values.seed);
const markdown = await loadMarkdownTarget();
const targets = [...fuzzTargets, markdown].filter(
  ({ name }) => values.only === undefined || name === values.only,
);
/** Markdown elements take a hundred times as long as other targets, so they get more time. */
const shareOf = (target: FuzzTarget): number => (target === markdown ? 5 : 1);
const shares = targets.reduce((all, target) => all + shareOf(target), 0);
/** Inputs per seed; small enough to check the time often. */
const batch = 500;

/** Loaded separately, because it needs a browser's DOM and types. */
async function loadMarkdownTarget(): Promise<FuzzTarget> {
  const [browser, file] = ['jsdom', '../unit/media/markdown/markdownFuzz.ts'] as const;
  const { JSDOM } = (await import(browser as string)) as {
    JSDOM: new (html: string) => { readonly window: object };
  };
  const { markdownTarget } = (await import(file as string)) as {
    markdownTarget(window: object): FuzzTarget;
  };
  return markdownTarget(new JSDOM('').window);
}

interface TargetSum {
  readonly name: string;
  readonly inputs: number;
  readonly failures: readonly string[];
}

/** Tries new seeds until the time is over or something fails. */
async function fuzzFor(target: FuzzTarget, ms: number): Promise<TargetSum> {
  const untilMs = performance.now() + ms;
  let inputs = 0;
  for (let seed = firstSeed; performance.now() < untilMs; seed++) {
    const result = await fuzz(target, batch, seed);
    inputs += result.inputs;
    if (result.failure === undefined) continue;
    console.error(result.failure);
    return { name: target.name, inputs, failures: [result.failure] };
  }
  return { name: target.name, inputs, failures: [] };
}

console.log(`seed ${firstSeed}, ${minutes} minutes`);
const sums: TargetSum[] = [];
for (const target of targets) {
  const sum = await fuzzFor(target, (minutes * 60_000 * shareOf(target)) / shares);
  console.log(`${sum.name}: ${sum.inputs} inputs, ${sum.failures.length} failed`);
  sums.push(sum);
}
const inputs = sums.reduce((all, sum) => all + sum.inputs, 0);
const failed = sums.filter(({ failures }) => failures.length > 0).length;
// The goal is for two minutes on a machine with two cores.
const minInputs = values.only === undefined && minutes >= 2 ? 500_000 : 1;
const figures: readonly Figure[] = [
  { name: 'fuzz-cases', value: inputs, goal: `>= ${minInputs}`, digits: 0 },
  { name: 'fuzz-targets-failed', value: failed, goal: '= 0', digits: 0 },
  { name: 'fuzz-prototypes-changed', value: pollution().length, goal: '= 0', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
