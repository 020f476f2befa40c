// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/shared/runResult.ts';
import { interleave, promptFolder, scriptedServer, viaAnthropic } from './commandLine.ts';
import { fails, promptIn, says } from './replies.ts';

interface Given {
  readonly args?: readonly string[];
  readonly workspace?: { readonly [name: string]: string };
  readonly input?: string;
  /** The text of prompts that the server refuses. */
  readonly refused?: string;
}

/** Runs the prompt files in a folder that is also the workspace, and returns the prompts that were sent. */
async function run(files: { readonly [name: string]: string }, given: Given = {}) {
  const server = await scriptedServer((request) => {
    const isRefused = promptIn(request) === given.refused;
    return isRefused ? fails(400, 'invalid_request_error', 'No.') : says('fine');
  });
  const folder = promptFolder(files);
  const paths = given.input === undefined ? [folder] : ['-'];
  const { code, out, err } = await interleave(
    [
      ...['run', ...paths, ...viaAnthropic(server.url), '--model', 'm', '--log', 'none'],
      ...['--json', '-', ...(given.args ?? []).map((arg) => arg.replace('FOLDER', folder))],
    ],
    { folder, workspaceFolder: folder, input: given.input ?? '' },
  );
  const result: RunResult | undefined = out === '' ? undefined : JSON.parse(out);
  const sent = server.requests.filter(({ method }) => method === 'POST').length;
  const prompts = result?.conversations.map(({ prompt }) => prompt) ?? [];
  return { code, prompts, sent, folder, out, err: err.replaceAll(`${folder}/`, '') };
}

const many = (text: string) => ({ 'a.prompts.md': `## One\n\n${text}\n` });

describe('--var and --vars', () => {
  it('give the values of variables, --var first', async () => {
    const files = {
      ...many('${input:who:Name} likes {{what}} in {{where}}, not {{other}}.'),
      'values.yaml': 'who: Bob\nwhat: 7\n',
    };
    const args = ['--vars', 'FOLDER/values.yaml', '--var', 'who=Ada=A', '--var', 'where='];
    expect(await run(files, { args })).toMatchObject({
      ...{ code: 0, err: '' },
      prompts: ['Ada=A likes 7 in , not {{other}}.'],
    });
  });

  it('come before the values in the file', async () => {
    const text = '<!-- interleave\nvars: {a: 1, b: 2}\n-->\n{{a}} {{b}}';
    expect((await run(many(text), { args: ['--var', 'b=3'] })).prompts).toEqual(['1 3']);
  });

  it('of a file give its parts and its content', async () => {
    const files = { ...many('${fileBasename}: ${fileContent}'), 'src/a.ts': 'let a;\r\n' };
    expect((await run(files, { args: ['--var', 'file=src/a.ts'] })).prompts).toEqual([
      'a.ts: let a;\n',
    ]);
  });

  it('that no prompt has are told of, with what may be meant', async () => {
    const { code, err } = await run(many('{{topic}}'), { args: ['--var', 'topics=x'] });
    expect([code, err]).toEqual([
      0,
      'No prompt has the variable "topics" of --var. Did you mean "topic"?\n',
    ]);
  });

  it.each([
    [['--var', 'x'], 'Write NAME=VALUE.'],
    [['--var', '=x'], 'Write NAME=VALUE.'],
    [['--var', 'a=1', '--var', 'a=2'], 'a is given twice.'],
    [['--vars', 'FOLDER/missing.json'], 'does not exist'],
    [['--vars', 'FOLDER/list.json'], 'must have names with their values'],
    [['--vars', 'FOLDER/deep.json'], 'the value of "a" must be a text or number'],
    [['--vars', 'FOLDER/broken.json'], 'is neither JSON nor YAML'],
  ])('%j are refused', async (args, message) => {
    const files = { 'list.json': '[1]', 'deep.json': '{"a": {}}', 'broken.json': '{"a": ' };
    const { code, err, sent } = await run({ ...many('{{a}}'), ...files }, { args });
    expect([code, sent]).toEqual([2, 0]);
    expect(err).toContain(message);
  });
});

describe('A variable without a value', () => {
  it('stops the start with file, line and variable; nothing is sent', async () => {
    const files = { ...many('ok'), 'b.prompt.md': 'a\n${input:name:x} ${file} ${selection}' };
    const { code, err, sent } = await run(files);
    expect([code, sent]).toEqual([2, 0]);
    expect(err.split('\n')).toEqual([
      'b.prompt.md:2:1: error: "${input:name:x}" has no value. Give it with --var name=VALUE.',
      'b.prompt.md:2:17: error: "${file}" has no value. Give it with --var file=VALUE.',
      'b.prompt.md:2:25: error: "${selection}" has no value. Give it with --var selection=VALUE.',
      'Nothing was sent.',
      '',
    ]);
  });

  it('of a prompt that does not run stops nothing', async () => {
    const text =
      'one\n\n## Two\n\n${input:x}\n\n## Three\n\n<!-- interleave skip: true -->\n${file}';
    const { code, prompts } = await run(many(text), { args: ['--select', 'One'] });
    expect([code, prompts]).toEqual([0, ['one']]);
  });
});

