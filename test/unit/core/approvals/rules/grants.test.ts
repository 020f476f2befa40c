import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type GrantOutcome, grantCase, outcomeOf } from '../../../../support/approvals/grants.ts';

it('whatever a rule allows is listed in its preview', () => {
  const counts = new Map<string, number>();
  const property = fc.property(grantCase, (one) => {
    const outcome: GrantOutcome = outcomeOf(one);
    const name = `${one.tool} ${one.rule.kind} ${outcome}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    expect(outcome).not.toBe('leaked');
  });
  fc.assert(property, { numRuns: 6_000 });
  for (const tool of ['run_command', 'fetch_url']) {
    for (const kind of ['written', 'clicked']) {
      expect(counts.get(`${tool} ${kind} granted`), `${tool} ${kind}`).toBeGreaterThan(20);
    }
  }
  expect(counts.get('write_file written granted')).toBeGreaterThan(20);
});
