// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/shared/runResult.ts';
import { interleave, promptFolder, scriptedServer, viaAnthropic } from './commandLine.ts';
import { fails, promptIn, says } from './replies.ts';

interface Given {
  readonly args?: readonly string[];
  /** The text of prompts that the server refuses. */
  readonly refused?: string;
  readonly folder?: string;
}

type Files = { readonly [name: string]: string | Uint8Array };

/** Runs the prompt files in a folder that is also the workspace. */
async function run(files: Files, { args = [], refused, ...given }: Given = {}) {
  const server = await scriptedServer((request) =>
    promptIn(request) === refused ? fails(400, 'invalid_request_error', 'No.') : says('fine'),
  );
  const folder = given.folder ?? promptFolder(files);
  const { code, out, err } = await interleave(
    [
      ...['run', folder, ...viaAnthropic(server.url), '--model', 'm', '--log', 'none'],
      ...['--json', '-', ...args.map((arg) => arg.replace('FOLDER', folder))],
    ],
    { folder, workspaceFolder: folder },
  );
  const result: RunResult | undefined = out === '' ? undefined : JSON.parse(out);
  const all = result?.conversations ?? [];
  const posts = server.requests.filter(({ method }) => method === 'POST');
  return {
    ...{ code, folder, out, sent: posts.length },
    prompts: all.map(({ prompt }) => prompt),
    ids: all.map(({ id }) => id),
    names: all.map(({ name }) => name),
    vars: all.map(({ vars }) => vars),
    models: all.map(({ model }) => model),
    err: err.replaceAll(`${folder}/`, ''),
  };
}

const comment = (options: string) => `<!-- interleave\n${options}\n-->\n`;
const ask = (options: string, text: string) => ({
  'a.prompts.md': `## Ask\n\n${options === '' ? '' : comment(options)}${text}\n`,
});

