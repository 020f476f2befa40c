import { describe, expect, it } from 'vitest';
import { UserRules } from '../../../src/host/userRules.ts';
import { linux, tools } from '../../support/approvals/ruleFixtures.ts';

function rulesOver(lines: readonly string[]) {
  let now = lines;
  const rules = new UserRules({ lines: () => now, tools, system: linux });
  return {
    rules,
    set: (changed: readonly string[]) => {
      now = changed;
      rules.changed();
    },
    texts: () => rules.current().map(({ text, place }) => `${place} ${text}`),
  };
}

describe('the rules in the settings', () => {
  it('are those of now', () => {
    const { rules, set, texts } = rulesOver(['# Build', 'allow run_command(npm test)']);
    rules.check();
    expect(texts()).toEqual(['settings allow run_command(npm test)']);
    set(['deny run_command']);
    expect(texts()).toEqual(['settings deny run_command']);
    set([]);
    expect(texts()).toEqual([]);
  });

  it('with an error let no run start, and a run under way keeps those it had', () => {
    const { rules, set, texts } = rulesOver(['deny run_command(rm *)']);
    rules.check();
    set(['deny run_command(rm *)', 'denny fetch_url']);
    expect(() => rules.check()).toThrow(
      'The setting interleave.rules has an error. Line 2: A rule begins with deny, ask or allow, not "denny". Did you mean "deny"?',
    );
    expect(texts()).toEqual(['settings deny run_command(rm *)']);
  });
});
