/**
 * Kills a process that writes a journal, at random instants. Prints what was lost. Flags: `--kills
 * N` (1000), `--seed N`.
 */
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { crash, crashRuns } from '../support/journal/crashHarness.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const figures = await crash(Number(values.kills), Number(values.seed));
const told = await crashRuns(Math.ceil(Number(values.kills) / 5), Number(values.seed));
const problems = [...figures.problems, ...told.problems];
for (const problem of problems.slice(0, 20)) console.error(problem);
const { kills, seed, acknowledged, lost, effects, forgotten, uncertain } = figures;
console.log(
  `crashes: kills=${kills} acknowledged=${acknowledged} lost=${lost} effects=${effects} forgotten=${forgotten} uncertain=${uncertain} problems=${figures.problems.length} seed=${seed}`,
);
console.log(
  `crashes after a turn was shown: kills=${told.kills} told=${told.told} lost=${told.lost} seed=${told.seed}`,
);
const results: readonly Figure[] = [
  { name: 'crash-acknowledged-turns-lost', value: lost, goal: '= 0', digits: 0 },
  { name: 'crash-side-effects-forgotten', value: forgotten, goal: '= 0', digits: 0 },
  { name: 'crash-shown-turns-lost', value: told.lost, goal: '= 0', digits: 0 },
  { name: 'crash-problems', value: problems.length, goal: '= 0', digits: 0 },
];
for (const line of results.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
