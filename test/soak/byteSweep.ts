/**
 * Breaks off streams of both protocols at every byte, in every way, once and always. Prints how
 * many truncated answers counted as complete. Flags: `--step N` (1).
 */
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { offsetsOf, sweep, sweepScenes } from '../support/faults/byteSweep.ts';
import { faultProtocols } from '../support/faults/faultProtocol.ts';

const { values } = parseArgs({ options: { step: { type: 'string', default: '1' } } });
/** Conversations per run: bounds what a server remembers. */
const conversationsPerRun = 500;
const sums = { conversations: 0, done: 0, failed: 0, truncated: 0, unexplained: 0 };
for (const protocol of faultProtocols) {
  for (const scene of sweepScenes) {
    // Streams that always break off find little more, so sample fewer of them.
    const step = Number(values.step) * (scene.times === 'once' ? 1 : 5);
    const offsets = offsetsOf(protocol, scene, step);
    for (let first = 0; first < offsets.length; first += conversationsPerRun) {
      const figures = await sweep(
        protocol,
        scene,
        offsets.slice(first, first + conversationsPerRun),
      );
      if (figures.firstProblem !== undefined) console.error(protocol.name, figures.firstProblem);
      sums.conversations += figures.conversations;
      sums.done += figures.done;
      sums.failed += figures.failed;
      sums.truncated += figures.truncatedAsComplete;
      sums.unexplained += figures.unexplained;
    }
  }
}
const { conversations, done, failed, truncated, unexplained } = sums;
console.log(`${conversations} conversations: ${done} with the whole answer, ${failed} failed`);
const figures: readonly Figure[] = [
  { name: 'truncated-answers-reported-as-complete', value: truncated, goal: '= 0', digits: 0 },
  { name: 'broken-streams-without-a-reason', value: unexplained, goal: '= 0', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
