// Loaded before the command line (`--require`): counts work that costs time and memory, and writes
// the counts when the process exits.
import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { countsVariable, journalFile, type ProcessCounts } from './processCounts.ts';

type Counts = { -readonly [K in keyof ProcessCounts]: number };

const file = process.env[countsVariable];
if (file !== undefined) {
  // Worker threads of the program do not count.
  delete process.env[countsVariable];
  const { writeFileSync } = fs;
  const { stringify } = JSON;
  const counts = startCounting();
  process.on('exit', () => {
    counts.heapBytes = getHeapStatistics().used_heap_size;
    writeFileSync(file, stringify(counts));
  });
}

function startCounting(): Counts {
  const counts: Counts = {
    ...{ parses: 0, stringifies: 0, timers: 0, abortListeners: 0, journalWrites: 0 },
    ...{ heapBytes: 0, collections: 0 },
  };
  countCalls(JSON, ['parse'], () => counts.parses++);
  countCalls(JSON, ['stringify'], () => counts.stringifies++);
  countCalls(globalThis, ['setTimeout', 'setInterval'], () => counts.timers++);
  countCalls(AbortSignal, ['timeout'], () => counts.timers++);
  countCalls(EventTarget.prototype, ['addEventListener'], (target) => {
    if (target instanceof AbortSignal) counts.abortListeners += 1;
  });
  countJournalWrites(() => counts.journalWrites++);
  new PerformanceObserver((list) => {
    counts.collections += list.getEntries().length;
  }).observe({ entryTypes: ['gc'] });
  return counts;
}

/** Replaces methods by themselves, with a call before. `onCall` gets `this` and the first argument. */
function countCalls<T extends object>(
  owner: T,
  names: readonly (keyof T)[],
  onCall: (owner: unknown, first: unknown) => void,
): void {
  for (const name of names) {
    const method = owner[name] as (...args: unknown[]) => unknown;
    const counting = function (this: unknown, ...args: unknown[]): unknown {
      onCall(this, args[0]);
      return method.apply(this, args);
    };
    // Functions can have properties, such as the symbol for `util.promisify`.
    owner[name] = Object.defineProperties(
      counting,
      Object.getOwnPropertyDescriptors(method),
    ) as T[keyof T];
  }
}

function countJournalWrites(onWrite: () => void): void {
  const descriptors = new Set<unknown>();
  const { open } = promises;
  promises.open = async (path, ...rest): Promise<FileHandle> => {
    const handle = await open(path, ...rest);
    if (!String(path).endsWith(journalFile)) return handle;
    descriptors.add(handle.fd);
    countCalls(handle, ['write', 'writev', 'writeFile', 'appendFile'], onWrite);
    return handle;
  };
  countCalls(fs, ['write', 'writev', 'writeSync', 'writevSync'], (_, descriptor) => {
    if (descriptors.has(descriptor)) onWrite();
  });
}
