import { describe, expect, it } from 'vitest';
import { unitCostFigures, unitCosts, unitCostTable } from '../../../bench/lab/unitCosts.ts';
import type { WholeResult } from '../../../bench/lab/wholeTrials.ts';

const histories = unitCosts.find(({ name }) => name === 'histories')!;

/** Ten conversations at each of the three lengths, with these CPU times. */
function lengths(...cpuMs: readonly number[]) {
  return histories.lengths.map(({ units }, place) => {
    const result = { conversations: 10, cpuMs: cpuMs[place], peakRssBytes: 0, wallMs: 0 };
    return { units, results: [{ ...result, score: { right: 10 } } as WholeResult] };
  });
}

// 2, 20 and 100 turns. Beyond the floor, each turn takes 4 ms; start-up takes 300 ms.
const measured = new Map([
  ['cli', lengths(300 + 100, 300 + 1000, 300 + 9000)],
  ['http-floor', lengths(20, 200, 5000)],
]);

describe('The cost of one more turn', () => {
  it('is compared on short and on long conversations, without start-up', () => {
    const figures = unitCostFigures(histories, 'openai', 10, measured);
    const ratio = figures.find(({ name }) => name.endsWith('long-over-short'));
    // 900 ms for 180 turns, then 8,000 ms for 800.
    expect(ratio?.value).toBeCloseTo(2);
  });

  it('is compared beyond the floor, too', () => {
    const run = { protocol: 'openai', conversations: 10 } as const;
    const { heads, rows } = unitCostTable(histories, run, measured);
    const place = heads.indexOf('the same beyond the floor');
    // 4 ms of 5 ms a turn, then 4 ms of 10 ms.
    expect(rows.map((row) => row[place])).toEqual(['1.00', '-']);
  });

  it('is not known when noise exceeds it', () => {
    const noisy = new Map([['cli', lengths(400, 390, 1000)]]);
    const [, ratio] = unitCostFigures(histories, 'openai', 10, noisy);
    expect(ratio?.value).toBeNaN();
  });
});
