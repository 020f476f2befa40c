import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleToolOf } from '../../../../../src/core/approvals/rules/ruleTools.ts';
import { type GrantOutcome, grantCase, outcomeOf } from '../../../../support/approvals/grants.ts';
import { presentTools } from '../../../../support/approvals/toolInputs.ts';

it('whatever a rule allows is listed in its preview', () => {
  const counts = new Map<string, number>();
  const property = fc.property(grantCase, (one) => {
    const outcome: GrantOutcome = outcomeOf(one);
    const name = `${one.tool} ${one.rule.kind} ${outcome}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    expect(outcome).not.toBe('leaked');
  });
  fc.assert(property, { numRuns: 8_000 });
  for (const tool of ['run_command', 'fetch_url']) {
    for (const kind of ['written', 'clicked']) {
      expect(counts.get(`${tool} ${kind} granted`), `${tool} ${kind}`).toBeGreaterThan(20);
    }
  }
  for (const tool of ['write_file', 'edit_file', 'delete_file', 'read_file']) {
    expect(counts.get(`${tool} written granted`), tool).toBeGreaterThan(5);
  }
  // A rule of one path does not speak of the other path of a rename.
  expect(counts.get('rename_file written granted')).toBeUndefined();
  for (const { name } of presentTools) {
    // These are too dangerous to be allowed as a whole.
    const isTooBroad = ['run_command', 'fetch_url'].includes(name);
    const granted = counts.get(`${name} whole granted`) ?? 0;
    if (isTooBroad) expect(granted, name).toBe(0);
    else expect(granted, name).toBeGreaterThan(0);
  }
});

describe('the arguments of the tools as they are now', () => {
  it.each(presentTools.map((tool) => [tool.name, tool] as const))(
    'of %s are known to rules, so that a rule allows what it says',
    (_, tool) => {
      const { subject } = ruleToolOf(tool);
      if (subject === undefined) return;
      const { properties } = tool.inputSchema as { readonly properties: object };
      const known = [subject.argument, ...subject.free, ...(subject.others ?? [])];
      expect(Object.keys(properties).toSorted()).toEqual(known.toSorted());
    },
  );

  it('are those of all tools, and of agents that reach others', () => {
    const names = presentTools.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['run_javascript', 'get_diagnostics', 'ask_user', 'search_text']),
    );
    expect(names).toEqual(expect.arrayContaining(['ask_helper', 'transfer_to_worker']));
  });
});
