import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipMiddleBytes } from '../../../../src/core/base/clipBytes.ts';

const bytesOf = (text: string): number => Buffer.byteLength(text);

describe('a text clipped by bytes', () => {
  it('is unchanged when it fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const wellFormed = text.toWellFormed();
        expect(clipMiddleBytes(wellFormed, bytesOf(wellFormed))).toBe(wellFormed);
      }),
    );
  });

  it('fits, is well-formed and keeps its beginning and end', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 200, maxLength: 400 });
    fc.assert(
      fc.property(text, fc.integer({ min: 100, max: 150 }), (given, max) => {
        const whole = given.toWellFormed();
        fc.pre(bytesOf(whole) > max);
        const clipped = clipMiddleBytes(whole, max);
        expect(bytesOf(clipped)).toBeLessThanOrEqual(max);
        expect(clipped.isWellFormed()).toBe(true);
        expect(clipped).not.toContain('\ufffd');
        expect(whole.startsWith(clipped.slice(0, 5))).toBe(true);
        expect(whole.endsWith(clipped.slice(-5))).toBe(true);
      }),
    );
  });

  it('says how much it leaves out', () => {
    expect(clipMiddleBytes('a'.repeat(1_000), 100)).toMatch(/^a+.*\d.*a+$/s);
  });
});
