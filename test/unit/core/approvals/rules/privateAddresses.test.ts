import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../src/core/approvals/rules/decide.ts';
import { callOf, linux, rulesOf } from '../../../../support/approvals/ruleFixtures.ts';

const url = 'http://127.0.0.1:3000/a';
const verdict = (rules: string) => {
  const { verdict: said, by } = decide(rulesOf(rules), callOf('fetch_url', { url }), linux);
  return `${said} ${by.kind}`;
};

describe('an address of this machine', () => {
  it.each([
    ['', 'deny floor'],
    ['allow fetch_url(http://127.0.0.1:3000/a)', 'allow rule'],
    ['allow fetch_url(http://127.0.0.1:3000/b)', 'deny floor'],
    ['allow fetch_url(http://127.0.0.1:3001/a)', 'deny floor'],
    ['allow fetch_url(http://127.0.0.1:3000/a) agent=other', 'deny floor'],
    ['allow fetch_url(http://127.0.0.1:3000/a) unattended', 'deny floor'],
    // A rule that asks opens nothing.
    ['ask fetch_url(http://127.0.0.1:3000/a)', 'deny floor'],
    [
      'allow fetch_url(http://127.0.0.1:3000/a)\nask fetch_url(http://127.0.0.1:3000/a)',
      'ask rule',
    ],
    ['allow fetch_url(http://127.0.0.1:3000/a)\ndeny fetch_url', 'deny rule'],
  ])('with %j: %s', (rules, expected) => {
    expect(verdict(rules)).toBe(expected);
  });
});
