import { describe, expect, it } from 'vitest';
import { createFaultPlan } from '../../../bench/simulator/faultPlan.ts';
import { type FaultKind, faultKinds } from '../../../bench/simulator/settings.ts';

const settings = {
  rate: 0.05,
  kinds: faultKinds,
  per: 'conversation',
  conversations: 200,
} as const;

function faultsOf(seed: number): readonly (FaultKind | undefined)[] {
  const plan = createFaultPlan(settings, seed);
  return Array.from({ length: 200 }, (_, conversation) => {
    const found = [0, 1, 2, 3].map((turn) => plan.faultFor(conversation, turn, 0));
    const faults = found.filter((fault) => fault !== undefined);
    expect(faults.length).toBeLessThanOrEqual(1);
    return faults[0];
  });
}

describe('faults by conversation', () => {
  it('hit exactly their share, each conversation at most once', () => {
    const faults = faultsOf(1);
    for (const kind of faultKinds) {
      expect(faults.filter((fault) => fault === kind)).toHaveLength(10);
    }
  });

  it('are the same for the same seed and others for another', () => {
    expect(faultsOf(1)).toEqual(faultsOf(1));
    expect(faultsOf(1)).not.toEqual(faultsOf(2));
  });

  it('do not hit the retry', () => {
    const plan = createFaultPlan(settings, 1);
    for (let conversation = 0; conversation < 200; conversation++) {
      for (let turn = 0; turn < 4; turn++) {
        expect(plan.faultFor(conversation, turn, 1)).toBeUndefined();
      }
    }
  });
});

describe('faults by request', () => {
  it('hit about their share of all requests, including retries', () => {
    const plan = createFaultPlan({ ...settings, per: 'request' }, 1);
    const faults = Array.from({ length: 20_000 }, (_, conversation) =>
      plan.faultFor(conversation, conversation % 4, conversation % 3),
    );
    for (const kind of faultKinds) {
      const share = faults.filter((fault) => fault === kind).length / faults.length;
      expect(share).toBeGreaterThan(0.04);
      expect(share).toBeLessThan(0.06);
    }
  });
});
