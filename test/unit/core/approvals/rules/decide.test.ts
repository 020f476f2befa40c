import { describe, expect, it } from 'vitest';
import { decide, hidingRule } from '../../../../../src/core/approvals/rules/decide.ts';
import {
  callOf,
  decisionOf,
  linux,
  mac,
  rulesOf,
  runs,
  windows,
} from '../../../../support/approvals/ruleFixtures.ts';

describe('a decision', () => {
  const effects = ['deny', 'ask', 'allow'] as const;
  const orders = effects.flatMap((a) =>
    effects.flatMap((b) => effects.map((c) => [a, b, c] as const)),
  );

  it.each(orders)('by %s, %s and %s is the strictest of them, whatever their order', (...order) => {
    const rules = order.map((effect) => `${effect} run_command(npm test)`).join('\n');
    const strictest = effects.find((effect) => order.includes(effect)) ?? 'ask';
    expect(runs(rules, 'npm test')).toBe(`${strictest} ${order.indexOf(strictest) + 1}`);
  });

  it.each(['npm test', 'a && b', '$(x) y'])('denies %j where every command is denied', (line) => {
    expect(runs('deny run_command(*)', line)).toBe('deny 1');
    expect(runs('ask run_command(*)\nallow run_command(npm test)', line)).toBe('ask 1');
  });

  it('without a rule depends on what the tool does', () => {
    const verdicts = [
      ['sum_numbers', {}],
      ['search_text', {}],
      ['read_file', { path: 'a' }],
      ['write_file', { path: 'a', content: '' }],
      ['fetch_url', { url: 'https://example.com/' }],
      ['run_command', { command: 'ls' }],
      ['lm:github', {}],
    ] as const;
    expect(verdicts.map(([tool, input]) => decisionOf('', tool, input).verdict)).toEqual([
      ...['allow', 'allow', 'allow', 'allow', 'ask', 'ask', 'ask'],
    ]);
  });

  it('says of each command of a line what holds for it alone', () => {
    const rules =
      'allow run_command(npm run *)\ndeny run_command(rm *)\nask run_command(npm run deploy)';
    const { verdict, by, parts } = decisionOf(rules, 'run_command', {
      command: 'npm run a && npm run deploy; rm x',
    });
    expect([verdict, by.kind === 'rule' && by.rule.line]).toEqual(['deny', 1]);
    expect(parts.map((part) => [part.text, part.verdict])).toEqual([
      ['npm run a', 'allow'],
      ['npm run deploy', 'ask'],
      ['rm x', 'deny'],
    ]);
    const two = decisionOf(rules, 'run_command', { command: 'npm run a && npm run b' });
    expect(two.verdict).toBe('ask');
    expect(two.by).toEqual({
      kind: 'default',
      why: 'No rule allows it. It is 2 commands; a pattern covers one.',
    });
    expect(two.parts.map((part) => part.verdict)).toEqual(['allow', 'allow']);
    expect(decisionOf(rules, 'run_command', { command: 'npm run a' }).parts).toHaveLength(1);
  });

  it('allows a line of several commands only by a rule for this very line', () => {
    const rule = 'allow run_command(npm run a && npm run b)';
    expect(runs(rule, 'npm run a && npm run b')).toBe('allow 1');
    expect(runs(rule, 'npm run a && npm run b2')).toBe('ask default');
    expect(runs(rule, 'npm run a  && npm run b')).toBe('ask default');
    expect(runs(rule, 'npm run a')).toBe('ask default');
  });

  it('is about the agent and the kind of run', () => {
    const rules = rulesOf(
      'allow run_command(npm test) agent=tester\nallow run_command(npm ci) unattended\ndeny * agent=guest',
    );
    const verdict = (command: string, more: object) =>
      decide(rules, callOf('run_command', { command }, more), linux).verdict;
    expect(verdict('npm test', { agent: 'tester' })).toBe('allow');
    expect(verdict('npm test', { agent: 'other' })).toBe('ask');
    expect(verdict('npm test', {})).toBe('ask');
    expect(verdict('npm ci', {})).toBe('ask');
    expect(verdict('npm ci', { isUnattended: true })).toBe('allow');
    expect(verdict('npm test', { agent: 'guest' })).toBe('deny');
  });

  it('hides a tool from the model when every call of it is denied', () => {
    const rules = rulesOf(
      'deny lm:*\ndeny fetch_url agent=a\ndeny run_command(rm *)\nask write_file',
    );
    const isHidden = (tool: string, agent?: string) =>
      hidingRule(rules, callOf(tool, {}, agent === undefined ? {} : { agent })) !== undefined;
    expect(isHidden('lm:github')).toBe(true);
    expect(isHidden('fetch_url')).toBe(false);
    expect(isHidden('fetch_url', 'a')).toBe(true);
    expect(isHidden('run_command')).toBe(false);
    expect(isHidden('write_file')).toBe(false);
  });
});

