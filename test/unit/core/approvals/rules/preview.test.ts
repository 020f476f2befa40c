import { describe, expect, it } from 'vitest';
import { previewOf } from '../../../../../src/core/approvals/rules/preview.ts';
import { readRules } from '../../../../../src/core/approvals/rules/readRules.ts';
import { linux, problemsOf, rulesOf, tools } from '../../../../support/approvals/ruleFixtures.ts';

const coversOf = (text: string) => previewOf(rulesOf(text)[0]!).covers;
const asksOf = (text: string) => previewOf(rulesOf(text)[0]!).asksFor;

describe('what a rule covers, said before it is made', () => {
  it.each<[string, ...string[]]>([
    ['allow search_text', 'every call of search_text'],
    ['allow run_command(npm test)', 'the command: npm test'],
    ['allow run_command(npm run *)', 'commands of one or more plain words after: npm run'],
    ['allow write_file(src/**)', 'files of the workspace that match: src/**'],
    [
      'allow fetch_url(domain:example.com)',
      'all pages below https://example.com/, with any query, which may carry data to this host',
    ],
    ['allow fetch_url(https://example.com/a)', 'the page https://example.com/a, without a query'],
    [
      'allow fetch_url(https://example.com:8443/a/b)',
      'the page https://example.com:8443/a/b, without a query',
    ],
    ['allow fetch_url(http://example.com/a)', 'the page http://example.com/a, without a query'],
    [
      'allow fetch_url(http://example.com:443/a)',
      'the page http://example.com:443/a, without a query',
    ],
    [
      'allow search_text agent=reviewer unattended',
      'every call of search_text',
      'only calls of the agent reviewer',
      'only in runs that nobody watches',
    ],
  ])('%s', (text, ...lines) => {
    expect(coversOf(text)).toEqual(lines);
  });

  it('names what looks alike and is asked about all the same', () => {
    expect(asksOf('allow search_text')).toEqual([]);
    expect(asksOf('allow run_command(npm test)')).toEqual([]);
    expect(asksOf('allow run_command(npm run *)').join()).toMatch(/substitution.*absolute paths/);
    expect(asksOf('allow write_file(src/**)').join()).toMatch(/credentials.*never/);
    expect(asksOf('allow fetch_url(domain:example.com)')).toHaveLength(1);
    expect(asksOf('allow fetch_url(https://example.com/a)').join()).toMatch(/encoded separators/);
  });
});

describe('a faulty rule', () => {
  it.each([
    [
      'alow search_text',
      '1:1 error A rule begins with deny, ask or allow, not "alow". Did you mean "allow"?',
    ],
    [
      '  deny serch_text',
      '1:8 error There is no tool named "serch_text". Did you mean "search_text"?',
    ],
    [
      'allow serch_text',
      '1:7 warning There is no tool named "serch_text"; this rule allows nothing.',
    ],
    ['allow *', '1:7 error "*" stands only in rules that deny or ask. Name one tool.'],
    ['allow lm:*', '1:7 error "lm:*" stands only in rules that deny or ask. Name one tool.'],
    ['allow run_command', /^1:7 error This would allow every call of run_command. Write a command/],
    ['allow fetch_url', /^1:7 error This would allow every call of fetch_url. Write a host/],
    ['deny sum_numbers(1)', /^1:17 error Rules for this tool are about all its calls/],
    ['deny run_command()', /^1:17 error Nothing stands in the parentheses. Write a command/],
    ['deny write_file( a)', /^1:16 error Remove the spaces inside the parentheses/],
    ['deny write_file(a )', /^1:16 error Remove the spaces inside the parentheses/],
    ['deny *  agent=a agent=b', /^1:1 error Write "agent=NAME" and "unattended" once at most/],
    ['deny * unattended unattended', /^1:1 error Write "agent=NAME" and "unattended" once at most/],
    ['deny', /^1:1 error A rule is "effect tool\(specifier\)"/],
    ['deny * later', /^1:1 error A rule is "effect tool\(specifier\)"/],
    ['deny\t*', /^1:1 error This line has characters that are not seen/],
    ['deny *\u200b', /^1:1 error This line has characters that are not seen/],
    [`deny ${'x'.repeat(4_000)}`, '1:1 error This line is too long for a rule.'],
  ])('%j says what is wrong, and where', (text, problem) => {
    const [first, ...others] = problemsOf(text);
    if (typeof problem === 'string') expect(first).toBe(problem);
    else expect(first).toMatch(problem);
    expect(others).toEqual([]);
  });

  it('is marked without the blanks around it', () => {
    const { problems } = readRules('  deny  ', { place: 'run', tools, system: linux });
    expect(problems).toMatchObject([{ line: 0, column: 2, endColumn: 6 }]);
  });

  it('is no comment, wherever that begins', () => {
    expect(problemsOf('# x\n  # y\n\t\n')).toEqual([]);
  });

  it('of a workspace cannot allow', () => {
    expect(problemsOf('allow search_text', 'workspace').join()).toMatch(
      /^1:7 warning A workspace cannot allow anything; this rule is ignored/,
    );
    expect(problemsOf('deny search_text', 'workspace')).toEqual([]);
  });

  it('is one too many in a long file', () => {
    const lines = (count: number) => Array.from({ length: count }, () => '# x').join('\n');
    expect(problemsOf(lines(5_000))).toEqual([]);
    expect(problemsOf(lines(5_001)).join()).toMatch(/at most 5000 lines/);
    expect(problemsOf(`#${'x'.repeat(1_000_000)}`).join()).toMatch(/at most 5000 lines/);
    expect(problemsOf(`#${'x'.repeat(999_999)}`)).toEqual([]);
  });
});
