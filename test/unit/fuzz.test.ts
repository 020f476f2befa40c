import { expect, test, vi } from 'vitest';
import { type FuzzTarget, fuzz } from '../support/fuzz/fuzzTarget.ts';
import { fuzzTargets } from '../support/fuzz/fuzzTargets.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

// The soak test of the same name tries millions of inputs.
test.each(fuzzTargets.map((target): [string, FuzzTarget] => [target.name, target]))(
  '%s handles a few hundred random inputs',
  async (_, target) => {
    expect(await fuzz(target, 300, 20_261_120)).toEqual({ inputs: 300 });
  },
);
