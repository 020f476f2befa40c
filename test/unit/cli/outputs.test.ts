import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runResultSchema } from '../../../src/core/export/resultSchema.ts';
import {
  demoServer,
  interleave,
  promptFile,
  promptFolder,
  scriptedServer,
  silentServer,
  viaAnthropic,
} from './commandLine.ts';
import { asksFor, fails, promptIn, says, turnsIn } from './replies.ts';

const prompts = { Sum: 'Sum 2 and 3.', Product: 'Multiply 2 by 3.' };

async function demoArgs(): Promise<readonly string[]> {
  const server = await demoServer();
  return ['run', promptFile(prompts), ...viaAnthropic(server.origin), '--model', 'demo'];
}

/** Text that tries to control a terminal and to forge lines. */
const hostile =
  'red \x1b[31m\x1b]0;title\x07 \x9b2J\r✓ 9. Forged\n✕ 1. Also forged\n\u202eright\u2028\x1b';

/** Characters that act on a terminal. Tabs and newlines are harmless. */
const acting = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

async function hostileServer() {
  return scriptedServer((request) => {
    if (promptIn(request) === 'refuse') return fails(400, hostile, hostile);
    return turnsIn(request) === 0
      ? asksFor(`tool${hostile}`, { [hostile]: hostile })
      : says(hostile);
  });
}

describe('the log and the results', () => {
  it('go to standard error and to standard output, never mixed', async () => {
    const { out, err } = await interleave(await demoArgs());
    const lines = err.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d\.\d{3} {2}r1 {2}(?:p\d|all)\/2 /);
    expect(out.startsWith('✓ 1. Sum')).toBe(true);
    expect(out).not.toMatch(/^\d\d:\d\d\./m);
  });

  it('contain the origin of the run, but no key', async () => {
    const server = await demoServer();
    const folder = promptFolder({});
    const args = ['run', promptFile(prompts), ...viaAnthropic(`${server.origin}/`)];
    const environment = { ANTHROPIC_API_KEY: 'canary-anthropic-4711' };
    const { out } = await interleave([...args, '--model', 'demo', '--json', '-'], {
      ...{ environment, folder },
    });
    const { origin, conversations } = runResultSchema.parse(JSON.parse(out));
    expect(origin).toMatchObject({
      program: { name: 'interleave-cli', version: '1.2.3' },
      folders: [{ name: path.basename(folder), path: folder }],
      agents: [{ provider: 'anthropic', model: 'demo', endpoint: server.origin }],
    });
    const hashes = conversations.map(({ promptHash, agent }) => [promptHash, agent]);
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(hashes).toEqual(Object.values(prompts).map((text) => [sha256(text), 0]));
    expect(out).not.toContain('canary-');
  });

  it('leave standard error empty with --log none', async () => {
    const { code, out, err } = await interleave([...(await demoArgs()), '--log', 'none']);
    expect([code, err]).toEqual([0, '']);
    expect(out.startsWith('✓ 1. Sum')).toBe(true);
  });

  it('keep the lines of a conversation together with --log grouped', async () => {
    const { err } = await interleave([...(await demoArgs()), '--log', 'grouped']);
    const sources = [...err.matchAll(/^\S+ {2}r1 {2}(p\d|all)\/2 /gm)].map(([, source]) => source);
    const changes = sources.filter((source, at) => source !== sources[at - 1]);
    expect(changes.length).toBe(4);
    expect(new Set(changes)).toEqual(new Set(['all', 'p1', 'p2']));
  });

  it('contain nothing from models, tools and servers that controls a terminal', async () => {
    const server = await hostileServer();
    const file = promptFile({ 'One\x1b[2J\u202e': 'one', Two: 'refuse' });
    const { code, out, err } = await interleave(['run', file, ...viaAnthropic(server.url)]);
    expect(code).toBe(1);
    expect(out).not.toMatch(acting);
    expect(err).not.toMatch(acting);
    expect(err).toContain('[U+202E]');
    // Only the two headings and the totals are not indented.
    const atStart = out.split('\n').filter((line) => /^\S/.test(line));
    expect(atStart.map((line) => line.slice(0, 4))).toEqual(['✓ 1.', '✕ 2.', '1 of']);
  });
});