describe('rules that deny or ask', () => {
  const deny = 'deny run_command(rm *)\ndeny run_command(git push)';

  it.each([
    ...[
      'rm x',
      'rm',
      '/bin/rm x',
      './rm -rf .',
      'RM x',
      'rm.exe x',
      'cd a && rm x',
      'a; rm x',
      'a | rm',
      'a\nrm x',
      'sudo rm x',
      'env A=1 rm x',
      'A=1 rm x',
      'xargs rm',
      'sh -c "rm x"',
    ],
    ...[
      '$(rm x)',
      '`rm x`',
      'a $(rm x)',
      'r""m x',
      "r'm' x",
      'r\\m x',
      `rm$\{IFS}x`,
      'rm$IFS',
      'a <(rm x)',
      '( rm x )',
      '{ rm x; }',
      'if true; then rm x; fi',
      'a & rm x',
      'r\u200bm x',
      '\uff52\uff4d x',
      'find . -exec rm {} +',
    ],
    ...[
      'git push',
      'a && git push',
      '/usr/bin/git push',
      'sudo git push',
      'git  push',
      'git "push"',
    ],
  ])('%j is denied', (command) => {
    expect(runs(deny, command)).toMatch(/^deny [12]$/);
  });

  it.each([
    'npm run rm',
    'git commit -m "rm x"',
    'ls rm',
    'rmdir2 x',
    'git push2',
    'git log',
    'git push --force',
  ])('%j is not', (command) => {
    expect(runs(deny, command)).toBe('ask default');
  });

  it.each([
    ...[
      'https://example.com/admin/x',
      'http://example.com/admin/x',
      'https://example.com./admin/x',
      'https://EXAMPLE.com/admin/x?y',
      'https://example.com/Admin/x',
      'https://example.com:8443/admin/x',
      'https://example.com/admin',
    ],
    ...[
      'https://example.com/a/../admin/x',
      'https://example.com/%61dmin/x',
      'https://example.com/%2561dmin/x',
      'https://example.com//admin/x',
      'https://example.com/a/..;/admin/x',
      'https://example.com/a%2f..%2fadmin/x',
      'https://example.com/a\\..\\admin\\x',
      'https://example.com/a/%2e%2e%2fadmin/x',
    ],
    ...['https://evil.example/', 'https://a.evil.example/', 'http://a.b.evil.example.:81/x'],
  ])('%s is denied', (url) => {
    const rules =
      'deny fetch_url(https://example.com/admin/*)\ndeny fetch_url(domain:*.evil.example)';
    const { verdict, by } = decisionOf(rules, 'fetch_url', { url });
    expect([verdict, by.kind]).toEqual(['deny', 'rule']);
  });

  it.each([
    'https://example.com/',
    'https://example.com/administrator',
    'https://notevil.example/',
  ])('%s is not', (url) => {
    const rules =
      'deny fetch_url(https://example.com/admin/*)\ndeny fetch_url(domain:*.evil.example)';
    expect(decisionOf(rules, 'fetch_url', { url }).verdict).toBe('ask');
  });

  it.each([
    ['package-lock.json', 'deny'],
    ['a/b.lock', 'deny'],
    ['a/./c/../b.lock', 'deny'],
    ['A/B.LOCK', 'allow'],
    ['a/b.locks', 'allow'],
  ])('a path %s: %s', (path, verdict) => {
    const rules = 'deny write_file(**/*.lock)\ndeny write_file(package-lock.json)';
    expect(decisionOf(rules, 'write_file', { path, content: '' }).verdict).toBe(verdict);
  });

  it('do not tell capitals apart where the disk does not', () => {
    const input = { path: 'A/B.LOCK', content: '' };
    expect(decisionOf('deny write_file(**/*.lock)', 'write_file', input, mac).verdict).toBe('deny');
    expect(decisionOf('deny write_file(**/*.lock)', 'write_file', input, windows).verdict).toBe(
      'deny',
    );
  });

  it('look at where a link leads, too', () => {
    const rules = rulesOf('deny write_file(locked/**)\nask read_file(open/**)');
    const lead = (tool: string, path: string, to: string) =>
      decide(rules, callOf(tool, { path }, { leadsTo: { path: to } }), linux).verdict;
    expect(lead('write_file', 'open/a', 'locked/a')).toBe('deny');
    expect(lead('write_file', '/work/locked/a', 'locked/a')).toBe('deny');
    expect(lead('read_file', 'open/a', 'b')).toBe('ask');
    expect(lead('read_file', '/work/c', 'c')).toBe('allow');
  });
});

