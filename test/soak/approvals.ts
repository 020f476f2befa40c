/**
 * Generates rules and calls, and prints how many calls were allowed that the rule's preview does not
 * list, and how fast a call is decided. Flags: `--cases N` (1,000,000), `--seed N`.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { figureLine } from '../../bench/lab/figures.ts';
import { type GrantOutcome, grantCase, outcomeOf } from '../support/approvals/grants.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const counts = new Map<GrantOutcome, number>();
let shown = 0;
const property = fc.property(grantCase, (one) => {
  const outcome = outcomeOf(one);
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  if (outcome === 'leaked' && shown++ < 10) console.log(`leaked: ${JSON.stringify(one)}`);
});
fc.assert(property, { numRuns: Number(values.cases), seed });
console.log(`seed ${seed}: ${JSON.stringify(Object.fromEntries(counts))}`);

const figures = [
  { name: 'approvals-grants-not-listed', value: counts.get('leaked') ?? 0, goal: '= 0', digits: 0 },
  { name: 'approvals-grants', value: counts.get('granted') ?? 0, goal: '>= 10000', digits: 0 },
] as const;
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
