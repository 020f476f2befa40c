import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatComparison,
  formatCount,
  formatDuration,
  formatInteger,
  formatNumber,
  plural,
} from '../../../src/shared/quantities.ts';

describe('quantities for people', () => {
  it.each([
    [0, '0 ms'],
    [38.4, '38 ms'],
    [999.4, '999 ms'],
    [999.5, '1.0 s'],
    [3_140, '3.1 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_725_000, '62 min 05 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('never rounds a duration up to a whole unit of the next larger kind', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (ms) => {
        expect(formatDuration(ms)).toMatch(
          /^(?:\d{1,3} ms|(?:[1-9]|[1-5]\d)\.\d s|\d+ min [0-5]\d s)$/,
        );
      }),
    );
  });

  it.each([
    [0, '00:00.000'],
    [1_204.9, '00:01.204'],
    [61_042, '01:01.042'],
    [3_600_000, '60:00.000'],
    [-5, '00:00.000'],
  ])('writes the moment %d ms as %s', (ms, text) => {
    expect(formatClock(ms)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [3_400_000, '3.4 MB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0'],
    [812, '812'],
    [1_234, '1.2k'],
    [999_949, '999.9k'],
    [999_950, '1.0M'],
  ])('writes the count %d as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it('writes numbers as the language English does', () => {
    const number = fc.integer({ max: 1e9 }).map((parts) => parts / 1e4);
    fc.assert(
      fc.property(fc.integer(), number, (whole, parts) => {
        expect(formatInteger(whole)).toBe(whole.toLocaleString('en-US'));
        const text = parts.toLocaleString('en-US', { maximumFractionDigits: 6 });
        expect(formatNumber(parts)).toBe(text);
      }),
    );
    expect([0, 999, 1_000, 1_000_000.5].map(formatNumber)).toEqual([
      ...['0', '999', '1,000', '1,000,000.5'],
    ]);
  });

  it('uses the plural unless there is one', () => {
    expect([0, 1, 2].map((count) => plural(count, 'turn'))).toEqual([
      '0 turns',
      '1 turn',
      '2 turns',
    ]);
  });

  it('mentions a saving only if there is one', () => {
    const times = { wallMs: 5_021, conversationMs: 9_034 };
    expect(formatComparison({ ...times, savedPercent: 44 })).toBe(
      'about 9.0 s of conversation in 5.0 s, 44 % less',
    );
    expect(formatComparison({ ...times, savedPercent: 0 })).toBe('5.0 s');
  });
});
