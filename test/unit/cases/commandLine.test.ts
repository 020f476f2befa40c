import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltCli, buildCli, exitOf } from '../../support/builtCli.ts';
import type { Reply } from '../../support/loopback/loopbackServer.ts';
import { interleave, promptFolder, scriptedServer, viaAnthropic } from '../cli/commandLine.ts';
import { asksFor, fails, hangs, promptIn, says, turnsIn } from '../cli/replies.ts';

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
}, 30_000);
afterAll(() => cli.remove());

const options = ['--model', 'x', '--log', 'none'];

describe('C61: results in order of completion', () => {
  const count = 30;
  const names = Array.from({ length: count }, (_, k) => `Prompt ${k + 1}`);
  const answers = names.map((_, k) => `answer ${k + 1}`);

  /** A server that answers in reverse order: each answer waits for the one after it. */
  async function backwards(isFailing: (k: number) => boolean) {
    const done = names.map(() => Promise.withResolvers<void>());
    const order: number[] = [];
    const server = await scriptedServer((request) => {
      const k = Number(promptIn(request).slice(1));
      const reply = isFailing(k) ? fails(400, 'invalid_request_error', 'no') : says(`answer ${k}`);
      const after = done[k]?.promise ?? Promise.resolve();
      const sent = after.then(() => order.push(k)).then(() => done[k - 1]?.resolve());
      return [{ do: 'wait', for: sent }, ...reply];
    });
    return { server, order };
  }

  it('row k has answer k everywhere, also after a rerun of the failed ones', async () => {
    let isFixed = false;
    const { server, order } = await backwards((k) => !isFixed && k % 7 === 0);
    const text = names.map((name, k) => `## ${name}\n\np${k + 1}\n`).join('\n');
    const folder = promptFolder({ 'a.prompts.md': text });
    const at = (name: string): string => path.join(folder, name);
    const args = ['run', at('a.prompts.md'), ...viaAnthropic(server.url), ...options];
    const files = ['json', 'jsonl', 'junit', 'markdown'].flatMap((kind) => [`--${kind}`, at(kind)]);
    const { code, out } = await interleave([
      ...args,
      '--concurrency',
      'unlimited',
      '--no-warm-up',
      ...files,
    ]);
    expect([code, order[0], order.at(-1)]).toEqual([1, count, 1]);

    const expected = answers.map((answer, k) => ((k + 1) % 7 === 0 ? '' : answer));
    const read = (name: string): string => readFileSync(at(name), 'utf8');
    const result = JSON.parse(read('json')) as { conversations: { answer: string }[] };
    expect(result.conversations.map(({ answer }) => answer)).toEqual(expected);
    const lines = read('jsonl').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).answer)).toEqual(expected);
    for (const [k, answer] of expected.entries()) {
      const name = `Prompt ${k + 1}`;
      const [junit = ''] =
        new RegExp(`<testcase name="${name}"[^]*?</testcase>`).exec(read('junit')) ?? [];
      const [, markdown = ''] = read('markdown').split(`\n## ${k + 1}. ${name}\n`);
      const [, terminal = ''] = out.split(new RegExp(`^. ${k + 1}\\. ${name} `, 'm'));
      for (const text of [
        junit,
        markdown.split('\n## ')[0] ?? '',
        terminal.split(/^[✓✕] /m)[0] ?? '',
      ]) {
        expect(text.match(/answer \d+/g) ?? []).toEqual(answer === '' ? [] : [answer]);
      }
    }

    isFixed = true;
    const again = await interleave([...args, '--rerun-failed', at('json'), '--json', at('second')]);
    expect(again.code).toBe(0);
    const second = JSON.parse(read('second')) as {
      conversations: { name: string; answer: string }[];
    };
    expect(second.conversations.map(({ name, answer }) => [name, answer])).toEqual(
      [7, 14, 21, 28].map((k) => [`Prompt ${k}`, `answer ${k}`]),
    );
  });
});

