import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPathCheck } from '../../../../../../src/core/tools/workspace/pathCheck.ts';
import { searchFiles } from '../../../../../../src/core/tools/workspace/search/searchFiles.ts';
import { DiskTree } from '../workspaceFixture.ts';

const rows = 60_000;
const row = (index: number): string => `row ${index} of a long log, with some words to fill it\n`;
const log = Array.from({ length: rows }, (_, index) => row(index + 1)).join('');

let tree: DiskTree;

beforeEach(() => {
  tree = new DiskTree({ 'inside/a.log': log, 'inside/b.log': log, 'inside/c.txt': row(7) });
});

afterEach(() => {
  vi.restoreAllMocks();
  tree.remove();
});

const limits = { matches: 1_000, files: 100, fileBytes: 1_000_000 };
const query = { text: '7 of', isRegExp: false, caseSensitive: true, path: '' };

/** A search whose time is over when it has looked at the clock so many times. */
function search(looks: number, more: object = {}) {
  let looked = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    looked += 1;
    return looked > looks ? 2 : 0;
  });
  const bounds = { ...limits, untilMs: 1 };
  return searchFiles({ ...query, text: '777 of', ...more }, createPathCheck(tree.scope()), bounds);
}

function linesWith(wanted: string, text: string): readonly number[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => (line.includes(wanted) ? [index + 1] : []));
}

const expected = linesWith('777 of', log);

test('large files are searched after all others, to their end', async () => {
  const found = await search(10_000, { text: '7 of', path: '' });
  expect(found.matches[0]).toMatchObject({ path: 'c.txt', line: 1 });
  expect(found).toMatchObject({ stoppedBy: 'matches', filesSearched: 2, largeFilesLeft: 1 });
  const whole = await search(10_000);
  expect(whole.stoppedBy).toBeUndefined();
  expect(whole.matches.map(({ path, line }) => `${path} ${line}`)).toEqual(
    ['a.log', 'b.log'].flatMap((path) => expected.map((line) => `${path} ${line}`)),
  );
});

test('a search that runs out of time before the large files names them', async () => {
  const found = await search(3);
  expect(found).toMatchObject({ stoppedBy: 'time', filesSearched: 1, largeFilesLeft: 2 });
  expect(found.firstLargeLeft).toEqual(['a.log', 'b.log']);
  expect(found.brokenOff).toBeUndefined();
});

test.each([6, 7, 9])(
  'a search that breaks off in a file after %i looks goes on without a gap',
  async (looks) => {
    const first = await search(looks);
    expect(first).toMatchObject({ stoppedBy: 'time', firstLargeLeft: ['b.log'] });
    const lines = first.matches.map(({ line }) => line);
    let place = first.brokenOff;
    expect(place?.path).toBe('a.log');
    for (let rounds = 0; place !== undefined; rounds++) {
      expect(rounds).toBeLessThan(20);
      const next = await search(3, { path: place.path, startLine: place.line + 1 });
      lines.push(...next.matches.map(({ line }) => line));
      place = next.brokenOff;
    }
    expect(lines).toEqual(expected);
  },
);

test('a proposed text is searched from a line on, too', async () => {
  const text = log.replaceAll('777', '888');
  const bounds = { ...limits, untilMs: Number.POSITIVE_INFINITY };
  const about = { ...query, text: '888 of', path: 'a.log', startLine: 20_000 };
  const check = createPathCheck(tree.scope());
  const { matches } = await searchFiles(about, check, bounds, new Map([['a.log', text]]));
  const lines = linesWith('888 of', text).filter((line) => line >= 20_000);
  expect(matches.map(({ line }) => line)).toEqual(lines);
});