describe('a rule that allows a path', () => {
  it('has to cover both the path and what a link leads to', () => {
    const rules = rulesOf('allow write_file(src/**)');
    const by = (path: string, to: string) =>
      decide(rules, callOf('write_file', { path }, { leadsTo: { path: to } }), linux).by.kind;
    expect(by('src/a', 'src/b')).toBe('rule');
    expect(by('src/a', 'docs/b')).toBe('default');
    expect(by('docs/a', 'src/b')).toBe('default');
  });
});

describe('a rule that allows a host', () => {
  it('means the same host however the rule spells it', () => {
    const url = 'https://xn--mnchen-3ya.example/a';
    expect(
      decisionOf('allow fetch_url(domain:m\u00fcnchen.example)', 'fetch_url', { url }).verdict,
    ).toBe('allow');
    expect(
      decisionOf('allow fetch_url(domain:M\u00dcNCHEN.example)', 'fetch_url', { url }).verdict,
    ).toBe('allow');
    expect(
      decisionOf('allow fetch_url(domain:munchen.example)', 'fetch_url', { url }).verdict,
    ).toBe('ask');
  });
});

describe('the floor', () => {
  it('lets nothing through that is too long to be looked at', () => {
    const long = 'x'.repeat(8_001);
    expect(runs(`allow run_command(npm test)`, `npm test ${long}`)).toBe('deny floor');
    expect(decisionOf('', 'fetch_url', { url: `https://a.example/${long}` }).by.kind).toBe('floor');
    expect(decisionOf('allow write_file', 'write_file', { path: long }).by.kind).toBe('floor');
  });

  it('opens an address of a private network only to a rule that writes host and port', () => {
    const ask = (rule: string, url: string, addresses?: readonly string[]) =>
      decide(rulesOf(rule), callOf('fetch_url', { url }, addresses ? { addresses } : {}), linux);
    const url = 'http://127.0.0.1:8080/x';
    expect(ask('allow fetch_url(http://127.0.0.1:8080/*)', url).verdict).toBe('allow');
    expect(ask('allow fetch_url(http://127.0.0.1:8081/*)', url).by.kind).toBe('floor');
    expect(ask('allow fetch_url(http://localhost:8080/*)', url).by.kind).toBe('floor');
    expect(
      ask('allow fetch_url(https://wiki.example.com/*)', 'https://wiki.example.com/a', ['10.0.0.1'])
        .by.kind,
    ).toBe('floor');
    expect(
      ask('allow fetch_url(https://wiki.example.com:443/*)', 'https://wiki.example.com/a', [
        '10.0.0.1',
      ]).verdict,
    ).toBe('allow');
    expect(
      ask('allow fetch_url(https://wiki.example.com/*)', 'https://wiki.example.com/a', [
        '93.184.215.14',
        '2606:2800::1',
      ]).verdict,
    ).toBe('allow');
  });

  it('keeps reading tools from credentials, and lets them read the settings of the workspace', () => {
    expect(decisionOf('allow read_file', 'read_file', { path: '.env' }).by.kind).toBe('floor');
    expect(decisionOf('allow read_file', 'read_file', { path: 'saved/run' }).by.kind).toBe('floor');
    expect(decisionOf('', 'read_file', { path: '.vscode/settings.json' }).verdict).toBe('allow');
  });

  it('looks at every path of a call', () => {
    const rename = (rules: string, path: string, newPath: string) =>
      decisionOf(rules, 'rename_file', { path, newPath });
    expect(rename('', 'a.ts', 'b.ts').verdict).toBe('allow');
    expect(rename('allow rename_file', '.git/config', 'a').by.kind).toBe('floor');
    expect(rename('allow rename_file', 'a', '.git/hooks/pre-commit').by.kind).toBe('floor');
    expect(rename('allow rename_file', 'a', '../b').by.kind).toBe('floor');
    expect(rename('ask rename_file(secret/**)', 'a', 'secret/a').verdict).toBe('ask');
    expect(rename('deny rename_file(src/**)\nallow rename_file', 'a', 'src/b').verdict).toBe(
      'deny',
    );
    // What a rule with a specifier allows says nothing of the other path.
    expect(rename('ask rename_file\nallow rename_file(src/**)', 'src/a', 'src/b').verdict).toBe(
      'ask',
    );
    const input = { path: 'a', newPath: 'link/b' };
    const call = callOf('rename_file', input, { othersLeadTo: { newPath: 'outside' } });
    expect(decide([], call, linux).verdict).toBe('deny');
  });
});
