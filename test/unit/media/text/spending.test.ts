import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cachedShare,
  conversationCost,
  costText,
  costTitle,
  mayCost,
  priceText,
} from '../../../../media/text/spending.ts';
import { RunScript, tokens } from '../../../support/panel/runScript.ts';
import { stoppedRun } from '../../../support/panel/troubledRuns.ts';

const free = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

function used(usage = tokens(1000, 100), price: object = {}) {
  const script = new RunScript({ prompts: [{ name: 'a', ...price }] });
  script.steps(0, { type: 'turn.finished', turn: 1, text: '', toolCalls: [], usage });
  return script.state().conversations[0]!;
}

describe('the cost of a conversation', () => {
  it('is calculated with its price', () => {
    expect(conversationCost(used())).toBeCloseTo(0.006);
  });

  it('is unknown without a price, and the title names the model and the setting', () => {
    const unpriced = stoppedRun().state().conversations;
    expect(conversationCost(unpriced[0]!)).toBeNull();
    expect(costText(conversationCost(unpriced[0]!))).toBe('–');
    expect(costTitle(unpriced)).toContain('no price for local/qwen-4. Add it');
    expect(costTitle(unpriced)).toContain('interleave.prices');
  });

  it('is unknown when tokens were not reported, whatever the price', () => {
    const unreported = used({ ...tokens(0, 0), incomplete: true });
    expect(conversationCost(unreported)).toBeNull();
    expect(costTitle([unreported])).toContain('did not report');
  });

  it('is empty for a free model', () => {
    expect(costText(conversationCost(used(tokens(9, 9), { price: free })))).toBe('');
    const unreported = used({ ...tokens(0, 0), incomplete: true }, { price: free });
    expect(costText(conversationCost(unreported))).toBe('');
  });
});

describe('the share that came from the cache', () => {
  it.each([
    [tokens(100, 0, 71), '71 %'],
    [tokens(1000, 0, 1), '<1 %'],
    [tokens(1000, 0, 999), '99 %'],
    [tokens(1000, 0, 1000), '100 %'],
    [tokens(1000, 0, 2000), '100 %'],
    [tokens(1000, 0), undefined],
    [tokens(0, 10), undefined],
    [{ ...tokens(1000, 0), cacheWriteTokens: 900 }, '0 %'],
  ])('of %o is %s', (usage, share) => {
    expect(cachedShare(usage)).toBe(share);
  });

  it('is 0 % or 100 % only when it is exact', () => {
    const count = fc.integer({ min: 1, max: 10_000_000 });
    fc.assert(
      fc.property(count, count, (input, read) => {
        const share = cachedShare(tokens(input, 0, read));
        expect(share).toMatch(/^(<1|\d{1,3}) %$/);
        expect(share).not.toBe('0 %');
        expect(share === '100 %').toBe(read >= input);
      }),
    );
  });
});

describe('a price', () => {
  it('is spelled out', () => {
    expect(priceText({ input: 4, output: 20, cacheRead: 0.2, cacheWrite: 0.125 })).toBe(
      '$4 in, $20 out, $0.20 from the cache, $0.125 into the cache per million tokens',
    );
  });

  it('may lead to a cost when it is unknown', () => {
    expect(mayCost(undefined)).toBe(true);
    expect(mayCost(free)).toBe(false);
    expect(mayCost({ ...free, output: 1 })).toBe(true);
  });
});
