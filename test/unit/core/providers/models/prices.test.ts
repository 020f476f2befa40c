import { describe, expect, it } from 'vitest';
import { priceOf } from '../../../../../src/core/providers/models/prices.ts';

const own = { mine: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 } };
const vendor = { provider: 'anthropic', isVendor: true };

describe('the price of a model', () => {
  it('is the list price, whatever date is at the end of the id', () => {
    const price = priceOf({ ...vendor, model: 'claude-opus-5-5' });
    expect(price).toEqual({ input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 });
    for (const date of ['-20260131', '-2026-01-31']) {
      expect(priceOf({ ...vendor, model: `claude-opus-5-5${date}` })).toBe(price);
    }
    for (const end of ['-2026', '-20260131-x', '-202601310', 'x']) {
      expect(priceOf({ ...vendor, model: `claude-opus-5-5${end}` })).toBeUndefined();
    }
  });

  it.each([
    [{ ...vendor, model: 'mine' }, own.mine],
    [{ ...vendor, model: 'mine-20260131' }, undefined],
    [{ provider: 'openai', isVendor: false, model: 'mine' }, own.mine],
    [{ provider: 'openai', isVendor: false, model: 'claude-opus-5-5' }, undefined],
    [{ provider: 'vscode', isVendor: true, model: 'mine' }, undefined],
    [
      { provider: 'demo', isVendor: false, model: 'x' },
      { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    ],
    [{ provider: 'demo', isVendor: false, model: 'mine' }, own.mine],
    [{ ...vendor, model: 'toString' }, undefined],
  ])('of %j is %j', (model, price) => {
    expect(priceOf(model, own)).toEqual(price);
  });
});
