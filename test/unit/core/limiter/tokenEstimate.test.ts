import { describe, expect, it } from 'vitest';
import { TokenEstimate } from '../../../../src/core/limiter/tokenEstimate.ts';
import type { Usage } from '../../../../src/shared/usage.ts';

const usage: Usage = {
  inputTokens: 100,
  outputTokens: 20,
  cacheReadTokens: 60,
  cacheWriteTokens: 5,
};
const kinds = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const;
const estimates = (cost: TokenEstimate) => kinds.map((kind) => cost.of(kind));

describe('the estimated cost of a request', () => {
  it('is one request and no tokens before the first response', () => {
    expect(estimates(new TokenEstimate())).toEqual([1, 0, 0, 0]);
  });

  it('is that of the first response, without what came from the cache', () => {
    const cost = new TokenEstimate();
    cost.learn(usage);
    expect(estimates(cost)).toEqual([1, 120, 40, 20]);
  });

  it('follows later responses by a fifth', () => {
    const cost = new TokenEstimate();
    cost.learn(usage);
    cost.learn({ ...usage, inputTokens: 150, outputTokens: 70 });
    expect(estimates(cost)).toEqual([1, 140, 50, 30]);
  });

  it('learns nothing from incomplete usage', () => {
    const cost = new TokenEstimate();
    cost.learn({ ...usage, incomplete: true });
    expect(estimates(cost)).toEqual([1, 0, 0, 0]);
  });
});