describe('C63: prompt ids that shift when a prompt is removed', () => {
  /** Runs files in which some prompts fail, then other files without failures. */
  async function rerun(
    before: { readonly [name: string]: string },
    failing: readonly string[],
    change: (folder: string) => void,
  ) {
    let isFixed = false;
    const asked: string[] = [];
    const server = await scriptedServer((request) => {
      const prompt = promptIn(request);
      if (!isFixed && failing.includes(prompt)) return fails(400, 'invalid_request_error', 'no');
      if (isFixed) asked.push(prompt);
      return says(prompt);
    });
    const folder = promptFolder(before);
    const result = path.join(folder, 'r.json');
    const args = ['run', folder, ...viaAnthropic(server.url), ...options, '--mode', 'serial'];
    expect((await interleave([...args, '--json', result], { folder })).code).toBe(1);
    isFixed = true;
    change(folder);
    const { code, err } = await interleave([...args, '--rerun-failed', result], { folder });
    return { code, err, asked };
  }

  const write =
    (text: string, file = 'a.prompts.md') =>
    (folder: string) =>
      writeFileSync(path.join(folder, file), text);
  const twins = { 'a.prompts.md': '## Same\n\none\n\n## Same\n\ntwo\n' };

  it('reruns the failed prompt after its namesake was deleted', async () => {
    const { code, err, asked } = await rerun(twins, ['two'], write('## Same\n\ntwo\n'));
    expect([code, err, asked]).toEqual([0, '', ['two']]);
  });

  it('reports a changed text', async () => {
    const { code, err, asked } = await rerun(
      twins,
      ['two'],
      write('## Same\n\none\n\n## Same\n\ntwo and more\n'),
    );
    expect([code, asked]).toEqual([0, ['two and more']]);
    expect(err).toBe(
      'a.prompts.md#same-2 has another text than in that run. It runs with the new text.\n',
    );
  });

  it('distinguishes files with the same name in two folders', async () => {
    const files = { 'a/x.prompts.md': '## A\n\none', 'b/x.prompts.md': '## A\n\ntwo' };
    const { code, err, asked } = await rerun(files, ['one'], (folder) => {
      renameSync(path.join(folder, 'a'), path.join(folder, 'c'));
    });
    expect([code, err, asked]).toEqual([0, '', ['one']]);
    const swapped = await rerun(files, ['one'], (folder) => {
      write('## A\n\ntwo', 'a/x.prompts.md')(folder);
      write('## A\n\none', 'b/x.prompts.md')(folder);
    });
    expect([swapped.code, swapped.err, swapped.asked]).toEqual([0, '', ['one']]);
  });

  it.each([
    [
      'which of two equal prompts was removed',
      '## Same\n\none\n\n## Same\n\none\n',
      ['## Same\n\none\n'],
    ],
  ])('says that it cannot tell %s, and does not guess', async (_, text, [left = '']) => {
    let calls = 0;
    const server = await scriptedServer(() =>
      ++calls === 1 ? fails(400, 'invalid_request_error', 'no') : says('fine'),
    );
    const folder = promptFolder({ 'a.prompts.md': text });
    const result = path.join(folder, 'r.json');
    const args = ['run', folder, ...viaAnthropic(server.url), ...options, '--mode', 'serial'];
    expect((await interleave([...args, '--json', result], { folder })).code).toBe(1);
    write(left)(folder);
    const { code, err } = await interleave([...args, '--rerun-failed', result], { folder });
    expect([code, server.requests.length]).toEqual([2, 2]);
    expect(err).toMatch(/^a\.prompts\.md#same matches several prompts and is left out\./);
  });

  it('says so when one of two namesake files is gone and the other has changed', async () => {
    const files = { 'a/x.prompts.md': '## A\n\none', 'b/x.prompts.md': '## A\n\ntwo' };
    const { code, err, asked } = await rerun(files, ['one'], (folder) => {
      rmSync(path.join(folder, 'a'), { recursive: true });
      write('## A\n\nthree', 'b/x.prompts.md')(folder);
    });
    expect([code, asked]).toEqual([2, []]);
    expect(err).toMatch(
      /^b\/x\.prompts\.md#a has .* It is done and does not run again\.\nNone of the/,
    );
  });
});

describe.skipIf(process.platform === 'win32')('C64: paid answers', { timeout: 60_000 }, () => {
  it.each([3, 12, 25])('are not requested again after a kill at request %i', async (killAt) => {
    let child: ReturnType<BuiltCli['start']> | undefined;
    let isFirst = true;
    const server = await scriptedServer((request): Reply => {
      if (isFirst && server.requests.length === killAt) {
        isFirst = false;
        child?.kill('SIGKILL');
        return hangs;
      }
      const turn = turnsIn(request);
      return turn === 2 ? says('done') : asksFor('sum_numbers', { numbers: [1, turn] });
    });
    const text = Array.from({ length: 10 }, (_, k) => `## Prompt ${k}\n\np${k}\n`).join('\n');
    const folder = promptFolder({ 'a.prompts.md': text });
    child = cli.start(['run', '.', ...viaAnthropic(server.url), ...options], folder);
    expect((await exitOf(child)).code).toBe(null);
    const [id = ''] = readdirSync(path.join(folder, 'interleave', 'runs'));
    const { code, err } = await cli.run(['resume', id], folder);
    expect(code, err).toBe(0);
    const turns = server.requests.filter(({ method }) => method === 'POST').length;
    expect(turns).toBeGreaterThanOrEqual(30);
    // One repeated request for each conversation in flight.
    expect(turns).toBeLessThanOrEqual(40);
  });
});

describe('C66: two test cases with the same name', () => {
  /** Class and name of each test case. */
  async function casesOf(files: { readonly [name: string]: string }, failing: string) {
    const server = await scriptedServer((request) =>
      promptIn(request) === failing ? fails(400, 'invalid_request_error', 'no') : says('fine'),
    );
    const folder = promptFolder(files);
    const report = path.join(folder, 'o.xml');
    const args = ['run', folder, ...viaAnthropic(server.url), ...options, '--junit', report];
    expect((await interleave(args, { folder })).code).toBe(1);
    const xml = readFileSync(report, 'utf8');
    expect(xml.match(/<failure/g)).toHaveLength(1);
    return [...xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"/g)].map(
      ([, name, classname]) => `${classname}: ${name}`,
    );
  }

  it('get different names, and other names stay unchanged', async () => {
    const text = '## Same\n\none\n\n## Same\n\ntwo\n\n## same!\n\nthree\n\n## Other\n\nfour\n';
    const cases = await casesOf({ 'a.prompts.md': text }, 'one');
    expect(cases).toEqual([
      'a.prompts.md: Same (same)',
      'a.prompts.md: Same (same-2)',
      'a.prompts.md: same!',
      'a.prompts.md: Other',
    ]);
  });

  it('get different names in two folders, too', async () => {
    const text = '## Same\n\n';
    const files = { 'a/x.prompts.md': `${text}one`, 'b/x.prompts.md': `${text}two` };
    const cases = await casesOf(files, 'two');
    expect(cases).toEqual(['a/x.prompts.md: Same', 'b/x.prompts.md: Same']);
  });

  it('get different names whatever a name looks like', async () => {
    const text = ['Same', 'Same', 'Same (same)', 'Same (same-2)', 'Same (same, 1)'].map(
      (name, k) => `## ${name}\n\n${k}\n`,
    );
    const cases = await casesOf({ 'a.prompts.md': text.join('\n') }, '0');
    expect(new Set(cases).size).toBe(5);
  });
});

describe('C67: 64 KB through a pipe', { timeout: 60_000 }, () => {
  async function bigRun() {
    const server = await scriptedServer(() => says('x'.repeat(200_000)));
    const text = Array.from({ length: 10 }, (_, k) => `## Prompt ${k}\n\np${k}\n`).join('\n');
    const folder = promptFolder({ 'a.prompts.md': text });
    const args = ['run', '.', ...viaAnthropic(server.url), '--model', 'x', '--json', '-'];
    return { folder, args };
  }

  it('arrives completely at a reader that starts late', async () => {
    const { folder, args } = await bigRun();
    const child = cli.start(args, folder);
    let err = '';
    // Nothing is read until the run has ended.
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk) => {
        err += chunk;
        if (err.includes('■')) resolve();
      });
    });
    const { code, out } = await exitOf(child);
    expect(code).toBe(0);
    expect(JSON.parse(out).conversations).toHaveLength(10);
  });

  it('is no error when the reader stops early', async () => {
    const { folder, args } = await bigRun();
    const child = cli.start(args, folder);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
  });
});

