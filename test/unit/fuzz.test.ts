import { expect, test, vi } from 'vitest';
import { type FuzzTarget, fuzz } from '../support/fuzz/fuzzTarget.ts';
import { fuzzTargets } from '../support/fuzz/fuzzTargets.ts';

// A busy machine must not fail a test.
vi.setConfig({ testTimeout: 60_000 });

// The soak test of this name gives them millions of inputs.
test.each(fuzzTargets.map((target): [string, FuzzTarget] => [target.name, target]))(
  '%s takes a few hundred inputs that nobody would think of',
  async (_, target) => {
    expect(await fuzz(target, 300, 20_261_120)).toEqual({ inputs: 300 });
  },
);
