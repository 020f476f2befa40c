/**
 * Damages journals at random. Prints the results of reading them. Flags: `--cases N` (100000),
 * `--seed N`.
 */
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { tryDamages } from '../support/journal/damage.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const figures = await tryDamages(Number(values.cases), Number(values.seed));
if (figures.firstFailure !== undefined) console.error(figures.firstFailure);
const { cases, failures, mostLost } = figures;
console.log(
  `damages: cases=${cases} failures=${failures} most-lost=${mostLost} seed=${values.seed}`,
);
const results: readonly Figure[] = [
  { name: 'journal-damage-failures', value: failures, goal: '= 0', digits: 0 },
  { name: 'journal-damage-most-records-lost', value: mostLost, goal: '<= 2', digits: 0 },
];
for (const line of results.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
