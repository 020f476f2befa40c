import { describe, expect, it } from 'vitest';
import { ContactNames } from '../../../../../src/core/agent/team/contactNames.ts';

describe('the name of a tool that reaches an agent', () => {
  it.each([
    ['transfer', 'reviewer', 'transfer_to_reviewer'],
    ['ask', 'reviewer', 'ask_reviewer'],
    ['ask', 'Code Reviewer', 'ask_code_reviewer'],
    ['ask', '  --Über den Code!  ', 'ask_u_ber_den_code'],
    ['ask', 'a__b', 'ask_a_b'],
    ['ask', '査読', 'ask_agent'],
    ['ask', '', 'ask_agent'],
    ['ask', 'x'.repeat(100), `ask_${'x'.repeat(60)}`],
  ] as const)('%s %j: %s', (kind, agent, name) => {
    expect(new ContactNames([]).next(kind, agent)).toBe(name);
  });

  it('is never given twice, nor that of another tool', () => {
    const names = new ContactNames(['ask_x']);
    expect([1, 2, 3].map(() => names.next('ask', 'x'))).toEqual(['ask_x_2', 'ask_x_3', 'ask_x_4']);
    expect(names.next('transfer', 'x')).toBe('transfer_to_x');
  });

  it('has room for its number', () => {
    const names = new ContactNames([]);
    names.next('ask', 'x'.repeat(100));
    expect(names.next('ask', 'x'.repeat(100))).toBe(`ask_${'x'.repeat(58)}_2`);
  });
});
