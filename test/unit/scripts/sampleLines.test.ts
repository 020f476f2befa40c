import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleLines } from '../../support/mutation/sampleLines.ts';

const root = path.join(import.meta.dirname, '../../..');
const patterns = ['src/core/**/*.ts', 'src/shared/**/*.ts'];

describe('A sample of lines', () => {
  it('is the same for the same seed, and another one for another', () => {
    const sample = sampleLines(patterns, root, 50, 1);
    expect(sampleLines(patterns, root, 50, 1)).toEqual(sample);
    expect(sampleLines(patterns, root, 50, 2)).not.toEqual(sample);
  });

  it('has each line once, in the form that Stryker takes', () => {
    const sample = sampleLines(patterns, root, 500, 3);
    expect(new Set(sample).size).toBe(500);
    for (const line of sample) expect(line).toMatch(/^src\/(?:core|shared)\/.+\.ts:(\d+)-\1$/);
  });

  it('is no larger than what there is', () => {
    const all = sampleLines(['src/shared/thrown.ts'], root, 100, 1);
    expect(all.length).toBeGreaterThan(0);
    expect(all.length).toBeLessThan(10);
  });
});
