/**
 * Replaces files of saved runs with links, pipes, devices, sockets, sparse files and folders, at
 * random, then lists, reads, resumes and deletes the runs. Prints the longest time and the number
 * of changes outside. Flags: `--cases N` (2000), `--seed N`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { nodeEnvironment } from '../../src/core/journal/environment.ts';
import { runFolder } from '../../src/core/journal/runFolder.ts';
import { createJournal } from '../../src/core/journal/runs/openJournal.ts';
import { RunArchive } from '../../src/core/journal/runs/runArchive.ts';
import { wholeRun } from '../support/journal/journalRecords.ts';
import { runId, writerOf } from '../support/journal/testEnvironment.ts';
import { seededRandom } from '../support/seededRandom.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const random = seededRandom(Number(values.seed));
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const base = mkdtempSync(path.join(tmpdir(), 'interleave-run-files-'));
const root = path.join(base, 'runs');
const outside = path.join(base, 'outside');
const environment = await nodeEnvironment();
const redact = (text: string): string => text;
const archive = new RunArchive({ root, environment, redact, maxRuns: 50 });

/** An interrupted run, the template of each case. */
async function makeTemplate(): Promise<string> {
  const writer = writerOf(environment, await createJournal(root, runId, environment));
  for (const record of wholeRun(3, 2)) writer.append(record);
  await writer.dispose();
  const template = path.join(base, 'template');
  cpSync(root, template, { recursive: true });
  return template;
}

const files = runFolder(root, runId);
const places = [
  ...[files.journal, files.summary, files.lock, files.corrupt, files.blobs, files.path],
  `${files.path}.deleted`,
];
const socket = path.join(base, 'socket');
const server = createServer().listen(socket);

/** Each creates a special file at an empty place. */
const specials: readonly ((place: string) => void)[] = [
  (place) => symlinkSync(path.join(outside, 'precious.txt'), place),
  (place) => symlinkSync(outside, place),
  (place) => symlinkSync(path.join(outside, 'new.txt'), place),
  (place) => symlinkSync(place, place),
  (place) => symlinkSync('/dev/zero', place),
  (place) => symlinkSync('/dev/tty', place),
  (place) => symlinkSync(socket, place),
  (place) => execFileSync('mkfifo', [place]),
  (place) => mkdirSync(place),
  (place) => writeFileSync(place, ''),
  (place) => writeFileSync(place, '{"v":1}\n'),
  (place) => {
    writeFileSync(place, '');
    truncateSync(place, 2 ** 40);
  },
  (place) => {
    writeFileSync(place, readFileSync(path.join(template, runId, 'journal.jsonl')));
    truncateSync(place, 2 ** 41);
  },
  (place) => {
    writeFileSync(place, 'x');
    chmodSync(place, 0);
  },
];

/** Names and contents of everything outside. */
function stateOfOutside(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(outside, { recursive: true }).map(String).sort()) {
    hash.update(name);
    if (name.endsWith('.txt')) hash.update(readFileSync(path.join(outside, name)));
  }
  return hash.digest('hex');
}

function isFolder(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

let longestMs = 0;
let slowest = '';
let unexpected = 0;

async function timed(name: string, act: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await act().catch((error: unknown) => {
    const isUserError = error instanceof Error && error.name === 'UserError';
    if (isUserError) return;
    unexpected += 1;
    console.error(name, error);
  });
  const ms = performance.now() - startMs;
  if (ms > longestMs) [longestMs, slowest] = [ms, name];
}

const template = await makeTemplate();
mkdirSync(path.join(outside, runId), { recursive: true });
writeFileSync(path.join(outside, 'precious.txt'), 'precious');
writeFileSync(path.join(outside, runId, 'mine.txt'), 'mine');
const before = stateOfOutside();
let changed = 0;
for (let round = 0; round < Number(values.cases); round++) {
  rmSync(root, { recursive: true, force: true });
  cpSync(template, root, { recursive: true });
  const put: string[] = [];
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    const place = pick(places);
    // Writing into a folder that is now a link would itself change the outside.
    if (!isFolder(files.path) && place !== files.path) continue;
    const kind = Math.floor(random() * specials.length);
    rmSync(place, { recursive: true, force: true });
    try {
      specials[kind]?.(place);
      put.push(`${path.basename(place)}:${kind}`);
    } catch {
      // The run's folder is no longer a folder.
    }
  }
  const name = put.join(' ');
  await timed(`list ${name}`, () => archive.list());
  await timed(`read ${name}`, () => archive.read(runId));
  // A lock without a known owner is watched for three seconds by design.
  if (!name.includes('lock:')) {
    await timed(`reopen ${name}`, async () =>
      (await archive.reopen(runId)).recorder.saving.dispose(),
    );
    await timed(`delete ${name}`, () => archive.delete(runId));
  }
  await timed(`prune ${name}`, () => archive.prune());
  if (stateOfOutside() !== before) {
    changed += 1;
    console.error(`Something outside was changed: ${name}`);
    break;
  }
}
server.close();
rmSync(base, { recursive: true, force: true });

console.log(`special files: cases=${values.cases} seed=${values.seed} slowest=${slowest}`);
const figures: readonly Figure[] = [
  { name: 'special-run-files-longest-ms', value: longestMs, goal: '<= 2000', digits: 0 },
  { name: 'special-run-files-changed-outside', value: changed, goal: '= 0', digits: 0 },
  { name: 'special-run-files-unexpected-errors', value: unexpected, goal: '= 0', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
