import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitNames, limits } from '../../../src/core/base/limits.ts';
import {
  formatLimit,
  formatSize,
  isLimitValue,
  limitSetting,
  readLimit,
} from '../../../src/core/base/limitValues.ts';

describe('A limit read from the settings', () => {
  it.each(limitNames)('%s is used unchanged from its minimum to its maximum', (name) => {
    const { minimum, maximum, default: usual } = limits[name];
    for (const value of [minimum, maximum, usual]) {
      expect(readLimit(name, value)).toEqual({ value });
    }
    expect(readLimit(name, minimum - 1).value).toBe(minimum);
    expect(readLimit(name, maximum + 1).value).toBe(maximum);
    expect(usual).toBeGreaterThanOrEqual(minimum);
    expect(usual).toBeLessThanOrEqual(maximum);
  });

  it.each([
    ['50', 100, '"50"'],
    ['many', 100, '"many"'],
    [null, 100, 'null'],
    [undefined, 100, 'undefined'],
    [true, 100, 'true'],
    [[3], 100, '[3]'],
    [{}, 100, '{}'],
    [Number.NaN, 100, 'NaN'],
    [-5, 1, '-5'],
    [0, 1, '0'],
    [2.4, 2, '2.4'],
    [1e9, 10_000, '1000000000'],
    [Number.POSITIVE_INFINITY, 10_000, 'Infinity'],
    [Number.NEGATIVE_INFINITY, 1, '-Infinity'],
  ])('of %j becomes %i, with a warning', (given, value, shown) => {
    const reading = readLimit('toolCalls', given);
    expect(reading.value).toBe(value);
    expect(reading.problem).toBe(
      `interleave.limits.toolCalls is ${shown}, but must be a whole number from 1 to 10,000. ${value.toLocaleString('en-US')} is used.`,
    );
  });

  it('accepts fractions where they make sense', () => {
    expect(readLimit('maxCostUsd', 0.25)).toEqual({ value: 0.25 });
    expect(limitSetting('maxCostUsd')).toBe('interleave.maxCostUsd');
  });

  it('is always valid, whatever the setting', () => {
    const anything = fc.oneof(fc.anything(), fc.double(), fc.bigInt());
    fc.assert(
      fc.property(fc.constantFrom(...limitNames), anything, (name, given) => {
        const { value, problem } = readLimit(name, given);
        expect(isLimitValue(name, value)).toBe(true);
        expect(problem === undefined).toBe(Object.is(value, given) || value === given);
      }),
    );
  });
});

describe('A limit in a message', () => {
  it.each([
    ['promptKB', 1_000, '1 MB'],
    ['errorKB', 64, '64 KB'],
    ['journalStopMB', 1_000, '1 GB'],
    ['conversations', 1_000, '1,000 prompts'],
    ['toolSeconds', 30, '30 s'],
    ['maxCostUsd', 2.5, '$2.5'],
  ] as const)('%s of %d is %s', (name, value, text) => {
    expect(formatLimit(name, value)).toBe(text);
  });

  it('is short, whatever its size', () => {
    expect([1, 999, 1_234_567, 64_000_000].map(formatSize)).toEqual([
      ...['0.001 KB', '0.999 KB', '1.235 MB', '64 MB'],
    ]);
  });
});
