import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SearchWorker } from '../../../../src/core/tools/searchWorker.ts';
import { DiskTree, searchScript } from './workspaceFixture.ts';

// A busy machine must not fail a test.
vi.setConfig({ testTimeout: 120_000 });

/** Shapes of expressions that take a backtracking engine exponential or high polynomial time. */
const shapes: readonly ((atom: string) => string)[] = [
  (atom) => `^(${atom}+)+$`,
  (atom) => `(${atom}|${atom})*!!`,
  (atom) => `(${atom}|${atom}${atom})+$`,
  (atom) => `(.*${atom}){12}!!`,
  (atom) => `((${atom}*)*)*!!`,
  (atom) => `(${atom}+${atom}+)+!!`,
  (atom) => `(${atom}?){25}${atom}{25}!!`,
  (atom) => `^(${atom}|${atom}?)+$`,
  (atom) => `(${atom}+){2,}!!`,
  (atom) => `^(?:${atom}*)*[0-9]$`,
  (atom) => `${atom}*${atom}*${atom}*${atom}*${atom}*!!`,
  (atom) => `(?:${atom}+[^!]?)+!!`,
];

const atoms = [
  'a',
  '[a-z]',
  '\\w',
  '.',
  '(a)',
  '\\S',
  '[^!]',
  '(?:a)',
  '[aA]',
  '\\pL',
  '\\D',
  '(?:a{1,3})',
];

/** Expressions of libraries in use, as they stood in reports about them. */
const reported: readonly string[] = [
  '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '^(.+\\.)+[a-z]+$',
  '^(\\w+\\s?)*$',
  '^([\\w.-]+)+@([\\w-]+\\.)+[\\w-]{2,4}$',
  '\\s*#?\\s*((?:[^\\s]+\\s*)+)!!',
  '^\\s+|\\s+$',
  '(?:\\s*,\\s*)*!!',
  '^(?:[^"\\\\]|\\\\.|"(?:[^"]|"")*")*!!$',
  '^(-?\\d+|\\d+\\.?)+$',
  '(\\[[^\\]]*\\]|[^\\[])*!!',
  '^(([^/]+)/?)*$',
  '(x+x+)+y',
  '(([a-z0-9]+)?.)*!!',
  '^([0-9a-z]*,?)*$',
];

const patterns = [...shapes.flatMap((shape) => atoms.map(shape)), ...reported].flatMap((one) =>
  one.startsWith('^') ? [one] : [one, `^${one}`],
);

let tree: DiskTree;
let worker: SearchWorker;

beforeAll(() => {
  const lines = ['a'.repeat(20_000), ' '.repeat(20_000), 'a.'.repeat(10_000), 'a/'.repeat(10_000)];
  tree = new DiskTree({ 'inside/evil.txt': lines.map((line) => `${line}?\n`).join('') });
  // For an engine that goes back, most of these would take longer than there is time.
  worker = new SearchWorker({ script: searchScript, deadlineMs: 30_000 });
});

afterAll(() => {
  worker.dispose();
  tree.remove();
});

test('more than 200 expressions that others take years for are searched for in their time', async () => {
  expect(new Set(patterns).size).toBeGreaterThan(200);
  const { signal } = new AbortController();
  const unanswered: string[] = [];
  for (const text of patterns) {
    const query = { text, isRegExp: true, caseSensitive: true, path: '' };
    const found = worker.search({ scope: tree.scope(), query, softLimitMs: 20_000 }, signal);
    const isSearched = await found.then(
      ({ filesSearched }) => filesSearched === 1,
      () => false,
    );
    if (!isSearched) unanswered.push(text);
  }
  expect(unanswered).toEqual([]);
});