describe('--json, --jsonl and --markdown', () => {
  it('write the published format to files, and the answers to standard output', async () => {
    const folder = promptFolder({});
    const [json, jsonl, markdown] = ['r.json', 'r.jsonl', 'r.md'].map((name) =>
      path.join(folder, name),
    );
    const targets = ['--json', json!, '--jsonl', jsonl!, '--markdown', markdown!];
    const { code, out } = await interleave([...(await demoArgs()), ...targets]);
    expect(code).toBe(0);
    expect(out.startsWith('✓ 1. Sum')).toBe(true);
    const result = JSON.parse(readFileSync(json!, 'utf8'));
    expect(runResultSchema.strict().parse(result)).toEqual(result);
    expect(readFileSync(json!, 'utf8')).toBe(`${JSON.stringify(result, null, 2)}\n`);
    expect(result).toMatchObject({
      state: 'finished',
      simulated: false,
      counts: { total: 2, done: 2 },
      conversations: [
        { index: 0, name: 'Sum', prompt: 'Sum 2 and 3.', toolCalls: [{ output: '5' }] },
        { index: 1, name: 'Product', prompt: 'Multiply 2 by 3.', toolCalls: [{ output: '6' }] },
      ],
    });
    const lines = readFileSync(jsonl!, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(result.conversations);
    expect(readFileSync(markdown!, 'utf8')).toMatch(
      /^# test\.prompts\.md\n[\s\S]*\n## 1\. Sum\n[\s\S]*\n## 2\. Product\n/,
    );
  });

  it.each([
    ['--json', (out: string) => JSON.parse(out).schema, 'interleave/run@1'],
    ['--jsonl', (out: string) => out.trimEnd().split('\n').length, 2],
    ['--markdown', (out: string) => out.split('\n')[0], '# test.prompts.md'],
  ])('%s - is the only output on standard output', async (option, read, expected) => {
    const { code, out } = await interleave([...(await demoArgs()), option, '-']);
    expect(code).toBe(0);
    expect(read(out)).toBe(expected);
    expect(out).not.toContain('✓ 1.');
  });

  it.each(['--json', '--jsonl', '--markdown'])(
    '%s - cannot control a terminal, and JSON keeps its meaning',
    async (option) => {
      const server = await hostileServer();
      const args = ['run', promptFile({ One: 'one' }), ...viaAnthropic(server.url)];
      const { out } = await interleave([...args, option, '-', '--log', 'none']);
      expect(out).not.toMatch(acting);
      if (option === '--markdown') return;
      const [conversation] =
        option === '--json' ? JSON.parse(out).conversations : [JSON.parse(out)];
      expect(conversation.answer).toBe(hostile);
    },
  );

  it.each([
    ['two targets on standard output', ['--json', '-', '--markdown', '-'], /^Only one of --json,/],
    [
      'two targets in one file',
      ['--json', 'x.out', '--jsonl', './x.out'],
      /must write to different/,
    ],
    ['an empty name', ['--json', ''], /^Name a file for the result/],
    [
      'a prompt file',
      ['--markdown', 'a.prompts.md'],
      /^a\.prompts\.md is the name of a prompt file/,
    ],
    ['a folder', ['--json', '/tmp'], /^\/tmp is a folder, not a file\. Nothing was sent/],
    ['a missing folder', ['--json', '/nix/r.json'], /^The folder \/nix does not exist\./],
  ])('refuse %s before anything is sent', async (_, targets, message) => {
    const server = await silentServer();
    const args = ['run', promptFile(prompts), ...viaAnthropic(server.url), ...targets];
    const { code, out, err } = await interleave(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(server.requests).toHaveLength(0);
  });

  it.skipIf(process.getuid?.() === 0)('refuse a file without write permission', async () => {
    const json = path.join(promptFolder({ 'r.json': '' }), 'r.json');
    chmodSync(json, 0o444);
    const { code, err } = await interleave([...(await demoArgs()), '--json', json]);
    expect([code, err]).toEqual([
      2,
      `${json} cannot be used: permission denied. Nothing was sent.\n`,
    ]);
  });

  it('lose no answer when a file can no longer be written after the run', async () => {
    const folder = promptFolder({ 'out/.keep': '' });
    const [json, jsonl] = [path.join(folder, 'out', 'r.json'), path.join(folder, 'r.jsonl')];
    const server = await scriptedServer((request) => {
      rmSync(path.join(folder, 'out'), { recursive: true, force: true });
      return says(promptIn(request).toUpperCase());
    });
    const args = ['run', promptFile({ One: 'one' }), ...viaAnthropic(server.url)];
    const targets = ['--json', json, '--jsonl', jsonl];
    const runsFolder = promptFolder({});
    const { code, out, err } = await interleave([...args, ...targets], { runsFolder });
    expect(code).toBe(1);
    expect(err).toContain(`${json} does not exist. This result was not written.\n`);
    expect(err).toMatch(
      /\nThe run is saved\. To write its result, run: interleave resume \w{26} --json FILE\n$/,
    );
    expect(out).toContain('\n  ONE\n');
    expect(JSON.parse(readFileSync(jsonl, 'utf8'))).toMatchObject({ answer: 'ONE' });
  });

  it('replace what was in the file before', async () => {
    const json = path.join(promptFolder({}), 'r.json');
    writeFileSync(json, 'x'.repeat(1_000_000));
    await interleave([...(await demoArgs()), '--json', json]);
    expect(JSON.parse(readFileSync(json, 'utf8')).schema).toBe('interleave/run@1');
  });

  it('are also written when the run was interrupted', async () => {
    const server = await scriptedServer((request) =>
      promptIn(request) === 'one' ? says('ONE') : [{ do: 'wait', for: new Promise(() => {}) }],
    );
    const file = promptFile({ One: 'one', Two: 'two' });
    const json = path.join(promptFolder({}), 'r.json');
    const { code } = await interleave(['run', file, ...viaAnthropic(server.url), '--json', json], {
      onErr: (soFar, interrupt) => {
        if (/p1\/2 .*✓ done[^\n]*\n$/.test(soFar)) interrupt();
      },
    });
    expect(code).toBe(3);
    const result = runResultSchema.strict().parse(JSON.parse(readFileSync(json, 'utf8')));
    expect(result).toMatchObject({
      state: 'cancelled',
      conversations: [{ answer: 'ONE', status: 'done' }, { status: 'cancelled' }],
    });
  });
});
