import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { idFile } from '../../../src/cli/promptFiles.ts';
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

/** Runs paths that are refused, and checks that no request was sent. */
async function refused(paths: readonly string[], options: readonly string[] = []) {
  const server = await silentServer();
  const outcome = await interleave(['run', ...paths, ...viaAnthropic(server.url), ...options]);
  expect(server.requests).toHaveLength(0);
  expect(outcome.out).toBe('');
  return outcome;
}

/** Runs paths against a server that echoes prompts, and returns the prompts in order of the answers. */
async function answersOf(paths: readonly string[], options: readonly string[] = []) {
  const server = await scriptedServer((request) => says(`=${promptIn(request)}`));
  const args = ['run', ...paths, ...viaAnthropic(server.url), ...options];
  const { code, out, err } = await interleave(args);
  expect(code, err).toBe(0);
  const answers = [...out.matchAll(/^ {2}=(.*)$/gm)].map(([, text]) => text);
  expect(server.requests).toHaveLength(answers.length);
  return answers;
}

describe('prompts that cannot be run', () => {
  it('lists all errors, file by file, and sends nothing', async () => {
    const folder = promptFolder({
      'a.prompts.md': '---\nmodle: x\nmaxTurns: many\n---\n\n## One\n\none\n',
      'b.prompts.md': '## Fine\n\nfine\n',
      'c.prompt.md': `<!-- interleave\n  timeout: 0\n-->\n\nHello \${input:}\n`,
    });
    const [a, c] = ['a.prompts.md', 'c.prompt.md'].map((name) => path.join(folder, name));
    const { code, err } = await refused([folder, '--strict']);
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${a}:2:1: error: "modle" is not an option. Did you mean "model"?`),
      expect.stringContaining(
        `${a}:3:11: error: "maxTurns" must be a whole number from 1 to 1,000`,
      ),
      expect.stringContaining(`${c}:2:12: error: "timeout" must be a number of seconds above 0`),
      expect.stringContaining(`${c}:5:7: error: "\${input:}" has no name`),
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
    ['broken YAML', 'x.prompts.md', '---\nmodel: [a\n---\n## A\n\na', ': error: These options are'],
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

  it('lists every missing file', async () => {
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

  it('makes the control characters of a file name visible', async () => {
    const name = 'x\x1b[2J\n\u202e.prompts.md';
    const { code, err } = await refused([path.join(promptFolder({ [name]: '' }), name)]);
    expect(code).toBe(2);
    expect(err).toContain('x⏎[U+202E].prompts.md:1:1: error: This file is empty.');
    expect(err).not.toContain('\x1b');
    expect(err).not.toContain('\u202e');
    expect(err.trimEnd().split('\n')).toHaveLength(2);
  });

  it('reports a warning and runs', async () => {
    const server = await demoServer();
    const file = promptFile({ One: 'Sum 2 and 3.\n\n```\nnever closed' });
    const args = ['run', file, ...viaAnthropic(server.origin), '--model', 'demo'];
    const { code, err } = await interleave(args);
    expect(code).toBe(0);
    expect(err).toMatch(/^.*test\.prompts\.md:5:1: warning: This code fence is never closed/);
  });
});

describe('folders with files that cannot be run', () => {
  const files = {
    'a.prompts.md': '## A\n\na',
    'b.prompts.md': '---\nmodle: x\n---\n\n## B\n\nb',
    'sub/c.prompts.md': '## C\n\nc',
  };

  it('run the others, list the files left out, and exit with 1', async () => {
    const folder = promptFolder(files);
    const server = await scriptedServer((request) => says(`=${promptIn(request)}`));
    const args = ['run', folder, ...viaAnthropic(server.url), '--log', 'none'];
    const { code, out, err } = await interleave(args);
    expect(code).toBe(1);
    expect([...out.matchAll(/^ {2}=(.*)$/gm)].map(([, text]) => text)).toEqual(['a', 'c']);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/b\.prompts\.md:2:1: error: "modle" is not an option/),
      `${folder}/b.prompts.md is left out. With --strict, nothing would run.`,
    ]);
  });

  it('run nothing with --strict, or when the broken file was given itself', async () => {
    const folder = promptFolder(files);
    for (const paths of [
      [folder, '--strict'],
      [folder, path.join(folder, 'b.prompts.md')],
    ]) {
      const { code, err } = await refused(paths);
      expect([code, err]).toEqual([
        2,
        expect.stringMatching(/ is not an option[\s\S]*\nNothing was sent\.\n$/),
      ]);
    }
  });

  it('report a broken link and continue', async () => {
    const folder = promptFolder({ 'a.prompts.md': '## A\n\na' });
    symlinkSync(path.join(folder, 'gone.md'), path.join(folder, 'b.prompts.md'));
    expect(await answersOf([folder])).toEqual(['a']);
    const { err } = await interleave(['list', folder]);
    expect(err).toBe(`${folder}/b.prompts.md is a broken link. It is left out.\n`);
    expect((await refused([folder, '--strict'])).code).toBe(2);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'report a folder without read permission and continue',
    async () => {
      const folder = promptFolder({ 'a.prompts.md': '## A\n\na', 'sub/b.prompts.md': '## B\n\nb' });
      chmodSync(path.join(folder, 'sub'), 0);
      onTestFinished(() => chmodSync(path.join(folder, 'sub'), 0o700));
      expect(await answersOf([folder])).toEqual(['a']);
      const { err } = await interleave(['list', folder]);
      expect(err).toBe(`${folder}/sub cannot be used: permission denied. It is left out.\n`);
    },
  );
});

