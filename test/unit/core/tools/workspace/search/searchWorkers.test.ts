import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ToolError } from '../../../../../../src/core/tools/tool.ts';
import { defaultToolLimits } from '../../../../../../src/core/tools/toolLimits.ts';
import type { SearchQuery } from '../../../../../../src/core/tools/workspace/workspace.ts';
import { settled } from '../../../../../support/settled.ts';
import type { TestSearchesOptions } from '../testSearches.ts';
import { TestSearches } from '../testSearches.ts';
import { DiskTree, searchScript } from '../workspaceFixture.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

let tree: DiskTree;
let worker: TestSearches;
const { signal } = new AbortController();

beforeEach(() => {
  tree = new DiskTree({ 'inside/a.txt': 'needle\n' });
});

afterEach(() => {
  worker.dispose();
  tree.remove();
});

function start(more: Partial<TestSearchesOptions> = {}): void {
  worker = new TestSearches({ script: searchScript, deadlineMs: 60_000, threads: 1, ...more });
}

/** A worker that acts as the searched text says, to simulate a failing search. */
function scripted(more: Partial<TestSearchesOptions> = {}): void {
  const script = path.join(tree.base, 'worker.cjs');
  writeFileSync(
    script,
    `const { parentPort, threadId } = require('node:worker_threads');
     let answered = 0;
     parentPort.on('message', ({ id, input: { query: { text } } }) => {
       if (text === 'hang') for (;;);
       if (text === 'crash') throw new Error('crashed in /secret/folder/x.js');
       if (text === 'exit') process.exit(3);
       if (text === 'silent') return;
       if (text === 'eat') { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)); }
       answered += 1;
       const state = JSON.stringify({ threadId, answered, env: Object.keys(process.env) });
       const findings = { matches: [{ path: text, line: 1, text: state }], filesSearched: 1, largeFilesLeft: 0, firstLargeLeft: [] };
       parentPort.postMessage({ type: 'ended', id: id + 1000, result: findings });
       parentPort.postMessage({ type: 'ended', id, result: findings });
     });
     parentPort.postMessage({ type: 'ready' });`,
  );
  start({ script, ...more });
}

function search(
  text: string,
  more: Partial<SearchQuery> = {},
  aborts: AbortSignal = signal,
  onBegin: () => void = () => undefined,
) {
  const query = { text, isRegExp: false, caseSensitive: false, path: '', ...more };
  return worker.search(
    { scope: tree.scope(), query, limits: defaultToolLimits.search, softLimitMs: 5_000 },
    { signal: aborts, onBegin },
  );
}

interface WorkerState {
  readonly threadId: number;
  readonly answered: number;
  readonly env: readonly string[];
}

async function stateAfter(text: string): Promise<WorkerState> {
  const { matches } = await search(text);
  expect(matches[0]?.path).toBe(text);
  return JSON.parse(matches[0]?.text ?? '') as WorkerState;
}

