import { describe, expect, it } from 'vitest';
import { interleave, promptFolder } from './commandLine.ts';

/** A rules file in a folder, in which the command is given. */
function rulesIn(text: string | Uint8Array): { readonly folder: string; readonly file: string } {
  const folder = promptFolder({ 'my.rules': text });
  return { folder, file: `${folder}/my.rules` };
}

function tryOut(rules: string, tool: string, input: unknown, ...more: readonly string[]) {
  const { folder, file } = rulesIn(rules);
  return interleave(['rules', 'try', file, tool, JSON.stringify(input), ...more], { folder });
}

describe('interleave rules check', () => {
  it('counts the rules and the examples that hold', async () => {
    const { file } = rulesIn(
      'allow run_command(npm run *)\n# yes: npm run build\ndeny run_command(rm *)\n',
    );
    const outcome = await interleave(['rules', 'check', file]);
    expect(outcome).toEqual({ code: 0, out: '2 rules, 1 example holds.\n', err: '' });
  });

  it('says what is wrong, with file, line and column', async () => {
    const { file } = rulesIn('allow run_command(npm test)\n\n  deny run_comand\n# no: npm test\n');
    const { code, out, err } = await interleave(['rules', 'check', file]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      `${file}:3:8: error: There is no tool named "run_comand". Did you mean "run_command"?\n`,
    );
  });

  it('says when an example does not hold', async () => {
    const { file } = rulesIn('allow run_command(npm test)\n# yes: npm run build\n');
    const { code, err } = await interleave(['rules', 'check', file]);
    expect(code).toBe(2);
    expect(err).toContain(
      `${file}:2:8: error: The rule "allow run_command(npm test)" is not about`,
    );
  });

  it('warns of rules that have no effect, which is no error', async () => {
    const { file } = rulesIn('allow run_tests\nallow lm:anything\nask read_file(docs/**)\n');
    const { code, out, err } = await interleave(['rules', 'check', file]);
    expect([code, out]).toEqual([0, '2 rules, 0 examples hold.\n']);
    expect(err).toBe(
      `${file}:1:7: warning: There is no tool named "run_tests"; this rule allows nothing.\n`,
    );
  });

  it('refuses a file that cannot be read, and shows nothing that acts on a terminal', async () => {
    const missing = await interleave(['rules', 'check', '/nowhere/my.rules']);
    expect(missing).toEqual({ code: 2, out: '', err: '/nowhere/my.rules does not exist.\n' });
    const { file: binary } = rulesIn(new Uint8Array([0xff, 0xfe, 0x61, 0]));
    expect((await interleave(['rules', 'check', binary])).err).toMatch(
      /:1:1: error: This is UTF-16/,
    );
    const { file: hostile } = rulesIn('allow \u001b[2J\u202e(x)\n');
    const { code, err } = await interleave(['rules', 'check', hostile]);
    expect(code).toBe(2);
    expect(err).not.toContain('\u001b');
    expect(err).not.toContain('\u202e');
  });
});

describe('interleave rules try', () => {
  const rules =
    'allow run_command(npm run *)\ndeny run_command(rm *)\nallow fetch_url(domain:example.com)\n';

  it('says which rule allows a call, and what else it covers', async () => {
    const { code, out, err } = await tryOut(rules, 'run_command', { command: 'npm run build' });
    expect([code, err]).toEqual([0, '']);
    const [first, second] = out.split('\n');
    expect(first).toBe('allow: the rule in line 1, allow run_command(npm run *)');
    expect(second).toBe('  covers commands of one or more plain words after: npm run');
  });

  it('says what holds for each command of a line', async () => {
    const { out } = await tryOut(rules, 'run_command', { command: 'npm run a && rm x' });
    expect(out.split('\n').slice(0, 3)).toEqual([
      'deny: the rule in line 2, deny run_command(rm *)',
      '  npm run a → allow: the rule in line 1, allow run_command(npm run *)',
      '  rm x → deny: the rule in line 2, deny run_command(rm *)',
    ]);
  });

  it('offers the rules that would allow what it would ask about', async () => {
    const { out } = await tryOut(rules, 'run_command', { command: 'git log main' });
    expect(out).toContain('ask: No rule allows it.\n');
    expect(out).toContain('A rule that would allow it: allow run_command(git log main)\n');
    expect(out).toContain('A rule that would allow it: allow run_command(git log *)\n');
    const once = await tryOut(rules, 'run_command', { command: 'a\nb' });
    expect(once.out).toContain('A rule cannot be written for exactly this.\n');
  });

  it('keeps to the floor, its own file included', async () => {
    const open = 'allow write_file\nallow fetch_url(http://localhost/*)';
    const paths = ['my.rules', '.git/config', '../x', '.vscode/settings.json'];
    for (const path of paths) {
      const { out } = await tryOut(open, 'write_file', { path, content: '' });
      expect([path, out.startsWith('deny: ')]).toEqual([path, true]);
    }
    expect((await tryOut(open, 'write_file', { path: 'a', content: '' })).out).toMatch(/^allow: /);
    expect((await tryOut(open, 'fetch_url', { url: 'http://localhost/' })).out).toMatch(
      /^deny: Addresses of this machine/,
    );
  });

  it('takes the agent and the kind of run', async () => {
    const limited = 'allow run_command(npm test) agent=tester unattended';
    const call = ['run_command', { command: 'npm test' }] as const;
    expect((await tryOut(limited, ...call)).out).toMatch(/^ask: /);
    expect((await tryOut(limited, ...call, '--agent', 'tester')).out).toMatch(/^ask: /);
    expect((await tryOut(limited, ...call, '--agent', 'tester', '--unattended')).out).toMatch(
      /^allow: /,
    );
  });

  it('says that a tool is kept from the model', async () => {
    const { out } = await tryOut('deny fetch_url', 'fetch_url', { url: 'https://example.com/' });
    expect(out).toBe(
      'deny: the rule in line 1, deny fetch_url\nThe model is not offered this tool.\n',
    );
  });

  it('knows the tools that there are', async () => {
    expect((await tryOut(rules, 'search_text', {})).out).toBe('allow: The tool changes nothing.\n');
    const { code, err } = await tryOut(rules, 'fetch_urls', {});
    expect([code, err]).toEqual([
      2,
      'There is no tool named "fetch_urls". Did you mean "fetch_url"?\n',
    ]);
  });

  it('refuses an input that is no JSON, and rules with errors', async () => {
    const { folder, file } = rulesIn(rules);
    const broken = await interleave(['rules', 'try', file, 'run_command', '{'], { folder });
    expect(broken.code).toBe(2);
    expect(broken.err).toMatch(/^The input is not JSON: /);
    const refused = await tryOut('allow *', 'run_command', { command: 'x' });
    expect([refused.code, refused.out]).toEqual([2, '']);
  });
});