describe('A prompt with data', () => {
  const table = 'id,text\n7,"one\ntwo"\n8,three\n';

  it.each<[string, Files]>([
    ['a table beside it', { ...ask('data: t.csv', '{{text}}'), 't.csv': table }],
    ['tabs', { ...ask('data: t.tsv', '{{text}}'), 't.tsv': table.replaceAll(',', '\t') }],
    [
      'JSON Lines',
      { ...ask('data: t.jsonl', '{{text}}'), 't.jsonl': '{"text":"one\\ntwo"}\n{"text":"three"}' },
    ],
    [
      'JSON',
      { ...ask('data: t.json', '{{text}}'), 't.json': '[{"text":"one\\ntwo"},{"text":"three"}]' },
    ],
    ['a fence', ask('', `{{text}}\n\n\`\`\`csv data\n${table}\`\`\``)],
    ['a fence before the text', ask('', `\`\`\`csv data\n${table}\`\`\`\n\n{{text}}`)],
    [
      'options of the file',
      { 'a.prompts.md': '---\ndata: t.csv\n---\n## Ask\n{{text}}', 't.csv': table },
    ],
    [
      'the comment of a file of the chat',
      { 'a.prompt.md': `${comment('data: t.csv')}{{text}}`, 't.csv': table },
    ],
  ])('has a conversation for each row: %s', async (_, files) => {
    expect(await run(files)).toMatchObject({ code: 0, err: '', prompts: ['one\ntwo', 'three'] });
  });

  it('is found beside its file, else at the top; on the command line, anywhere', async () => {
    const prompt = { 'sub/a.prompts.md': `## Ask\n${comment('data: t.csv')}{{a}}` };
    expect((await run({ ...prompt, 'sub/t.csv': 'a\n1', 't.csv': 'a\n2' })).prompts).toEqual(['1']);
    expect((await run({ ...prompt, 't.csv': 'a\n2' })).prompts).toEqual(['2']);
    const outside = path.join(promptFolder({ 'o.csv': 'a\n3\n' }), 'o.csv');
    expect(
      (await run({ ...prompt, 't.csv': 'a\n2' }, { args: ['--data', outside] })).prompts,
    ).toEqual(['3']);
  });

  it('says which row is which: in ids, names and values', async () => {
    const files = {
      ...ask('data: t.csv', '{{text}}'),
      't.csv': '_id,_name,text\na#1,First one,x\n,,y\n,,y\n',
    };
    const { ids, names, vars } = await run(files);
    expect(ids).toEqual([
      'a.prompts.md#ask[a%231]',
      expect.stringMatching(/^a\.prompts\.md#ask\[[0-9a-f]{12}]$/),
      expect.stringMatching(/^a\.prompts\.md#ask\[[0-9a-f]{12}-2]$/),
    ]);
    expect(names).toEqual(['Ask · First one', 'Ask · y', 'Ask · y']);
    expect(vars).toEqual([{ text: 'x' }, { text: 'y' }, { text: 'y' }]);
  });

  it('takes model and tools of a row, and leaves out what is skipped', async () => {
    const files = {
      ...ask('data: t.csv\nmodel: [x, y]', '{{text}}'),
      't.csv': 'text,_model,_tools,_skip\na,,,\nb,other,read_file,no\nc,,,yes\n',
    };
    const { models, prompts, ids, err } = await run(files);
    expect([models, prompts]).toEqual([
      ['x', 'y', 'other'],
      ['a', 'a', 'b'],
    ]);
    expect(ids[0]).toMatch(/^a\.prompts\.md#ask@x\[[0-9a-f]{12}]$/);
    expect(err).toBe('a.prompts.md:4:7: warning: 1 row with _skip left out.\n');
  });

  it('of files has one for each, without those that may not be read', async () => {
    const files = {
      ...ask(
        'data: { files: "src/**", exclude: "**/*.test.ts" }',
        '{{path}} {{name}} ${file}: {{content}}',
      ),
      ...{ 'src/a.ts': 'A', 'src/b/c.ts': 'C', 'src/a.test.ts': 'T', 'src/.env': 'KEY=1' },
    };
    const { prompts, ids, err, out } = await run(files);
    expect(prompts).toEqual(['src/a.ts a.ts src/a.ts: A', 'src/b/c.ts c.ts src/b/c.ts: C']);
    expect(ids).toEqual(['a.prompts.md#ask[src/a.ts]', 'a.prompts.md#ask[src/b/c.ts]']);
    expect(err).toContain('Left out because they may not be read: 1.');
    expect(out).not.toContain('KEY=1');
    const other = await run({ ...files, ...ask('', '{{path}}') }, { args: ['--data', 'src/*.ts'] });
    expect(other.prompts).toEqual(['src/a.test.ts', 'src/a.ts']);
  });

  it('runs as often, and with as many models, as it says', async () => {
    const { ids, names, models } = await run(ask('repeat: 2\nmodel: [x, "y/z"]', 'go'));
    expect(ids).toEqual([
      'a.prompts.md#ask@x[][1]',
      'a.prompts.md#ask@x[][2]',
      'a.prompts.md#ask@y/z[][1]',
      'a.prompts.md#ask@y/z[][2]',
    ]);
    expect(names.at(-1)).toBe('Ask · y/z · 2/2');
    expect(models).toEqual(['x', 'x', 'y/z', 'y/z']);
  });

  it.each([
    [['--rows', '2-3'], '', ['2', '3']],
    [['--rows', '4'], 'rows: 1-2', ['4']],
    [[], 'rows: "1,4"', ['1', '4']],
    [[], 'rows: 3', ['3']],
    [['--sample', '2'], '', 2],
    [['--sample', '2', '--seed', '7', '--rows', '1-3'], '', 2],
    [['--sample', '10'], '', ['1', '2', '3', '4']],
  ])('runs the chosen rows: %j %s', async (args, rows, expected) => {
    const files = { ...ask(`data: t.csv\n${rows}`, '{{a}}'), 't.csv': 'a\n1\n2\n3\n4\n' };
    const { prompts } = await run(files, { args });
    if (typeof expected === 'number') expect(prompts).toHaveLength(expected);
    else expect(prompts).toEqual(expected);
  });

  it('does not replace text that is no column, but warns of what looks like one', async () => {
    const files = { ...ask('data: t.csv', '{{nmae}} {{mustache}}'), 't.csv': 'name\nAda\n' };
    expect(await run(files)).toMatchObject({
      prompts: ['{{nmae}} {{mustache}}'],
      err: 'a.prompts.md:6:1: warning: There is no column "nmae": this stays text. Did you mean "name"?\n',
    });
  });
});

describe('Nothing is sent', () => {
  it.each<[string, Files, readonly string[], string]>([
    ['a missing table', {}, [], '"t.csv": There is no such file in the workspace.'],
    [
      'a protected one',
      { ...ask('data: secrets.csv', 'x'), 'secrets.csv': 'a\n1' },
      [],
      'credentials',
    ],
    ['no rows', { 't.csv': 'a,b\n' }, [], 'There are no rows.'],
    ['a broken table', { 't.csv': 'a\n"x\n' }, [], '"t.csv": A quote is opened'],
    [
      'another encoding',
      { 't.csv': new Uint8Array([0x61, 10, 0xff, 10]) },
      [],
      'This is not UTF-8.',
    ],
    ['rows beyond the end', { 't.csv': 'a\n1\n' }, ['--rows', '5'], 'there are only 1'],
    [
      'too many rows',
      { 't.csv': `a\n${'1\n'.repeat(5)}` },
      ['--limit', 'conversations=4'],
      'more than 4',
    ],
    ['_expect', { 't.csv': 'a,_expect\n1,x\n' }, [], '"_expect" is not supported'],
    ['an unknown tool', { 't.csv': 'a,_tools\n1,read_fil\n' }, [], 'Did you mean "read_file"?'],
    ['no value', { ...ask('data: t.csv', '${input:b}'), 't.csv': 'a\n1\n2\n' }, [], 'has no value'],
    ['two sources', ask('data: t.csv', 'x\n\n```csv data\na\n1\n```'), [], 'data in two places'],
    ['no format', ask('data: t.xlsx', 'x'), [], '"data" must be the path of a .csv'],
    ['no table', {}, ['--data', 'FOLDER/a.txt'], 'neither a .csv'],
    ['a missing file', {}, ['--data', 'FOLDER/x.csv'], 'does not exist'],
    ['wrong rows', {}, ['--rows', 'x'], 'row numbers and ranges'],
    ['no count', {}, ['--sample', '0'], 'a whole number from 1'],
  ])('with %s', async (_, files, args, message) => {
    const { code, sent, err } = await run({ ...ask('data: t.csv', '{{a}}'), ...files }, { args });
    expect([code, sent]).toEqual([2, 0]);
    expect(err).toContain(message);
  });
});

describe('An edited table', () => {
  const prompt = ask('data: t.csv', '{{a}}');

  it('reruns what failed, wherever the row stands now', async () => {
    const first = await run({ ...prompt, 't.csv': 'a\n1\n2\n3\n' }, { refused: '2' });
    const result = path.join(first.folder, 'r.json');
    writeFileSync(result, first.out);
    writeFileSync(path.join(first.folder, 't.csv'), 'a\n3\n2\n1\n4\n');
    const again = await run({}, { folder: first.folder, args: ['--rerun-failed', result] });
    expect([again.code, again.prompts]).toEqual([0, ['2']]);
  });

  it('runs what is new, changed or failed, and says what is kept', async () => {
    const first = await run({ ...prompt, 't.csv': 'a\n1\n2\n3\n' }, { refused: '2' });
    const result = path.join(first.folder, 'r.json');
    writeFileSync(result, first.out);
    const rerun = () => run({}, { folder: first.folder, args: ['--rerun-changed', result] });
    writeFileSync(path.join(first.folder, 't.csv'), 'a\n4\n3\n2\n1\n');
    const again = await rerun();
    expect([again.code, again.prompts, again.err]).toEqual([
      ...[0, ['4', '2'], '2 prompts unchanged and done in r.json; not run again.\n'],
    ]);
    writeFileSync(path.join(first.folder, 't.csv'), 'a\n3\n1\n');
    expect([(await rerun()).code, (await rerun()).sent]).toEqual([4, 0]);
  });

  it('has all rows of a prompt chosen by its name or id', async () => {
    const first = await run({ ...prompt, 't.csv': 'a,b\n1,x\n1,y\n2,z\n' }, { refused: '1' });
    const result = path.join(first.folder, 'r.json');
    writeFileSync(result, first.out);
    for (const name of ['Ask', 'a.prompts.md#ask']) {
      const args = ['--rerun-failed', result, '--select', name];
      expect((await run({}, { folder: first.folder, args })).prompts).toEqual(['1', '1']);
    }
  });

  it('is refused with two kinds of reruns', async () => {
    const { code, err } = await run(prompt, {
      args: ['--rerun-failed', 'a.json', '--rerun-changed', 'a.json'],
    });
    expect([code, err]).toEqual([2, 'Give --rerun-failed or --rerun-changed, not both.\n']);
  });
});