describe('a single search thread', () => {
  test('finds matches', async () => {
    start();
    expect((await search('needle')).matches).toEqual([{ path: 'a.txt', line: 1, text: 'needle' }]);
  });

  test('has time left after catastrophic expressions', async () => {
    tree.write({ 'inside/evil.txt': `${'a'.repeat(100_000)}!\n`.repeat(2) });
    start({ deadlineMs: 60_000 });
    for (const text of ['^(a+)+$', '(a|a)*b', '(a|aa)+$', '(.*a){12}b', '((a*)*)*b', '(x+x+)+y']) {
      expect(await search(text, { isRegExp: true })).toMatchObject({ filesSearched: 2 });
    }
  });

  test('searches one after another, in order, in one thread', async () => {
    scripted();
    const states = await Promise.all(['a', 'b', 'c'].map(stateAfter));
    expect(states.map(({ answered }) => answered)).toEqual([1, 2, 3]);
    expect(new Set(states.map(({ threadId }) => threadId)).size).toBe(1);
  });

  test('gets no environment', async () => {
    scripted();
    expect(await stateAfter('a')).toMatchObject({ env: [] });
  });

  test.each([
    ['hangs', 'hang', /took too long/],
    ['never answers', 'silent', /took too long/],
    ['eats all memory', 'eat', /too much memory/],
  ])(
    'that %s is stopped with a message for the model, and the next search works',
    async (_, text, reason) => {
      scripted({ deadlineMs: text === 'eat' ? 60_000 : 3_000 });
      const before = await stateAfter('a');
      const [bad, good] = await Promise.allSettled([search(text), stateAfter('b')]);
      expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(ToolError) });
      expect(bad).toHaveProperty('reason.message', expect.stringMatching(reason));
      expect(good).toMatchObject({ status: 'fulfilled', value: { answered: 1 } });
      expect(good).not.toHaveProperty('value.threadId', before.threadId);
    },
  );

  test.each(['crash', 'exit'])('that ends with a %s fails only its search', async (text) => {
    scripted();
    const [bad, good] = await Promise.allSettled([search(text), stateAfter('b')]);
    expect(bad.status).toBe('rejected');
    expect(bad).toHaveProperty('reason.message', 'The tool worker ended unexpectedly.');
    expect(good.status).toBe('fulfilled');
  });

  test('that cannot start fails every search without an unhandled error', async () => {
    start({ script: path.join(tree.base, 'none.js') });
    await expect(search('a')).rejects.toThrow('ended unexpectedly');
    worker.dispose();
    start({ script: 'relative.js' });
    await expect(search('a')).rejects.toThrow('ended unexpectedly');
  });

  test('drops an aborted search at once, running or waiting', async () => {
    scripted({ deadlineMs: 60_000 });
    const first = new AbortController();
    const second = new AbortController();
    const begun = Promise.withResolvers<void>();
    const running = search('hang', {}, first.signal, begun.resolve);
    const waiting = search('a', {}, second.signal);
    const after = stateAfter('b');
    second.abort('second');
    await expect(waiting).rejects.toBe('second');
    await begun.promise;
    first.abort('first');
    await expect(running).rejects.toBe('first');
    expect(await after).toMatchObject({ answered: 1 });
    await expect(search('a', {}, AbortSignal.abort('before'))).rejects.toBe('before');
  });

  test('is stopped when idle and started again', async () => {
    scripted({ idleMs: 20 });
    const before = await stateAfter('a');
    // Each search finds out: it keeps a worker going that is not stopped yet.
    const isAnew = async () => {
      const after = await stateAfter('b');
      expect(after.threadId).not.toBe(before.threadId);
      return after;
    };
    const after = await vi.waitFor(isAnew, { interval: 60 });
    expect(after.answered).toBe(1);
  });

  test('keeps no process alive when idle', () => {
    start();
    const source = `
      import { TestSearches } from ${JSON.stringify(path.resolve('test/unit/core/tools/workspace/testSearches.ts'))};
      const worker = new TestSearches({ script: ${JSON.stringify(searchScript)}, deadlineMs: 2000, threads: 1 });
      const query = { text: 'needle', isRegExp: false, caseSensitive: true, path: '' };
      const scope = ${JSON.stringify(tree.scope())};
      const limits = ${JSON.stringify(defaultToolLimits.search)};
      const { signal } = new AbortController();
      const { matches } = await worker.search({ scope, query, limits, softLimitMs: 1e9 }, { signal });
      console.log(matches.length);`;
    const options = { encoding: 'utf8', timeout: 60_000 } as const;
    const args = ['--no-warnings', '--input-type=module', '--eval', source];
    expect(execFileSync(process.execPath, args, options)).toBe('1\n');
  });

  test('rejects everything after disposal', async () => {
    scripted({ deadlineMs: 60_000 });
    const begun = Promise.withResolvers<void>();
    const hanging = search('hang', {}, signal, begun.resolve);
    const pending = Promise.allSettled([hanging, search('a')]);
    await begun.promise;
    worker.dispose();
    worker.dispose();
    for (const outcome of await pending) expect(outcome.status).toBe('rejected');
    await expect(search('a')).rejects.toThrow('closed');
  });
});

describe('several search threads', () => {
  test('continue other searches while one is slow', async () => {
    scripted({ deadlineMs: 60_000, threads: 2 });
    const stop = new AbortController();
    const slow = search('hang', {}, stop.signal);
    const states = await Promise.all(['a', 'b', 'c'].map(stateAfter));
    expect(states.map(({ answered }) => answered)).toEqual([1, 2, 3]);
    stop.abort('enough');
    await expect(slow).rejects.toBe('enough');
  });

  test('are no more than requested, and no more than needed', async () => {
    scripted({ deadlineMs: 60_000, threads: 3 });
    await stateAfter('a');
    await stateAfter('b');
    const one = await stateAfter('c');
    expect(one.answered).toBe(3);
    const states = await Promise.all(Array.from({ length: 20 }, (_, at) => stateAfter(`${at}`)));
    expect(new Set(states.map(({ threadId }) => threadId)).size).toBeLessThanOrEqual(3);
  });

  test('report when a search begins, and not while it is queued', async () => {
    scripted({ deadlineMs: 60_000 });
    const stop = new AbortController();
    const slow = search('hang', {}, stop.signal);
    let isBegun = false;
    const waiting = search('a', {}, signal, () => {
      isBegun = true;
    });
    await settled();
    expect(isBegun).toBe(false);
    stop.abort('enough');
    await expect(slow).rejects.toBe('enough');
    await waiting;
    expect(isBegun).toBe(true);
  });
});
