import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defaultToolLimits } from '../../../../../../src/core/tools/toolLimits.ts';
import { hostileLines, hostilePatterns } from '../../../../../support/hostilePatterns.ts';
import { TestSearches } from '../testSearches.ts';
import { DiskTree, searchScript } from '../workspaceFixture.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 120_000 });

let tree: DiskTree;
let worker: TestSearches;

beforeAll(() => {
  tree = new DiskTree({ 'inside/evil.txt': hostileLines.join('') });
  // A backtracking engine would exceed the deadline for most of these.
  worker = new TestSearches({ script: searchScript, deadlineMs: 30_000, threads: 1 });
});

afterAll(() => {
  worker.dispose();
  tree.remove();
});

test('more than 200 catastrophic expressions finish in time', async () => {
  expect(new Set(hostilePatterns).size).toBeGreaterThan(200);
  const { signal } = new AbortController();
  const { search: limits } = defaultToolLimits;
  const unanswered: string[] = [];
  for (const text of hostilePatterns) {
    const query = { text, isRegExp: true, caseSensitive: true, path: '' };
    const found = worker.search(
      { scope: tree.scope(), query, limits, softLimitMs: 20_000 },
      { signal },
    );
    const isSearched = await found.then(
      ({ filesSearched }) => filesSearched === 1,
      () => false,
    );
    if (!isSearched) unanswered.push(text);
  }
  expect(unanswered).toEqual([]);
});
