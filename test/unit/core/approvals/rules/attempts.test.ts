import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../src/core/approvals/rules/decide.ts';
import { type Attempt, attempts, innocent } from '../../../../fixtures/approvals/attempts.ts';
import {
  callOf,
  linux,
  mac,
  rulesOf,
  windows,
} from '../../../../support/approvals/ruleFixtures.ts';

function verdictOf({ rules, tool, input, agent, addresses, leadsTo, ...on }: Attempt): string {
  const system = on.isWindows ? windows : on.isMac ? mac : linux;
  const more = {
    ...(agent === undefined ? {} : { agent }),
    ...(addresses === undefined ? {} : { addresses }),
    ...(leadsTo === undefined ? {} : { leadsTo }),
  };
  return decide(rulesOf(rules, 'run', system), callOf(tool, input, more), system).verdict;
}

describe('attempts to widen a rule', () => {
  it('are many, and none is there twice', () => {
    const shown = attempts.map((attempt) => JSON.stringify(attempt));
    expect(new Set(shown).size).toBe(shown.length);
    expect(attempts.length).toBeGreaterThan(900);
    const tools = new Set(attempts.map(({ tool }) => tool));
    const all = [
      'run_command',
      'fetch_url',
      'write_file',
      'edit_file',
      'delete_file',
      'rename_file',
    ];
    for (const tool of [...all, 'run_javascript', 'ask_helper', 'transfer_to_worker']) {
      expect(tools).toContain(tool);
    }
  });

  it.each([...new Set(attempts.map(({ family }) => family))])('%s: none is allowed', (family) => {
    const allowed = attempts
      .filter((attempt) => attempt.family === family)
      .filter((attempt) => verdictOf(attempt) === 'allow');
    expect(allowed.map(({ input, agent }) => ({ input, agent }))).toEqual([]);
  });

  it('the innocent forms are allowed by the same rules', () => {
    const others = innocent.filter((attempt) => verdictOf(attempt) !== 'allow');
    expect(others.map(({ input }) => input)).toEqual([]);
  });
});