describe('patterns that the shell did not expand', () => {
  const files = {
    'a.prompts.md': '## A\n\na',
    'b.prompts.md': '## B\n\nb',
    'notes.md': 'notes',
    'deep/er/c.prompt.md': 'c',
    '[x].prompts.md': '## X\n\nx',
  };

  it.each([
    ['*.md', ['x', 'a', 'b']],
    ['**/*.md', ['x', 'a', 'b', 'c']],
    ['[!a].prompts.md', ['b']],
    ['{a,b}.prompts.md', ['a', 'b']],
    ['deep/*/c.*', ['c']],
    ['[x].prompts.md', ['x']],
  ])('%s matches %j', async (pattern, answers) => {
    expect(await answersOf([path.join(promptFolder(files), pattern)])).toEqual(answers);
  });

  it('are refused without a match', async () => {
    const pattern = path.join(promptFolder(files), 'z*.md');
    const { code, err } = await refused([pattern]);
    expect([code, err]).toEqual([2, `No prompt file matches ${pattern}.\nNothing was sent.\n`]);
  });
});

describe('prompts from standard input', () => {
  const ask = async (input: string | Uint8Array) => {
    const server = await scriptedServer((request) => says(`=${promptIn(request)}`));
    const args = ['run', '-', ...viaAnthropic(server.url), '--log', 'none', '--jsonl', '-'];
    const { code, out, err } = await interleave(args, { input });
    return {
      code,
      err,
      lines: out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  };

  it('are parsed like a file when there is a heading', async () => {
    const { code, lines } = await ask('---\nmaxTurns: 2\n---\n\n## A\n\none\n\n## B\n\ntwo\n');
    expect(code).toBe(0);
    expect(lines.map(({ id, answer }) => [id, answer])).toEqual([
      ['stdin.prompts.md#a', '=one'],
      ['stdin.prompts.md#b', '=two'],
    ]);
  });

  it('are one unchanged prompt when there is no heading', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what prompt files call a variable.
    const text = 'Explain:\n\n```\n## no heading\n```\n+ echo ${file}';
    const { code, lines } = await ask(`\n${text}\n`);
    expect(code).toBe(0);
    expect(lines.map(({ id, prompt }) => [id, prompt])).toEqual([['stdin#selection', text]]);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /^standard input:1:1: error: There is no text/],
    [
      'another encoding',
      Buffer.from('h\0i\0', 'latin1'),
      /^standard input:1:1: error: This is UTF-16 /,
    ],
    ['a file with an error', '## A\n', /^standard input:1:1: error: This prompt has no text/],
  ])('are refused when they are %s', async (_, input, words) => {
    const { code, err, lines } = await ask(input);
    expect([code, lines]).toEqual([2, []]);
    expect(err).toMatch(words);
  });
});

describe('nothing to run', () => {
  it('exits with 4 and says how prompt files are named', async () => {
    const folder = promptFolder({
      'notes.md': '## A\n\na',
      'node_modules/x.prompts.md': '## A\n\na',
    });
    const { code, err } = await refused([folder]);
    expect(code).toBe(4);
    expect(err).toBe(
      `There is no prompt in ${folder}. Prompt files are named *.prompts.md or *.prompt.md.\n`,
    );
  });

  it('exits with 4 when every prompt has "skip: true", and says how to run one', async () => {
    const file = promptFile({ One: '<!-- interleave\nskip: true\n-->\n\none' });
    const { code, err } = await refused([file]);
    expect(code).toBe(4);
    expect(err).toBe('Every prompt here has "skip: true". Use --select to run some of them.\n');
    expect(await answersOf([file], ['--select', 'One'])).toEqual(['one']);
  });
});

