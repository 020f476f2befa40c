import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/shared/runResult.ts';
import { interleave, promptFolder, scriptedServer, viaAnthropic } from '../cli/commandLine.ts';
import { says } from '../cli/replies.ts';

const tools = ['list_files', 'read_file', 'search_text', 'sum_numbers', 'multiply_numbers'];

/** Runs a file with a server that answers everything, and returns what was sent. */
async function run(name: string, content: string | Uint8Array) {
  const server = await scriptedServer(() => says('fine'));
  const folder = promptFolder({ [name]: content });
  const args = ['run', path.join(folder, name), ...viaAnthropic(server.url), '--model', 'default'];
  const { code, out, err } = await interleave([...args, '--log', 'none', '--json', '-']);
  const sent = server.requests
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => JSON.parse(body) as { model: string; tools?: { name: string }[] });
  const result: RunResult | undefined = out === '' ? undefined : JSON.parse(out);
  return {
    code,
    err: err.replaceAll(`${folder}/`, ''),
    names: result?.conversations.map((each) => each.name) ?? [],
    prompts: result?.conversations.map(({ prompt }) => prompt) ?? [],
    models: sent.map(({ model }) => model),
    tools: sent.map((each) => (each.tools ?? []).map((tool) => tool.name)),
  };
}

const all = async () => (await run('a.prompt.md', 'Say done.')).tools;

it('finds the tools that the cases use', async () => {
  expect((await all())[0]).toEqual(expect.arrayContaining(tools));
});

describe('C52: header values that are not strict YAML', () => {
  it.each([
    'description: Check the setup\nargument-hint: [--strict] [--json]',
    'description: Result: what was found',
    'description: @team only',
    'argument-hint: <file> [mode: a|b]',
    '\tdescription: x\n\targument-hint: y',
    'description: "never closed',
    'argument-hint: *all',
    'description: x\ndescription: y',
    'just a line',
    'description: |\n  one: two\n three',
  ])('%j does not stop the file', async (header) => {
    const { code, prompts, models } = await run('hint.prompt.md', `---\n${header}\n---\nSay done.`);
    expect([code, prompts, models]).toEqual([0, ['Say done.'], ['default']]);
  });

  it.each([
    'model: x-model\nargument-hint: [--strict] [--json]\ntools: [sum_numbers]',
    'description: a: b\nmodel: x-model\ntools:\n  - sum_numbers\nname: N',
    '\tmodel: x-model\n\ttools: sum_numbers\n\tdescription: a: b',
  ])('model and tools apply anyway: %j', async (header) => {
    const file = await run('hint.prompt.md', `---\n${header}\n---\nSay done.`);
    expect([file.code, file.models, file.tools]).toEqual([0, ['x-model'], [['sum_numbers']]]);
    expect(file.err).toMatch(
      /^hint\.prompt\.md:\d+:\d+: warning: These options are not valid YAML/,
    );
  });
});

describe('C54: lists and objects for model and tools', () => {
  const withHeader = (header: string) => run('a.prompt.md', `---\n${header}\n---\nSay done.`);

  it('the first usable model in a list is used, with a note', async () => {
    const { code, models, err } = await withHeader("model: ['Model A (copilot)', 'x-model']");
    expect([code, models]).toEqual([0, ['x-model']]);
    expect(err).toContain('Of these, "x-model" is used');
  });

  it('without a usable model the configured one is used, with a note', async () => {
    const { code, models, err } = await withHeader("model: ['Model A (copilot)', 'B c']");
    expect([code, models]).toEqual([0, ['default']]);
    expect(err).toContain('the configured model is used');
  });

  it.each<[string, readonly string[]]>([
    ['tools: {sum_numbers: true, list_files: false}', ['sum_numbers']],
    ['tools: "sum_numbers, list_files"', ['list_files', 'sum_numbers']],
    ['tools:\n  sum_numbers: true\n  edit: false', ['sum_numbers']],
    ['tools: {search: true, edit: false}', []],
  ])('%j', async (header, expected) => {
    const file = await withHeader(header);
    expect([file.code, file.tools]).toEqual([0, [expect.arrayContaining([...expected])]]);
    expect(file.tools[0]).toHaveLength(expected.length);
  });

  it('disabled tools stay disabled', async () => {
    const [every = []] = await all();
    const { tools: sent } = await withHeader('tools: {sum_numbers: false}');
    expect(sent).toEqual([every.filter((name) => name !== 'sum_numbers')]);
  });

  it.each(["tools: ['*']", 'tools:'])('%j allows all tools', async (header) => {
    expect((await withHeader(header)).tools).toEqual(await all());
  });
});