describe('Text that looks like a variable', () => {
  it.each([
    'a {{ mustache }} {{#each}} {{/each}} {{> part}} {{{raw}}}',
    'x: ${{ github.ref }} ${HOME} $file {{ "a" | b }}',
    '```sh\necho ${file} ${input:x}\n```',
  ])('is sent as it stands: %s', async (text) => {
    expect(await run(many(text), { args: ['--var', 'a=1'] })).toMatchObject({
      code: 0,
      prompts: [text],
    });
  });

  it('on standard input is sent as it stands, but for prompts with headings', async () => {
    const diff = '+ const a = `${file}`;';
    expect((await run({}, { input: diff })).prompts).toEqual([diff]);
    const given = { args: ['--var', 'who=Ada'], input: 'Hi {{who}} {{other}} ${file}' };
    expect((await run({}, given)).prompts).toEqual(['Hi Ada {{other}} ${file}']);
    const args = ['--var', 'file=x'];
    expect((await run({}, { input: `## A\n${diff}`, args })).prompts).toEqual(['+ const a = `x`;']);
  });
});

describe('Linked files', () => {
  const workspace = {
    '.github/prompts/a.prompt.md': 'Follow [the guide](../guide.md) and #file:src/x.ts.',
    '.github/guide.md': 'Be kind.\n',
    'src/x.ts': 'let x;\n',
  };

  it('are attached, from the folder of the prompt file or the top', async () => {
    const { code, prompts, err } = await run(workspace);
    expect([code, err]).toEqual([0, '']);
    expect(prompts).toEqual([
      `${workspace['.github/prompts/a.prompt.md']}\n\nAttached files:\n\n` +
        '.github/guide.md:\n```\nBe kind.\n\n```\n\nsrc/x.ts:\n```\nlet x;\n\n```',
    ]);
  });

  it.each([
    ['.env', 'A=1', 'Files that usually hold credentials are never sent.'],
    ['key.txt', '-----BEGIN PRIVATE KEY-----\nx', 'Files that usually hold credentials'],
    ['bin.dat', 'a\0b', 'is a binary file'],
    ['src/y.ts', '', 'It is a folder.'],
    ['missing.ts', undefined, 'There is no such file in the workspace.'],
    ['../../outside.ts', undefined, 'is outside the workspace'],
  ])('are never protected, binary or missing ones: %s', async (file, content, reason) => {
    const target = file === 'src/y.ts' ? 'src' : file;
    const files = content === undefined ? {} : { [file]: content };
    const required = await run({ ...files, 'a.prompt.md': `#file:${target}` });
    expect([required.code, required.sent]).toEqual([2, 0]);
    expect(required.err).toContain(`a.prompt.md:1:1: error: This file cannot be attached: `);
    expect(required.err).toContain(reason);
    const linked = await run({ ...files, 'a.prompt.md': `[x](${target})` });
    expect([linked.code, linked.prompts]).toEqual([0, [`[x](${target})`]]);
    expect(linked.err).toContain('a.prompt.md:1:1: warning: This file is not attached: ');
  });
});

describe('Runs that go on', () => {
  it('send the values of their start, not those of another day', async () => {
    const server = await scriptedServer(() => says('fine'));
    const folder = promptFolder({ ...many('{{a}} ${fileContent}'), 'x.txt': 'first' });
    const runsFolder = promptFolder({});
    const common = { folder, workspaceFolder: folder, runsFolder };
    await interleave(
      [
        ...['run', folder, ...viaAnthropic(server.url), '--model', 'm'],
        ...['--var', 'a=then', '--var', 'file=x.txt'],
      ],
      { ...common, onErr: (_, interrupt) => interrupt() },
    );
    writeFileSync(path.join(folder, 'x.txt'), 'second');
    const runs = await interleave(['runs', '--json'], common);
    const [{ id }] = JSON.parse(runs.out) as [{ id: string }];
    await interleave(['resume', id, '--base-url', server.url, '--log', 'none'], common);
    expect(server.requests.map(promptIn)).toEqual(['then first']);
  });

  it('--rerun-failed compares the texts that were sent', async () => {
    const text = '{{a}}\n\n## Two\n\ntwo\n';
    const first = await run(many(text), {
      args: ['--var', 'a=1'],
      refused: 'two',
    });
    const file = path.join(first.folder, 'r.json');
    writeFileSync(file, first.out);
    expect(JSON.parse(readFileSync(file, 'utf8')).counts).toMatchObject({ done: 1, failed: 1 });
    const again = await run(many(text), { args: ['--var', 'a=1', '--rerun-failed', file] });
    expect([again.code, again.prompts, again.err]).toEqual([0, ['two'], '']);
    const changed = await run(many(text), { args: ['--var', 'a=2', '--rerun-failed', file] });
    expect([changed.prompts, changed.err]).toEqual([
      ['two'],
      'a.prompts.md#one has another text than in that run. It is done and does not run again.\n',
    ]);
  });
});