describe('the order of prompts', () => {
  it('follows the given paths, then file names, then the file; each file runs once', async () => {
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
    const folder = promptFolder({ 'dist/real.prompts.md': '## A\n\na' });
    symlinkSync('dist/real.prompts.md', path.join(folder, 'link.prompts.md'));
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

  it('lists the known names for one that matches no prompt', async () => {
    const { code, err } = await refused(
      [promptFile(prompts)],
      ['--select', 'Dead cod', '!!!', '???'],
    );
    expect(code).toBe(2);
    expect(err.split('\n')).toEqual([
      'There is no prompt named "Dead cod". Did you mean "Dead code"?',
      'There is no prompt named "!!!".',
      'The prompts are: "Sum then multiply", "Dead code", "Dead-Code!", "Größe", "???".',
      'Nothing was sent.',
      '',
    ]);
  });

  it('lists a limited number of names', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`Prompt ${n}`, `p${n}`]));
    const { err } = await refused([promptFile(many)], ['--select', 'Haiku']);
    expect(err).toContain('"Prompt 19" and 30 more; interleave list shows them all.');
    expect(err).not.toContain('Prompt 20');
  });
});

describe('interleave list', () => {
  it('prints ids and names in the order in which they would run', async () => {
    const file = promptFile({ 'Sum up': 'one', Later: '<!-- interleave\nskip: true\n-->\n\ntwo' });
    expect(await interleave(['list', file], { folder: path.dirname(file) })).toEqual({
      code: 0,
      out: 'test.prompts.md#sum-up\tSum up\ntest.prompts.md#later\tLater\tskipped\n',
      err: '',
    });
  });

  it('distinguishes files with the same name, and so does --select', async () => {
    const many = '## A\n\none\n\n## A-2\n\ntwo\n';
    const folder = promptFolder({
      'a/x.prompts.md': many,
      'b/x.prompts.md': '## A\n\nthree\n',
      'c/x.prompts.md': '## A\n\nfour\n',
    });
    const { out } = await interleave(['list', folder], { folder });
    const ids = ['a/x.prompts.md#a', 'a/x.prompts.md#a-2', 'b/x.prompts.md#a', 'c/x.prompts.md#a'];
    expect(out.match(/^\S+/gm)).toEqual(ids);
    for (const [at, id] of ids.entries()) {
      const [answer] = ['one', 'two', 'three', 'four'].slice(at);
      expect(await answersOf([folder], ['--select', id])).toEqual([answer]);
    }
    expect(await answersOf([folder], ['--select', 'x.prompts.md#a-2'])).toEqual(['two']);
    expect(await answersOf([folder], ['--select', 'A'])).toEqual(['one', 'three', 'four']);
    const { code, err } = await refused([folder], ['--select', 'x.prompts.md#a']);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /^"x\.prompts\.md#a" matches several prompts: \S*a\/x\.prompts\.md#a, \S*b\/x\.prompts\.md#a, .*\. Give the whole id\.\nNothing was sent\.\n$/,
      ),
    ]);
  });

  it('lists files outside the current folder by a relative path', async () => {
    const folder = promptFolder({ 'a/x.prompts.md': '## A\n\none\n', 'b/y.md': '' });
    const { out } = await interleave(['list', folder], { folder: path.join(folder, 'b') });
    expect(out).toBe('../a/x.prompts.md#a\tA\n');
  });

  it('lists the files that parse and reports the others', async () => {
    const folder = promptFolder({
      'a.prompts.md': '## A\n\na',
      'b.prompts.md': '---\nmodle: x\n---\n\n## B\n\nb',
      'c.prompts.md': '## C\n\nc',
    });
    const { code, out, err } = await interleave(['list', folder], { folder });
    expect([code, out]).toEqual([1, 'a.prompts.md#a\tA\nc.prompts.md#c\tC\n']);
    expect(err).toMatch(/b\.prompts\.md:2:1: error: "modle" is not an option/);
    const paths = ['a', 'b'].map((name) => `${folder}/${name}.prompts.md`);
    const named = await interleave(['list', ...paths], { folder });
    expect([named.code, named.out]).toEqual([1, 'a.prompts.md#a\tA\n']);
  });

  it('reports the same errors as a run', async () => {
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

describe('the file of an id', () => {
  it.each([
    [path.posix, '/w/a/x.md', 'a/x.md'],
    [path.posix, 'a/../x.md', 'x.md'],
    [path.posix, '/v/x.md', '../v/x.md'],
    [path.posix, 'a\\b.md', 'a\\b.md'],
    [path.win32, 'C:\\w\\a\\x.md', 'a/x.md'],
    [path.win32, '..\\x.md', '../x.md'],
    [path.win32, 'D:\\v\\x.md', 'D:/v/x.md'],
  ])('is relative to the current folder, with "/"', (paths, file, expected) => {
    const folder = paths === path.win32 ? 'C:\\w' : '/w';
    expect(idFile(file, folder, paths)).toBe(expected);
  });
});
