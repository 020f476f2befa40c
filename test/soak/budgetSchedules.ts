/**
 * Plays random schedules of runs with limits on cost and tokens. Prints how many requests exceeded
 * a limit. Flags: `--schedules N` (10,000).
 */
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { playSchedules } from '../support/costs/budgetSchedules.ts';

const { values } = parseArgs({ options: { schedules: { type: 'string', default: '10000' } } });
let overshoots = 0;
const counts = await playSchedules(Number(values.schedules)).catch((error: unknown) => {
  overshoots++;
  console.log(String(error));
  return undefined;
});
if (counts !== undefined) {
  const { schedules, requests, stopped } = counts;
  console.log(`${schedules} schedules, ${requests} requests, ${stopped} runs stopped by a limit`);
}
const figures: readonly Figure[] = [
  { name: 'budget-overshoots', value: overshoots, goal: '<= 0', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
