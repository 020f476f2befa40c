import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  demoServer,
  interleave,
  promptFile,
  promptFolder,
  scriptedServer,
  silentServer,
  viaAnthropic,
} from './commandLine.ts';
import { promptIn, says } from './replies.ts';

/** Runs places against a server that no request should reach, and checks that none did. */
async function refused(places: readonly string[], options: readonly string[] = []) {
  const server = await silentServer();
  const outcome = await interleave(['run', ...places, ...viaAnthropic(server.url), ...options]);
  expect(server.requests).toHaveLength(0);
  expect(outcome.out).toBe('');
  return outcome;
}

/** Runs places against a server that echoes prompts, and returns the prompts in order of the answers. */
async function answersOf(places: readonly string[], options: readonly string[] = []) {
  const server = await scriptedServer((request) => says(`=${promptIn(request)}`));
  const args = ['run', ...places, ...viaAnthropic(server.url), ...options];
  const { code, out, err } = await interleave(args);
  expect(code, err).toBe(0);
  const answers = [...out.matchAll(/^ {2}=(.*)$/gm)].map(([, text]) => text);
  expect(server.requests).toHaveLength(answers.length);
  return answers;
}

describe('prompts that cannot be run', () => {
  it('lists everything that is wrong, file by file, and sends nothing', async () => {
    const folder = promptFolder({
      'a.prompts.md': '---\nmodle: x\nmaxTurns: many\n---\n\n## One\n\none\n',
      'b.prompts.md': '## Fine\n\nfine\n',
      'c.prompt.md': `<!-- interleave\n  timeout: 0\n-->\n\nHello \${file}\n`,
    });
    const [a, c] = ['a.prompts.md', 'c.prompt.md'].map((name) => path.join(folder, name));
    const { code, err } = await refused([folder]);
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${a}:2:1: error: "modle" is not a setting. Did you mean "model"?`),
      expect.stringContaining(
        `${a}:3:11: error: "maxTurns" must be a whole number from 1 to 1,000`,
      ),
      expect.stringContaining(`${c}:2:12: error: "timeout" must be a number of seconds above 0`),
      expect.stringContaining(`${c}:5:7: error: Variables are not supported`),
      'Nothing was sent.',
    ]);
  });

  it.each([
    [
      'an empty file',
      'x.prompts.md',
      '',
      ':1:1: error: This file is empty. Start each prompt with',
    ],
    ['an empty prompt', 'x.prompt.md', ' \n', ':1:1: error: This file is empty. Write the text of'],
    ['a file without headings', 'x.prompts.md', 'notes', ':1:1: error: There is no prompt in this'],
    ['open front matter', 'x.prompts.md', '---\na: b\n\n## A\n', ':1:1: error: This "---" opens a'],
    [
      'broken YAML',
      'x.prompts.md',
      '---\nmodel: [a\n---\n## A\n\na',
      ': error: These settings are',
    ],
    ['another kind of file', 'x.md', '## A\n\na', ':1:1: error: "x.md" is not a prompt file. Name'],
    ['a file of 5 MB', 'x.prompts.md', '## A\n\n'.padEnd(5_000_000, 'a'), ' 5,000,000 bytes; the'],
    ['a NUL', 'x.prompts.md', '## A\n\na\0b', ':3:2: error: There is a NUL character here'],
  ])('says what is wrong with %s', async (_, name, content, message) => {
    const file = path.join(promptFolder({ [name]: content }), name);
    const { code, err } = await refused([file]);
    expect(code).toBe(2);
    expect(err.startsWith(file)).toBe(true);
    expect(err).toContain(message);
    expect(err.endsWith('\nNothing was sent.\n')).toBe(true);
    expect(err.length).toBeLessThan(1_000);
  });

  it('says that a file in another encoding is not UTF-8 instead of sending it garbled', async () => {
    const latin1 = Buffer.from('## Größe\n\nWie groß?\n', 'latin1');
    const file = path.join(promptFolder({ 'x.prompts.md': latin1 }), 'x.prompts.md');
    const { code, err } = await refused([file]);
    expect(code).toBe(2);
    expect(err).toBe(
      `${file}:1:1: error: This is not UTF-8. Save the file as UTF-8.\nNothing was sent.\n`,
    );
  });

  it('names every file that is not there', async () => {
    const folder = promptFolder({ 'a.prompts.md': '## A\n\na' });
    const { code, err } = await refused([
      path.join(folder, 'a.prompts.md'),
      path.join(folder, 'nix.prompts.md'),
      path.join(folder, 'nowhere'),
    ]);
    expect(code).toBe(2);
    expect(err).toBe(
      `${folder}/nix.prompts.md does not exist.\n${folder}/nowhere does not exist.\nNothing was sent.\n`,
    );
  });

  it('shows a file whose name could steer the terminal as it is', async () => {
    const name = 'x\x1b[2J\n\u202e.prompts.md';
    const { code, err } = await refused([path.join(promptFolder({ [name]: '' }), name)]);
    expect(code).toBe(2);
    expect(err).toContain('x⏎[U+202E].prompts.md:1:1: error: This file is empty.');
    expect(err).not.toContain('\x1b');
    expect(err).not.toContain('\u202e');
    expect(err.trimEnd().split('\n')).toHaveLength(2);
  });

  it('tells of a remark that stops nothing, and runs', async () => {
    const server = await demoServer();
    const file = promptFile({ One: 'Sum 2 and 3.\n\n```\nnever closed' });
    const args = ['run', file, ...viaAnthropic(server.origin), '--model', 'demo'];
    const { code, err } = await interleave(args);
    expect(code).toBe(0);
    expect(err).toMatch(/^.*test\.prompts\.md:5:1: warning: This code fence is never closed/);
  });
});

