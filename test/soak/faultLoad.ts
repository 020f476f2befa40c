/**
 * 1,000 conversations with a provider that fails 30 %, and then 60 %, of all requests. Prints the
 * share that finished. Flags: `--conversations N` (1000), `--seed N` (1), `--speed N` (20).
 */
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { runFaultLoad } from '../support/faults/faultLoad.ts';
import { faultProtocols } from '../support/faults/faultProtocol.ts';

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    speed: { type: 'string', default: '20' },
  },
});
const conversations = Number(values.conversations);
const loads = [
  { rate: 0.3, goal: '>= 99.9' },
  { rate: 0.6, goal: '>= 98' },
] as const;

for (const { rate, goal } of loads) {
  for (const protocol of faultProtocols) {
    const seed = Number(values.seed);
    const load = { protocol, conversations, rate, seed, speed: Number(values.speed) };
    const result = await runFaultLoad(load);
    const { finished, right, finishedAfterRerun, requests, needed, wallMs, firstError } = result;
    const name = (figure: string) => `faults-${rate * 100}-percent/${protocol.name}/${figure}`;
    console.log(
      `${name('')} ${finished} of ${conversations} finished, ${finishedAfterRerun} after one rerun, ` +
        `${requests} requests for ${needed}, ${(wallMs / 1000).toFixed(1)} s`,
    );
    if (firstError !== undefined) console.error(firstError);
    const share = (count: number): number => (100 * count) / conversations;
    const figures: readonly Figure[] = [
      { name: name('finished-percent'), value: share(finished), goal, digits: 2 },
      { name: name('wrong-answers'), value: finished - right, goal: '= 0', digits: 0 },
      { name: name('invalid-requests'), value: result.invalidRequests, goal: '= 0', digits: 0 },
    ];
    for (const line of figures.map(figureLine)) {
      console.log(line);
      if (line.endsWith('missed')) process.exitCode = 1;
    }
  }
}
