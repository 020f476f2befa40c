// @vitest-environment jsdom
import { expect, it, vi } from 'vitest';
import { fuzz } from '../../../support/fuzz/fuzzTarget.ts';
import { markdownTarget } from './markdownFuzz.ts';

// A busy machine must not fail a test.
vi.setConfig({ testTimeout: 60_000 });

// The soak test `fuzz` gives it thousands.
it('survives fifty random answers', async () => {
  const target = markdownTarget(window);
  expect(await fuzz(target, 50, 20_261_120)).toEqual({ inputs: 50 });
});
