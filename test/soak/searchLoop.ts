/**
 * Searches for catastrophic expressions, and for one that reads many files. Prints how long the
 * calling thread was blocked. Flags: `--rounds N` (3).
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { defaultToolLimits } from '../../src/core/tools/toolLimits.ts';
import { hostileLines, hostilePatterns } from '../support/hostilePatterns.ts';
import { TestSearches } from '../unit/core/tools/workspace/testSearches.ts';
import { DiskTree, searchScript } from '../unit/core/tools/workspace/workspaceFixture.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const tree = new DiskTree({ 'inside/evil.txt': hostileLines.join('') });
for (let file = 0; file < 1_900; file++) tree.write({ [`inside/many/${file}.txt`]: 'x y z\n' });
const worker = new TestSearches({
  script: searchScript,
  deadlineMs: defaultToolLimits.searchMs,
  threads: 1,
});
const { signal } = new AbortController();
const limits = defaultToolLimits.search;

/** The time in ms until a search ends in any way. */
async function search(text: string, path: string): Promise<number> {
  const query = { text, isRegExp: true, caseSensitive: true, path };
  const softLimitMs = defaultToolLimits.searchMs * 0.75;
  const startMs = performance.now();
  await worker
    .search({ scope: tree.scope(), query, limits, softLimitMs }, { signal })
    .catch(() => 0);
  return performance.now() - startMs;
}

await search('warm', 'evil.txt');
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let longestMs = 0;
let searches = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  for (const text of hostilePatterns) {
    longestMs = Math.max(longestMs, await search(text, 'evil.txt'));
    searches += 1;
  }
  longestMs = Math.max(longestMs, await search('z$', ''));
}
delay.disable();
worker.dispose();
tree.remove();

console.log(`${searches} searches, the longest took ${longestMs.toFixed(0)} ms`);
const figures: readonly Figure[] = [
  { name: 'search-main-loop-p99-ms', value: delay.percentile(99) / 1e6, goal: '<= 50', digits: 1 },
  // A worker stopped at its deadline must start again.
  { name: 'search-longest-ms', value: longestMs, goal: '<= 3000', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
