import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/cli/exitCodes.ts';
import { interleave, promptFile, silentServer, viaAnthropic } from './commandLine.ts';

const help = 'See interleave run --help.\n';

describe('wrong usage', () => {
  it.each([
    [['--mode', 'parallel'], '--mode', 'Allowed choices are concurrent, serial.'],
    [['--failure', 'no'], '--failure', 'Allowed choices are keepPartial, allOrNothing.'],
    [['--provider', 'gemini'], '--provider', 'Allowed choices are auto, anthropic, openai, demo.'],
    [
      ['--provider', 'vscode'],
      '--provider',
      'The provider "vscode" works inside VS Code only. Choose anthropic, openai or demo.',
    ],
    [['--effort', 'huge'], '--effort', 'Allowed choices are none, minimal, low, medium, high,'],
    [['--log', 'loud'], '--log', 'Allowed choices are interleaved, grouped, none.'],
    [['--tool-execution', 'x'], '--tool-execution', 'Allowed choices are serial, parallel.'],
    [['--max-turns', '0'], '--max-turns', 'It must be a whole number from 1 to 1,000.'],
    [['--max-turns', '1001'], '--max-turns', 'It must be a whole number from 1 to 1,000.'],
    [['--max-turns', '1.5'], '--max-turns', 'It must be a whole number from 1 to 1,000.'],
    [['--max-tokens', '1e3'], '--max-tokens', 'It must be a whole number from 1 to 1,000,000.'],
    [['--max-cost', '1000001'], '--max-cost', 'It must be an amount of US dollars, such as 2.50.'],
    [['--timeout', '-5'], '--timeout', 'It must be a number of seconds above 0, at most 86400.'],
    [['--timeout', '0'], '--timeout', 'It must be a number of seconds above 0, at most 86400.'],
    [['--timeout', '3000000'], '--timeout', 'It must be a number of seconds above 0, at most'],
    [['--concurrency', '0'], '--concurrency', 'It must be auto, unlimited or a whole number'],
    [['--concurrency', '129'], '--concurrency', 'It must be auto, unlimited or a whole number'],
    [['--concurrency', 'many'], '--concurrency', 'It must be auto, unlimited or a whole number'],
    [
      ['--limit', 'toolCals=3'],
      '--limit',
      'There is no such limit. The limits are: maxRunTokens, ',
    ],
    [
      ['--limit', '__proto__=3'],
      '--limit',
      'There is no such limit. The limits are: maxRunTokens, ',
    ],
    [['--limit', 'maxTurns=3'], '--limit', 'Use --max-turns N instead.'],
    [['--limit', 'toolCalls'], '--limit', 'Write toolCalls=N, where N is a whole number from 1'],
    [['--limit', 'toolCalls='], '--limit', 'Write toolCalls=N, where N is a whole number from 1'],
    [['--limit', 'toolCalls=0'], '--limit', 'Write toolCalls=N, where N is a whole number from 1'],
    [['--limit', 'toolCalls=1e1'], '--limit', 'Write toolCalls=N, where N is a whole number from'],
    [['--limit', 'toolCalls=-1'], '--limit', 'Write toolCalls=N, where N is a whole number from'],
    [
      ['--limit', 'toolCalls=10001'],
      '--limit',
      'Write toolCalls=N, where N is a whole number from',
    ],
  ])('%j is refused with the allowed values', async (option, name, allowed) => {
    const server = await silentServer();
    const args = ['run', promptFile({ One: 'one' }), ...viaAnthropic(server.url), ...option];
    const { code, out, err } = await interleave(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(`option '${name} `);
    expect(err).toContain(`argument '${option[1]}' is invalid. ${allowed}`);
    expect(err.endsWith(help)).toBe(true);
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    [
      ['run', 'x', '--marqdown', 'x'],
      "error: unknown option '--marqdown'\n(Did you mean --markdown?)",
    ],
    [['run', 'x', '--resume', 'x'], "error: unknown option '--resume'\n"],
    [['run'], "error: missing required argument 'paths'\n"],
    [['run', 'x', '--json'], "error: option '--json <F>' argument missing\n"],
    [['runn'], "error: unknown command 'runn'\n(Did you mean one of run, runs?)\n"],
    [['list'], "error: missing required argument 'paths'\n"],
    [['list', 'x', '--json', '-'], "error: unknown option '--json'\n"],
  ])('%j is refused', async (args, message) => {
    const { code, out, err } = await interleave(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.startsWith(message)).toBe(true);
    expect(err).toMatch(/\nSee interleave( run| list)? --help\.\n$/);
  });

  it.each([
    [['run', 'x', '--mode', 'serial', '--mode', 'concurrent'], '--mode <MODE>'],
    [['run', 'x', '--mode', 'serial', '--mode=serial'], '--mode <MODE>'],
    [['run', 'x', '--model', 'a', '--model', 'b'], '--model <M>'],
    [['run', 'x', '--json', 'a', '--json', 'b'], '--json <F>'],
    [['run', 'x', '--max-turns', '1', '--timeout', '1', '--max-turns', '1'], '--max-turns <N>'],
    [['run', 'x', '--max-cost', '1', '--max-cost', '2'], '--max-cost <USD>'],
    [['resume', 'x', '--json', 'a', '--json', 'b'], '--json <F>'],
  ])('%j is refused instead of using one of the two', async (args, option) => {
    const { code, out, err } = await interleave(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`error: option '${option}' is given twice; it takes one value\n`);
  });

  it('accepts repeated options that collect values, but no limit twice', async () => {
    const file = promptFile({ One: 'one', Two: 'two' });
    const select = ['--select', 'One', '--select', 'Two'];
    const limits = ['--limit', 'toolCalls=3', '--limit', 'attempts=3'];
    const args = ['run', file, '--provider', 'demo', '--model', 'demo-fast', ...select, ...limits];
    expect((await interleave(args)).code).toBe(0);
    const twice = await interleave([...args, '--limit', 'toolCalls=3']);
    expect([twice.code, twice.out]).toEqual([2, '']);
    expect(twice.err).toContain("argument 'toolCalls=3' is invalid. toolCalls is given twice.");
  });

  it.each([
    [['--base-url', 'http://127.0.0.1:1']],
    [['--provider', 'demo', '--base-url', 'http://127.0.0.1:1']],
  ])('%j is refused, because the API of the server is unknown', async (options) => {
    const { code, err } = await interleave(['run', promptFile({ One: 'one' }), ...options]);
    expect(code).toBe(2);
    expect(err).toBe(
      '--base-url also needs the API of the server. Add --provider anthropic or --provider openai.\n',
    );
  });

  it.each([
    ['nonsense', {}, /^The base URL must be a complete address that starts with https:\/\//],
    ['http://api.example.com', { ANTHROPIC_API_KEY: 'k' }, /not be encrypted. Use https:\/\//],
    [
      'https://api.example.com',
      {},
      /^No key is set for api\.example\.com\. Set ANTHROPIC_API_KEY\./,
    ],
    ['https://u:p@example.com', {}, /must not contain a user name or password/],
  ])(
    'the base URL %s is refused, and the message says what to change',
    async (url, environment, message) => {
      const { code, out, err } = await interleave(
        ['run', promptFile({ One: 'one' }), ...viaAnthropic(url)],
        { environment },
      );
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toMatch(message);
    },
  );

  it.each([
    ['anthropic', 'ANTHROPIC_API_KEY', 'api.anthropic.com'],
    ['openai', 'OPENAI_API_KEY', 'api.openai.com'],
  ])(
    '%s without a key is refused, and the message names the variable to set',
    async (provider, variable, host) => {
      const file = promptFile({ One: 'one' });
      const { code, out, err } = await interleave(['run', file, '--provider', provider]);
      expect([code, out, err]).toEqual([2, '', `No key is set for ${host}. Set ${variable}.\n`]);
      const named = promptFile({ One: `<!-- interleave\nprovider: ${provider}\n-->\n\none` });
      const alone = await interleave(['run', named, '--provider', 'demo']);
      expect([alone.code, alone.err]).toEqual([2, err]);
    },
  );

  it('refuses an empty model', async () => {
    const server = await silentServer();
    const args = ['run', promptFile({ One: 'one' }), ...viaAnthropic(server.url), '--model', ' '];
    const { code, err } = await interleave(args);
    expect([code, err]).toEqual([2, 'No model is chosen. Name one and run again.\n']);
  });
});

describe('help', () => {
  it('exits with 0 and goes to standard output', async () => {
    const general = await interleave(['--help']);
    expect([general.code, general.err]).toEqual([0, '']);
    expect(general.out).toContain('Usage: interleave [options] [command]');
    const run = await interleave(['run', '--help']);
    expect([run.code, run.err]).toEqual([0, '']);
    expect(run.out).toMatch(/ANTHROPIC_API_KEY[\s\S]*Exit codes:[\s\S]*Examples:/);
    for (const line of run.out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('is shown without arguments, and exits with 2', async () => {
    const { code, out, err } = await interleave([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: interleave [options] [command]');
  });

  it('prints the version', async () => {
    expect(await interleave(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });
});

describe('the documentation of the command line', () => {
  const readme = readFileSync('README.md', 'utf8');
  const [, section = ''] = readme.split(/^## Use it on the command line$/m);
  const [told = ''] = section.split(/^## /m);

  it('names existing commands and options', async () => {
    const commands = new Set([...told.matchAll(/interleave ([a-z]+)\b/g)].map(([, name]) => name));
    const { out } = await interleave(['--help']);
    const known = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect([...commands].sort()).toEqual(known.filter((name) => name !== 'help').sort());
    const run = await interleave(['run', '--help']);
    const options = told.match(/--[a-z][a-z-]*/g)?.filter((option) => option !== '--help');
    expect(options?.length).toBeGreaterThan(5);
    for (const option of options ?? []) expect(run.out).toContain(`${option} `);
  });

  it('lists all exit codes, and so does the help', async () => {
    const codes = Object.values(exitCodes).map(String);
    const rows = [...told.matchAll(/^\| (\d) +\|/gm)].map(([, code]) => code);
    expect(rows).toEqual(codes);
    const { out } = await interleave(['run', '--help']);
    expect([...out.matchAll(/^ {2}(\d) {2}/gm)].map(([, code]) => code)).toEqual(codes);
  });
});
