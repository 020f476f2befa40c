/**
 * Kills a process that writes a journal, at random instants, and prints what was lost. Flags:
 * `--kills N` (1000), `--seed N`.
 */
import { parseArgs } from 'node:util';
import { crash } from '../support/journal/crashHarness.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const figures = await crash(Number(values.kills), Number(values.seed));
for (const problem of figures.problems.slice(0, 20)) console.error(problem);
const { kills, seed, acknowledged, lost, effects, forgotten, uncertain } = figures;
console.log(
  `figure journal-crash kills=${kills} acknowledged=${acknowledged} lost=${lost} effects=${effects} forgotten=${forgotten} uncertain=${uncertain} problems=${figures.problems.length} seed=${seed}`,
);
if (lost + forgotten + figures.problems.length > 0) process.exitCode = 1;
