/**
 * Resumes saved runs changed by an attacker who knows the format. Prints their number and what went
 * wrong. Flags: `--trials N` (5000), `--seed N`.
 */
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { resumeChangedRuns } from '../support/fuzz/savedRuns.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
});
console.log(`seed ${values.seed}`);
const result = await resumeChangedRuns(Number(values.trials), Number(values.seed));
for (const problem of result.problems) console.error(problem);
const figures: readonly Figure[] = [
  {
    name: 'saved-runs-changed',
    value: result.trials,
    goal: `>= ${Number(values.trials)}`,
    digits: 0,
  },
  { name: 'saved-runs-problems', value: result.problems.length, goal: '= 0', digits: 0 },
  { name: 'saved-runs-longest-ms', value: result.longestMs, goal: '<= 2000', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
