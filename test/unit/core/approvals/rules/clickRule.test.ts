import { describe, expect, it } from 'vitest';
import { exactRule, patternRule } from '../../../../../src/core/approvals/rules/clickRule.ts';
import { decide } from '../../../../../src/core/approvals/rules/decide.ts';
import { callOf, linux, tools } from '../../../../support/approvals/ruleFixtures.ts';

const reading = { tools, system: linux };

function offered(tool: string, input: unknown, more = {}): readonly (string | undefined)[] {
  const call = callOf(tool, input, more);
  const exact = exactRule(call, reading);
  return ['rule' in exact ? exact.rule.text : undefined, patternRule(call, reading)?.rule.text];
}

describe('a click', () => {
  it.each([
    ['npm test', 'npm test', undefined],
    ['npm run build', 'npm run build', 'npm run *'],
    ['git log -n 5', 'git log -n 5', 'git log *'],
    ['eslint src', 'eslint src', 'eslint *'],
    ['ls', 'ls', undefined],
    ['node build.js', 'node build.js', undefined],
    ['npm exec x', 'npm exec x', undefined],
    ['npm run build && npm test', 'npm run build && npm test', undefined],
    ['npm run $X', 'npm run $X', undefined],
    ['eslint "a b"', 'eslint "a b"', undefined],
    ['eslint ../x', 'eslint ../x', undefined],
    ['/opt/eslint src', '/opt/eslint src', undefined],
    ['npm run *', undefined, undefined],
    ['ls *.ts', undefined, undefined],
    ['npm run a\nnpm run b', undefined, undefined],
    ['npm run \u202ex', undefined, undefined],
    ['npm t\u00e9st', undefined, undefined],
    ['', undefined, undefined],
  ])('on the command %j offers %j and %j', (command, exact, pattern) => {
    const rule = (text: string | undefined) =>
      text === undefined ? undefined : `allow run_command(${text})`;
    expect(offered('run_command', { command })).toEqual([rule(exact), rule(pattern)]);
  });

  it.each([
    ['https://example.com/a?b=c', 'https://example.com/a?b=c', 'domain:example.com'],
    ['https://EXAMPLE.com:443/a#b', 'https://example.com/a', 'domain:example.com'],
    ['http://example.com/a', 'http://example.com/a', undefined],
    ['https://example.com:8443/', 'https://example.com:8443/', undefined],
    ['https://example.com/a?b=*', undefined, 'domain:example.com'],
    ['https://example.com/a/*', undefined, 'domain:example.com'],
    ['https://u@example.com/', undefined, undefined],
    ['https://example.com/a%2fb', undefined, undefined],
    ['http://127.0.0.1/', undefined, undefined],
    ['ftp://example.com/', undefined, undefined],
  ])('on the address %s offers %s and %s', (url, exact, pattern) => {
    const rule = (text: string | undefined) =>
      text === undefined ? undefined : `allow fetch_url(${text})`;
    expect(offered('fetch_url', { url })).toEqual([rule(exact), rule(pattern)]);
  });

  it('on a file offers this file, and nothing that stands for more', () => {
    expect(offered('edit_file', { path: 'src/a.ts' })).toEqual([
      'allow edit_file(src/a.ts)',
      undefined,
    ]);
    for (const path of ['src/*', 'src/?', '*', '.git/x', '../x']) {
      expect(offered('edit_file', { path })).toEqual([undefined, undefined]);
    }
  });

  it('says why a call can only be allowed this once', () => {
    const why = (tool: string, input: unknown) => {
      const exact = exactRule(callOf(tool, input), reading);
      return 'why' in exact ? exact.why : '';
    };
    expect(why('lm:github', { a: 1 })).toBe('A rule cannot name the arguments of this tool.');
    expect(why('run_command', { command: 'x', cwd: '/' })).toBe(
      'A rule cannot name the argument "cwd".',
    );
    expect(why('run_command', { command: 1 })).toBe('The call has no text "command".');
    expect(why('run_command', { command: 'a\nb' })).toBe(
      'A rule cannot be written for exactly this.',
    );
  });

  it('is for the agent that asked', () => {
    const call = callOf('run_command', { command: 'npm test' }, { agent: 'Code Reviewer' });
    const exact = exactRule(call, reading);
    if ('why' in exact) throw new Error(exact.why);
    expect(exact.rule.text).toBe('allow run_command(npm test) agent="Code Reviewer"');
    const other = callOf('run_command', { command: 'npm test' });
    expect(decide([exact.rule], other, linux).verdict).toBe('ask');
  });

  it('shows before what it would let through', () => {
    const pattern = patternRule(callOf('run_command', { command: 'npm run build' }), reading);
    expect(pattern?.preview.covers).toEqual(['commands of one or more plain words after: npm run']);
    expect(pattern?.preview.asksFor).toHaveLength(3);
    const host = patternRule(callOf('fetch_url', { url: 'https://example.com/a' }), reading);
    expect(host?.preview.covers).toEqual([
      'all pages below https://example.com/, with any query, which may carry data to this host',
    ]);
  });
});
