/**
 * Reads, lists and searches a workspace while another process swaps one of its folders with a link
 * to a folder outside. Counts results from outside. Needs Linux and Python 3. Flags: `--seconds N`
 * (60).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { nodeFileAccess } from '../../src/core/base/fileAccess.ts';
import { NodeWorkspace } from '../../src/core/tools/workspace/nodeWorkspace.ts';
import { TestSearches } from '../unit/core/tools/workspace/testSearches.ts';
import { canary, DiskTree, searchScript } from '../unit/core/tools/workspace/workspaceFixture.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const endMs = performance.now() + Number(values.seconds) * 1000;
const { signal } = new AbortController();
const tree = new DiskTree({
  'inside/dir/x.txt': 'harmless needle\n',
  'inside/other': '->../outside/dir',
  'outside/dir/x.txt': `${canary} needle\n`,
  'outside/dir/told.txt': `${canary} needle\n`,
});
const searches = new TestSearches({ script: searchScript, deadlineMs: 10_000, threads: 2 });
const ways = {
  descriptor: new NodeWorkspace(tree.scope(), searches),
  path: new NodeWorkspace(tree.scope(), searches, undefined, {
    ...nodeFileAccess,
    descriptors: undefined,
  }),
};
/** How often each way returned something, was refused, and returned something from outside. */
const counts = { given: 0, refused: 0, outside: 0, outsideByPath: 0 };

async function attack(): Promise<ChildProcess> {
  const script = path.resolve('test/support/attack/swapFolders.py');
  const attacker = spawn('python3', [script, tree.inside, 'dir', 'other'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([once(attacker.stdout, 'data'), once(attacker, 'exit')]);
  return attacker;
}

async function ask(looking: Promise<string>, isByPath = false): Promise<void> {
  const text = await looking.catch(() => undefined);
  if (text === undefined) counts.refused += 1;
  else counts.given += 1;
  if (text === undefined || !(text.includes(canary) || text.includes('told.txt'))) return;
  if (isByPath) counts.outsideByPath += 1;
  else counts.outside += 1;
}

async function readAndList(workspace: NodeWorkspace, isByPath: boolean): Promise<void> {
  while (performance.now() < endMs) {
    await ask(
      workspace.readText('dir/x.txt', signal).then(({ text }) => text),
      isByPath,
    );
    await ask(
      workspace.list({ path: 'dir' }, signal).then(({ paths }) => paths.join()),
      isByPath,
    );
    const query = { path: '', pattern: '**' };
    await ask(
      workspace.list(query, signal).then(({ paths }) => paths.join()),
      isByPath,
    );
  }
}

async function search(): Promise<void> {
  const query = { text: 'needle', isRegExp: false, caseSensitive: true, path: '' };
  while (performance.now() < endMs) {
    await ask(ways.descriptor.search(query, { signal }).then((found) => JSON.stringify(found)));
  }
}

const attacker = await attack();
const isAttacking = attacker.exitCode === null;
await Promise.all([
  ...[1, 2, 3].map(() => readAndList(ways.descriptor, false)),
  readAndList(ways.path, true),
  search(),
]);
const wentOn = attacker.exitCode === null;
attacker.kill();
searches.dispose();
tree.remove();

const { given, refused, outside, outsideByPath } = counts;
console.log(`swapped folders: given=${given} refused=${refused} outside=${outside}`);
console.log(`where only paths can be compared: outside=${outsideByPath}`);
const attacked = isAttacking && wentOn && refused > 0 && given > 0;
const figures: readonly Figure[] = [
  { name: 'swapped-folders-read-outside', value: outside, goal: '= 0', digits: 0 },
  { name: 'swapped-folders-attacked', value: attacked ? 1 : Number.NaN, goal: '= 1', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