describe('C55: byte order marks and line ends', () => {
  const text = '---\r\nmodel: x-model\r\n---\r\n\r\n## Eins\r\n\r\nSag fertig.\r\n';

  it.each([
    ['one mark', `\ufeff${text}`],
    ['two marks', `\ufeff\ufeff${text}`],
    ['CRLF alone', text],
  ])('the header applies after %s', async (_, content) => {
    const { code, names, models } = await run('a.prompts.md', content);
    expect([code, names, models]).toEqual([0, ['Eins'], ['x-model']]);
  });

  it('a byte order mark in the middle of joined files hides no heading, with a note', async () => {
    const joined = '\ufeff## Eins\n\neins\n\ufeff## Zwei\n\nzwei\n';
    const { code, names, err } = await run('a.prompts.md', joined);
    expect([code, names]).toEqual([0, ['Eins', 'Zwei']]);
    expect(err).toMatch(/^a\.prompts\.md:4:1: warning: An invisible byte order mark/);
  });

  it.each([
    ['UTF-16 (little endian)', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 (little endian)', Buffer.from(text, 'utf16le')],
    ['UTF-16 (big endian)', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ])('%s is rejected by name', async (encoding, bytes) => {
    const { code, err } = await run('a.prompts.md', bytes);
    expect([code, err]).toEqual([
      2,
      `a.prompts.md:1:1: error: This is ${encoding}, not UTF-8. Save the file as UTF-8.\nNothing was sent.\n`,
    ]);
  });
});

describe('front matter that does not start on the first line', () => {
  it.each(['\n\n', '<!-- made by hand -->\n', '\n<!--\nlicense\n-->\n\n'])(
    'applies after %j, with a note',
    async (before) => {
      const text = `${before}---\nmodel: x-model\n---\n\n## A\n\nSay done.\n`;
      const { code, models, err } = await run('a.prompts.md', text);
      expect([code, models]).toEqual([0, ['x-model']]);
      expect(err).toContain(
        'These options are applied, though they do not start on the first line',
      );
    },
  );

  it('is not recognised in thematic breaks around text', async () => {
    const text = '\n---\n\nSome notes.\n\n---\n\n## A\n\nSay done.\n';
    expect(await run('a.prompts.md', text)).toMatchObject({ code: 0, names: ['A'], err: '' });
  });
});

describe('C57: headings in fences, and names that end in #', () => {
  it('match the headings of CommonMark', async () => {
    const text = [
      ...['## C#', 'one', '````md', '~~~', '## no', '~~~', '```', '## no', '``` text', '````'],
      ...['## F##', '~~~', '## no', '~~~ text', '## no', '~~~', 'two', '## Setup ##', 'three'],
    ].join('\n');
    expect(await run('a.prompts.md', text)).toMatchObject({
      code: 0,
      names: ['C#', 'F##', 'Setup'],
    });
  });
});

describe('C58: an outer fence that is too short', () => {
  const text = [
    ...['## One', '', '```md', 'example', '```js', '## not a prompt?', '```', 'text', '```'],
    ...['', '## Two', '', 'two', '', '## Three', '', 'three'],
  ].join('\n');

  it('is an error before anything is sent when it hides headings', async () => {
    const { code, err, models } = await run('a.prompts.md', text);
    expect([code, models]).toEqual([2, []]);
    expect(err).toMatch(/^a\.prompts\.md:9:1: error: This code fence is never closed/);
  });

  it.each(['<!-- note', '<pre>'])(
    'is the same error for %s that is never closed',
    async (opening) => {
      const { code, models } = await run('a.prompts.md', `## A\n\na\n\n${opening}\n\n## B\n\nb`);
      expect([code, models]).toEqual([2, []]);
    },
  );

  it('is a warning when it hides no headings', async () => {
    const { code, err } = await run('a.prompts.md', '## One\n\n```\ncode');
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^a\.prompts\.md:3:1: warning: This code/),
    ]);
  });
});

describe('C60: indented, quoted and underlined headings, fences in lists', () => {
  it('match CommonMark, with a note for those that look like prompts', async () => {
    const text = [
      ...['## A', '1. step', '', '   ```md', '   ## inside list fence', '   ```', ''],
      ...['   ## Indented three', '', 'Text', '', '    ## code four spaces', '', '> ## quoted', ''],
      ...[
        'Setext heading',
        '-----',
        '',
        'Say done.',
        '',
        '- item',
        '  ```',
        '  ## still fence',
        '',
      ],
      ...['## After an open list fence', '', 'Say done.'],
    ].join('\n');
    const { code, names, err } = await run('a.prompts.md', text);
    // `   ## Indented three` is part of the list item `1. step`.
    expect([code, names]).toEqual([0, ['A', 'After an open list fence']]);
    expect(err).toBe(
      'a.prompts.md:8:4: warning: This heading belongs to the list item above it and starts no prompt. To start a prompt, remove the spaces before "##".\n' +
        'a.prompts.md:16:1: information: This underlined heading starts no prompt, though it looks like one in a preview. To start a prompt, write "## " before it and remove the line below.\n',
    );
  });

  it.each(['- item\n---\n', 'text\n\n---\n', '# Title\n---\n', '| a |\n---\n', '> quote\n---\n'])(
    '%j is not an underlined heading',
    async (before) => {
      expect(await run('a.prompts.md', `## A\n\n${before}\ntext`)).toMatchObject({
        code: 0,
        err: '',
      });
    },
  );
});

it('an end mark inside quotes of an options comment is reported', async () => {
  const text = '## A\n\n<!-- interleave\nsystem: "use --> for arrows"\n-->\n\nSay done.';
  const { code, err } = await run('a.prompts.md', text);
  expect(code).toBe(2);
  expect(err).toContain('This comment ends at its first "-->", even inside quotes.');
});