describe('nothing to run', () => {
  it('exits with 4 and says what prompts stand in', async () => {
    const folder = promptFolder({
      'notes.md': '## A\n\na',
      'node_modules/x.prompts.md': '## A\n\na',
    });
    const { code, err } = await refused([folder]);
    expect(code).toBe(4);
    expect(err).toBe(
      `There is no prompt in ${folder}. Prompts stand in files named *.prompts.md or *.prompt.md.\n`,
    );
  });

  it('exits with 4 when every prompt is to be skipped, and says how to run one', async () => {
    const file = promptFile({ One: '<!-- interleave\nskip: true\n-->\n\none' });
    const { code, err } = await refused([file]);
    expect(code).toBe(4);
    expect(err).toBe(
      'Every prompt here says "skip: true". Name those to run all the same with --select.\n',
    );
    expect(await answersOf([file], ['--select', 'One'])).toEqual(['one']);
  });
});

describe('the order of prompts', () => {
  it('is that of the places, then of file names, then of the file, each file once', async () => {
    const folder = promptFolder({
      'b.prompts.md': '## B1\n\nb1\n\n## B2\n\nb2',
      'a/z.prompt.md': 'az',
      'c.prompt.md': 'c',
      'B.prompts.md': '## Big\n\nbig',
      'notes.md': '## No\n\nno',
      'dist/d.prompts.md': '## No\n\nno',
    });
    expect(await answersOf([folder])).toEqual(['big', 'az', 'b1', 'b2', 'c']);
    const c = path.join(folder, 'c.prompt.md');
    expect(await answersOf([c, path.join(folder, 'a'), folder])).toEqual([
      'c',
      'az',
      'big',
      'b1',
      'b2',
    ]);
    expect(await answersOf([path.join(folder, 'dist')])).toEqual(['no']);
  });

  it('follows links to prompt files but not to folders', async () => {
    const elsewhere = promptFolder({ 'real.prompts.md': '## A\n\na' });
    const folder = promptFolder({});
    symlinkSync(path.join(elsewhere, 'real.prompts.md'), path.join(folder, 'link.prompts.md'));
    mkdirSync(path.join(folder, 'sub'));
    symlinkSync(folder, path.join(folder, 'sub', 'again'));
    expect(await answersOf([folder])).toEqual(['a']);
  });
});

describe('--select', () => {
  const prompts = {
    'Sum then multiply': 'one',
    'Dead code': 'two',
    'Dead-Code!': 'three',
    Größe: 'four',
    '???': 'five',
  };

  it.each([
    [['Dead code'], ['two']],
    [['sum-then-multiply'], ['one']],
    [['SUM THEN MULTIPLY'], ['one']],
    [['test.prompts.md#größe'], ['four']],
    [['dead-code-2'], ['three']],
    [['Dead-Code!'], ['two', 'three']],
    [['???'], ['five']],
    [
      ['Größe', 'Dead code'],
      ['two', 'four'],
    ],
  ])('%j runs %j, in the order of the file', async (names, expected) => {
    expect(await answersOf([promptFile(prompts)], ['--select', ...names])).toEqual(expected);
  });

  it('lists the names there are for one that fits none', async () => {
    const { code, err } = await refused(
      [promptFile(prompts)],
      ['--select', 'Dead cod', '!!!', '???'],
    );
    expect(code).toBe(2);
    expect(err.split('\n')).toEqual([
      'There is no prompt named "Dead cod". Did you mean "Dead code"?',
      'There is no prompt named "!!!".',
      'There are: "Sum then multiply", "Dead code", "Dead-Code!", "Größe", "???".',
      'Nothing was sent.',
      '',
    ]);
  });

  it('lists no more names than can be read', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`Prompt ${n}`, `p${n}`]));
    const { err } = await refused([promptFile(many)], ['--select', 'Haiku']);
    expect(err).toContain('"Prompt 19" and 30 more; interleave list shows them all.');
    expect(err).not.toContain('Prompt 20');
  });
});

describe('interleave list', () => {
  it('prints ids and names in the order in which they would run', async () => {
    const file = promptFile({ 'Sum up': 'one', Later: '<!-- interleave\nskip: true\n-->\n\ntwo' });
    expect(await interleave(['list', file])).toEqual({
      code: 0,
      out: 'test.prompts.md#sum-up\tSum up\ntest.prompts.md#later\tLater\tskipped\n',
      err: '',
    });
  });

  it('tells apart what stands in files of one name, as --select does', async () => {
    const many = '## A\n\none\n\n## A-2\n\ntwo\n';
    const folder = promptFolder({
      'a/x.prompts.md': many,
      'b/x.prompts.md': '## A\n\nthree\n',
      'c/x.prompts.md': '## A\n\nfour\n',
    });
    const { out } = await interleave(['list', folder]);
    const ids = ['a', 'a-2', 'a-3', 'a-4'].map((slug) => `x.prompts.md#${slug}`);
    expect(out.match(/^\S+/gm)).toEqual(ids);
    for (const [at, id] of ids.entries()) {
      const [answer] = ['one', 'two', 'three', 'four'].slice(at);
      expect(await answersOf([folder], ['--select', id])).toEqual([answer]);
    }
  });

  it('lists what is wrong, as a run would', async () => {
    const file = promptFile({ Empty: '' });
    const { code, out, err } = await interleave(['list', file]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${file}:1:1: error: This prompt has no text.`);
  });

  it('exits with 4 when there is nothing to list', async () => {
    const { code, out, err } = await interleave(['list', promptFolder({})]);
    expect([code, out]).toEqual([4, '']);
    expect(err).toMatch(/^There is no prompt in /);
  });
});