describe.skipIf(process.platform !== 'linux')(
  'standard output without a reader',
  { timeout: 60_000 },
  () => {
    /** Runs a command whose output goes to a pipe that closes at once. */
    async function unread(args: readonly string[], folder: string, environment = {}) {
      const script = '("$0" "$@"; echo "exit $?" >&2) | true';
      const env = { ...process.env, ANTHROPIC_API_KEY: '', XDG_STATE_HOME: folder, ...environment };
      const all = ['-c', script, process.execPath, path.join(cli.folder, 'cli.js'), ...args];
      const { err } = await exitOf(spawn('sh', all, { cwd: folder, env }));
      return err;
    }

    it('is an error, and the answers are saved', async () => {
      const server = await scriptedServer(() => says('fine'));
      const folder = promptFolder({ 'a.prompts.md': '## A\n\na' });
      const err = await unread(['run', '.', ...viaAnthropic(server.url), ...options], folder);
      expect(err).toContain('Standard output was closed before anything was read.');
      expect(err).toMatch(/\nexit 1\n$/);
    });

    it('ends a run whose results go nowhere else, and sends no more requests', async () => {
      const server = await scriptedServer((request) =>
        promptIn(request) === 'a' ? says('fine') : hangs,
      );
      const folder = promptFolder({
        'a.prompts.md': '## A\n\na\n\n## B\n\nb\n\n## C\n\nc',
        state: 'a file',
      });
      const args = ['run', '.', ...viaAnthropic(server.url), ...options, '--mode', 'serial'];
      const err = await unread([...args, '--jsonl', '-'], folder, {
        XDG_STATE_HOME: path.join(folder, 'state'),
      });
      expect(err).toContain(
        'The run stops: standard output has no reader any more, and the results are saved nowhere else.',
      );
      expect(err).toMatch(/\nexit 1\n$/);
      expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
    });
  },
);
