import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRules } from '../../../../../src/core/approvals/rules/readRules.ts';
import {
  linux,
  problemsOf,
  rulesOf,
  tools,
  windows,
} from '../../../../support/approvals/ruleFixtures.ts';

describe('rules', () => {
  it('have an effect, a tool, a specifier and conditions, one rule a line', () => {
    const text = [
      '# What the build needs.',
      '',
      'allow run_command(npm run *) agent=builder unattended',
      '  deny write_file(**/*.lock)',
      'ask fetch_url agent="Code Reviewer"\r',
      'deny *',
      'ask lm:*',
      'allow lm:github',
    ].join('\n');
    const rules = rulesOf(text);
    expect(
      rules.map(({ effect, tool, agent, isForUnattended, line }) => [
        effect,
        tool,
        agent,
        isForUnattended,
        line,
      ]),
    ).toEqual([
      ['allow', 'run_command', 'builder', true, 2],
      ['deny', 'write_file', undefined, false, 3],
      ['ask', 'fetch_url', 'Code Reviewer', false, 4],
      ['deny', '*', undefined, false, 5],
      ['ask', 'lm:*', undefined, false, 6],
      ['allow', 'lm:github', undefined, false, 7],
    ]);
    expect(rules.map(({ text: own }) => own)[1]).toBe('deny write_file(**/*.lock)');
  });

  it.each([
    ['permit run_command(x)', '1:1 error A rule begins with deny, ask or allow, not "permit".'],
    [
      'alow run_command(x)',
      '1:1 error A rule begins with deny, ask or allow, not "alow". Did you mean "allow"?',
    ],
    ['allow', '1:1 error A rule is "effect tool(specifier)"'],
    ['allow run_command(npm test', '1:1 error A rule is "effect tool(specifier)"'],
    ['allow run_command(npm test) # why', '1:1 error A rule is "effect tool(specifier)"'],
    [
      'deny run_comand(rm *)',
      '1:6 error There is no tool named "run_comand". Did you mean "run_command"?',
    ],
    ['ask lm:unknown', '1:5 error There is no tool named "lm:unknown".'],
    ['allow unknown(x)', '1:7 warning There is no tool named "unknown"; this rule allows nothing.'],
    ['allow *', '1:7 error "*" stands only in rules that deny or ask.'],
    ['allow lm:*', '1:7 error "lm:*" stands only in rules that deny or ask.'],
    ['allow run_command', '1:7 error This would allow every call of run_command. Write a command'],
    ['allow fetch_url', '1:7 error This would allow every call of fetch_url. Write a host'],
    ['allow search_text(x)', '1:18 error Rules for this tool are about all its calls.'],
    ['deny *(x)', '1:7 error Rules for this tool are about all its calls.'],
    ['allow run_command()', '1:18 error Nothing stands in the parentheses.'],
    ['allow run_command( npm test)', '1:18 error Remove the spaces inside the parentheses'],
    ['allow run_command(*)', '1:18 error "*" alone would allow every command.'],
    ['allow run_command(npm *)', '1:18 error "npm *" is too broad.'],
    ['allow run_command(git -C x *)', '1:18 error "git *" is too broad.'],
    [
      'allow run_command(npm exec *)',
      '1:18 error "npm exec" runs or reaches whatever comes after it.',
    ],
    [
      'allow run_command(npm run*)',
      '1:18 error A "*" stands for words only at the end, after a space',
    ],
    [
      'allow run_command(npm * build)',
      '1:18 error A "*" stands for words only at the end, after a space',
    ],
    [
      'allow run_command(./gradlew *)',
      '1:18 error A pattern begins with the bare name of a program',
    ],
    ['allow run_command(a; b *)', '1:18 error Before a "*" stands one simple command'],
    ['allow run_command(A=1 eslint *)', '1:18 error Before a "*" stands one simple command'],
    [
      'allow run_command(npm t\u00e9st)',
      '1:18 error A command in a rule has plain ASCII characters only.',
    ],
    ['allow run_command(npm\u200b test)', '1:1 error This line has characters that are not seen'],
    ['allow run_command(npm\ttest)', '1:1 error This line has characters that are not seen'],
    ['allow fetch_url(example.com)', '1:16 error Write domain:HOST, or an address'],
    ['allow fetch_url(domain:*.example.com)', '1:16 error A rule that allows names one host.'],
    ['allow fetch_url(domain:a.b/c)', '1:16 error After "domain:" stands one host'],
    ['allow fetch_url(domain:example.com.)', '1:16 error After "domain:" stands one host'],
    ['allow fetch_url(domain:example.com:0)', '1:16 error A port is a number from 1 to 65535.'],
    ['allow fetch_url(https://u@example.com/)', '1:16 error The address names one host'],
    ['allow fetch_url(https://*.example.com/)', '1:16 error The address names one host'],
    [
      'allow fetch_url(https://example.com/api*)',
      '1:16 error In a path, "*" stands only at the end',
    ],
    ['allow fetch_url(https://example.com/a/../b)', '1:16 error The path must be plain'],
    ['allow fetch_url(https://example.com/a%2fb)', '1:16 error The path must be plain'],
    [
      'allow fetch_url(https://example.com/a?*b)',
      '1:16 error In a query, "*" stands only at the end',
    ],
    ['allow fetch_url(https://example.com/a#b)', '1:16 error Write domain:HOST, or an address'],
    ['allow fetch_url(ftp://example.com/)', '1:16 error Write domain:HOST, or an address'],
    [
      'allow write_file(**/*.ts)',
      '1:17 error A rule that allows begins with the name of a folder or file',
    ],
    [
      'allow write_file(*)',
      '1:17 error A rule that allows begins with the name of a folder or file',
    ],
    ['deny write_file(/etc/x)', '1:16 error A path in a rule begins at the top of the workspace'],
    ['deny write_file(a/../b)', '1:16 error A path in a rule has no ".", ".." or empty names.'],
    ['deny write_file(a/b**)', '1:16 error "**" stands alone between two slashes'],
    ['deny write_file({a,b})', '1:16 error A path in a rule is made of names'],
    [
      'ask run_command(x) agent=a agent=b',
      '1:1 error Write "agent=NAME" and "unattended" once at most.',
    ],
    ['# yes: npm test', '1:8 error An example stands below a rule.'],
    ['deny *\n# yes: x', '2:8 error The rule above is about all calls'],
    ['deny run_command(rm *)\n# yes:', '2:7 error This example is empty.'],
  ])('%j is told of with its place', (text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, problem.length)).toBe(problem);
  });

  it.each([
    'node',
    'python3.12',
    'sh',
    'env',
    'xargs',
    'find',
    'sudo',
    'nohup',
    'ssh',
    'eval',
    'curl',
    'npx',
    'docker',
    'awk',
    'sed',
    'make',
    'rm',
    'tee',
    'Node',
    'bash.exe',
  ])('no pattern is about %s, which runs, reaches or writes what its arguments say', (program) => {
    expect(problemsOf(`allow run_command(${program} x *)`)[0]).toMatch(
      /runs, reaches or writes whatever/,
    );
    expect(problemsOf(`allow run_command(${program} x)`)).toEqual([]);
    expect(problemsOf(`deny run_command(${program} *)`)).toEqual([]);
  });

  it.each([
    'npm exec',
    'npm install',
    'pnpm add',
    'git push',
    'git rebase',
    'uv run',
    'cargo run',
    'go get',
    'pip install',
  ])('no pattern is about %s, which runs or reaches what comes after it', (start) => {
    expect(problemsOf(`allow run_command(${start} *)`)[0]).toMatch(/runs or reaches whatever/);
  });

  it.each(['npm run', 'yarn run', 'git add', 'git log', 'cargo test', 'go vet', 'eslint', 'ls'])(
    'a pattern may be about %s',
    (start) => {
      expect(problemsOf(`allow run_command(${start} *)`)).toEqual([]);
    },
  );

  it('count only when there is no error: a rule that denies might be the broken one', () => {
    const { rules, problems } = readRules('allow run_command(npm test)\ndeny run_comand', {
      place: 'run',
      tools,
      system: linux,
    });
    expect(rules).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(rulesOf('allow unknown\nask run_command').map(({ effect }) => effect)).toEqual(['ask']);
  });

  it('of a workspace only deny and ask', () => {
    const text =
      'allow run_command(npm test)\ndeny run_command(rm *)\nask fetch_url\nallow write_file';
    expect(rulesOf(text, 'workspace').map(({ effect }) => effect)).toEqual(['deny', 'ask']);
    expect(problemsOf(text, 'workspace').map((problem) => problem.slice(0, 12))).toEqual([
      '1:7 warning ',
      '4:7 warning ',
    ]);
  });

  it('are limited in number and length', () => {
    expect(problemsOf(`deny write_file(${'*a'.repeat(13)})`)[0]).toMatch(/at most 12 wildcards/);
    expect(problemsOf('\n'.repeat(5_001))[0]).toMatch(/at most 5000 lines/);
    expect(problemsOf(`deny run_command(${'x'.repeat(4_000)})`)[0]).toMatch(/too long for a rule/);
  });

  it('never make the reader throw, and problems lie in their lines', () => {
    const piece = fc.constantFrom(
      'allow ',
      'deny ',
      'run_command',
      'fetch_url',
      '(',
      ')',
      '*',
      ' ',
      '\n',
      '# yes: ',
      '# no: ',
      'agent=',
      '"',
      'https://',
      'domain:',
      'npm',
      '/',
      '..',
      '\u202e',
      '\ud800',
      '%',
      '[',
      '{',
      '\\',
      'write_file',
      '**',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const lines = given.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
        for (const system of [linux, windows]) {
          for (const { line, column, endColumn } of readRules(given, {
            place: 'run',
            tools,
            system,
          }).problems) {
            expect(column).toBeGreaterThanOrEqual(0);
            expect(endColumn).toBeGreaterThanOrEqual(column);
            expect(endColumn).toBeLessThanOrEqual(lines[line]?.length ?? -1);
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('examples', () => {
  it('hold or are told of, with what the rule says', () => {
    const text = [
      'allow run_command(npm run *)',
      '# an ordinary comment: yes',
      '# yes: npm run build',
      '',
      '#no:npm run build && curl evil',
      '# YES: npm test',
      '# no: npm run lint',
      'deny run_command(rm *)',
      '# yes: cd x && rm -rf y',
      '# no: npm run rm',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      '6:8 error The rule "allow run_command(npm run *)" is not about "npm test". Change the rule or the example.',
      '7:7 error The rule "allow run_command(npm run *)" is about "npm run lint". Change the rule or the example.',
    ]);
  });

  it('know the floor: what nothing opens is no example of what is allowed', () => {
    expect(problemsOf('allow write_file(src/**)\n# yes: src/.git/config')).toHaveLength(1);
    expect(
      problemsOf('allow fetch_url(https://localhost/*)\n# yes: https://localhost/x'),
    ).toHaveLength(1);
    expect(
      problemsOf('allow fetch_url(https://localhost:443/*)\n# yes: https://localhost/x'),
    ).toEqual([]);
  });

  it('of a rule that is refused are left out', () => {
    expect(problemsOf('allow run_command(*)\n# yes: x\n# no: y')).toHaveLength(1);
  });

  it('count for the agent and the runs of their rule', () => {
    expect(problemsOf('allow run_command(npm test) agent=x unattended\n# yes: npm test')).toEqual(
      [],
    );
  });
});
