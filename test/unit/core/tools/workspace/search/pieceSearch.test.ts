import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createLineFinder,
  createTextMatcher,
} from '../../../../../../src/core/tools/workspace/search/lineFinder.ts';
import { PieceSearch } from '../../../../../../src/core/tools/workspace/search/pieceSearch.ts';

interface Wanted {
  readonly text: string;
  readonly isRegExp?: boolean;
  readonly caseSensitive?: boolean;
}

/** Searches a text that comes in pieces of so many bytes. */
function inPieces(
  text: string,
  { text: wanted, isRegExp = false, caseSensitive = false }: Wanted,
  { bytes, startLine = 1, max = 100 }: { bytes: number; startLine?: number; max?: number },
) {
  const matcherFor = createTextMatcher({ text: wanted, isRegExp, caseSensitive });
  const search = new PieceSearch({ matcherFor, startLine, max });
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) search.add(all.subarray(at, at + bytes));
  search.end();
  return search;
}

const parts = ['a', 'B', 'ab', '\n', '\r\n', '\r', ' ', 'é', '😀', '\u{feff}x'];
const texts = fc.array(fc.constantFrom(...parts), { maxLength: 40 }).map((some) => some.join(''));
const queries: readonly Wanted[] = [
  { text: 'ab' },
  { text: 'a', caseSensitive: true },
  { text: '😀' },
  { text: '^$', isRegExp: true },
  { text: '^a', isRegExp: true },
  { text: 'b$', isRegExp: true },
  { text: 'a.*b', isRegExp: true },
];

describe('a text that is searched in pieces', () => {
  test('has the lines that it has as a whole', () => {
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(...queries),
        fc.integer({ min: 1, max: 9 }),
        (text, query, bytes) => {
          const whole = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
          const asked = { isRegExp: false, caseSensitive: false, ...query };
          const expected = createLineFinder(asked)(whole, 100);
          expect(inPieces(text, query, { bytes }).matches).toEqual(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('is searched from a line on, with the numbers that the lines have', () => {
    const text = Array.from({ length: 100 }, (_, index) => `row ${index + 1}`).join('\n');
    for (const bytes of [1, 7, 10_000]) {
      const { matches, line } = inPieces(text, { text: '7' }, { bytes, startLine: 71 });
      expect(matches.map((match) => match.line)).toEqual([
        71, 72, 73, 74, 75, 76, 77, 78, 79, 87, 97,
      ]);
      expect(line).toBe(100);
    }
    expect(inPieces(text, { text: '7' }, { bytes: 7, startLine: 101 }).matches).toEqual([]);
  });

  test('is searched up to the max', () => {
    const search = inPieces('x\n'.repeat(1_000), { text: 'x' }, { bytes: 64, max: 3 });
    expect([search.matches.length, search.isFull]).toEqual([3, true]);
  });
});

describe('a line that is longer than what is kept of a text', () => {
  const before = 'first\n';
  const filler = 'fill '.repeat(500_000);

  test.each([
    ['at its beginning', 0],
    ['in its middle', 1_234_567],
    ['where two pieces meet', 1_000_000],
    ['at its end', filler.length],
  ])('is found %s, once, with its column', (_, at) => {
    const line = `${filler.slice(0, at)}😀needle${filler.slice(at)}`;
    for (const end of ['', '\n', '\r\nlast needle']) {
      const text = `${before}${line}${end}`;
      const { matches } = inPieces(text, { text: 'needle' }, { bytes: 262_144 });
      expect(matches[0]).toMatchObject({ line: 2, column: at + 3 });
      expect(matches[0]!.text).toContain('😀needle');
      expect(matches[0]!.text.isWellFormed()).toBe(true);
      expect(matches.slice(1)).toEqual(end.length > 2 ? [{ line: 3, text: 'last needle' }] : []);
    }
  });

  test('is found once when it has many matches', () => {
    const { matches } = inPieces(`${filler}\nfill`, { text: 'fill' }, { bytes: 262_144 });
    expect(matches.map(({ line }) => line)).toEqual([1, 2]);
  });

  test('has one beginning and one end', () => {
    const text = `start ${filler}end\r\nmore`;
    const lines = (expression: string) =>
      inPieces(text, { text: expression, isRegExp: true }, { bytes: 262_144 }).matches.length;
    expect(['^fill', '^start', '^more', 'end$', 'fil$', '^ fill'].map(lines)).toEqual([
      0, 1, 1, 1, 0, 0,
    ]);
  });
});
