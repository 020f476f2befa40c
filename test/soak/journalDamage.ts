/**
 * Damages journals at random and prints how reading them went. Flags: `--cases N` (100000),
 * `--seed N`.
 */
import { parseArgs } from 'node:util';
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
  `figure journal-damage cases=${cases} failures=${failures} most-lost=${mostLost} seed=${values.seed}`,
);
if (failures > 0) process.exitCode = 1;
