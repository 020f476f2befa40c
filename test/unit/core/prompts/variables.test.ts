// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { describe, expect, it } from 'vitest';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { promptsFromSelection } from '../../../../src/core/prompts/selection.ts';
import { briefs, textIn } from './reading.ts';

/** The variables and links of a file's prompts: kind and what they name, each at its place. */
function parts(text: string, file = 'a.prompts.md'): readonly string[] {
  const { prompts } = parsePromptFile(text, file);
  return prompts.flatMap(({ template }) =>
    template.flatMap((part) => {
      if (part.kind === 'text') return [];
      expect(textIn(text, part.range)).toBe(part.source);
      const { line, column } = part.range;
      const what =
        part.kind === 'place' ? part.variable : part.kind === 'link' ? part.path : part.name;
      return [`${part.kind} ${what} ${line}:${column}`];
    }),
  );
}

describe('variables', () => {
  it.each([
    ['${input:name}', 'input name'],
    ['${input:name:what to {ask for}', 'input name'],
    ['${input: name : x}', 'input name'],
    ['${selection}', 'place selection'],
    ['${file}', 'place file'],
    ['${fileBasename}', 'place fileBasename'],
    ['${fileContent}', 'place fileContent'],
    ['${workspaceFolder}', 'place workspaceFolder'],
    ['${selectedText}', 'place selectedText'],
    ['${fileDirname}', 'place fileDirname'],
    ['{{column}}', 'column column'],
    ['{{ First name }}', 'column First name'],
  ])('%s is one', (variable, part) => {
    expect(parts(`## A\nab ${variable} c`)).toEqual([`${part} 1:3`]);
    expect(parts(`ab\n${variable}`, 'a.prompt.md')).toEqual([`${part} 1:0`]);
    expect(briefs(`## A\nab ${variable} c`)).toEqual([]);
  });

  it('keep what the file says to enter', () => {
    const { prompts } = parsePromptFile('## A\n${input:who:Name: first and last}', 'a.prompts.md');
    expect(prompts[0]?.template).toMatchObject([{ placeholder: 'Name: first and last' }]);
  });

  it('are found each at its own place', () => {
    expect(parts('## A\n${file}${${file}\n𝄞`${input:a}`')).toEqual([
      'place file 1:0',
      'place file 1:9',
      'input a 2:3',
    ]);
  });

  it.each([
    '${files}',
    '${ file }',
    '${File}',
    '$file',
    '${file',
    '${input:a',
    '${HOME}',
    '{{}}',
    '{{ }}',
    '{{{x}}}',
    '{{a{b}}',
    '{x}',
  ])('%s is text', (text) => {
    expect(parts(`## A\n${text}`)).toEqual([]);
    expect(briefs(`## A\n${text}`)).toEqual([]);
  });

  it('are text in code fences, in headings, in notes and in a selection', () => {
    expect(parts('${file}\n## ${file}\n```sh\necho ${file}\n```\n~~~ ${file}')).toEqual([]);
    const selected = promptsFromSelection('${file}', { id: { file: 'x', slug: 'y' }, name: 'x' });
    expect(selected.prompts[0]?.template).toEqual([{ kind: 'text', source: '${file}' }]);
  });

  it('with the name of a column are found in code fences, too', () => {
    expect(parts('## A\n```\n{{code}}\n```')).toEqual(['column code 2:0']);
  });

  it.each(['${input:}', '${input: }', '${input::x}'])('%s has no name', (text) => {
    const marked = JSON.stringify(text);
    expect(briefs(`## A\n${text}`)).toEqual([`error variable-without-name 1:0 ${marked}`]);
  });

  it('are rejected in a system prompt, which is sent too', () => {
    expect(briefs('---\nsystem: Look at ${file}\n---\n## A\ntext')).toEqual([
      'error variable-in-option 1:8 "Look at ${file}"',
    ]);
  });
});

describe('links to files', () => {
  it.each([
    ['see #file:src/a.ts', 'src/a.ts'],
    ['see #file:src/a.ts.', 'src/a.ts'],
    ['(#file:../a.md)', '../a.md'],
    ["#file:'my file.md', please", 'my file.md'],
  ])('%s is one in both kinds of files', (text, path) => {
    const found = [expect.stringMatching(`^link ${path} `)];
    expect(parts(`## A\n${text}`)).toEqual(found);
    expect(parts(text, 'a.prompt.md')).toEqual(found);
  });

  it.each([
    ['[a](../a.md)', '../a.md'],
    ['[a](./b.md#part)', './b.md'],
    ['[a](<my file.md>)', 'my file.md'],
    ['[a](my%20file.md "Title")', 'my file.md'],
    ['[`a`](a.ts)', 'a.ts'],
  ])('%s is one in a file of the chat', (text, path) => {
    expect(parts(text, 'a.prompt.md')).toEqual([`link ${path} 0:0`]);
    expect(parts(`## A\n${text}`)).toEqual([]);
  });

  it.each([
    '[a](https://example.com/a.md)',
    '[a](mailto:a@example.com)',
    '[a](#part)',
    '[a](command:x)',
    '[a](//host/a.md)',
    '![a](a.png)',
    '\\[a](a.md)',
    '[a]()',
    '[a] (a.md)',
    '`[a](a.md)`',
    '`` x ` #file:a.md ``',
    '```\n#file:a.md [a](a.md)\n```',
    'page#file:a.md',
    '#file: a.md',
  ])('%s is text', (text) => {
    expect(parts(text, 'a.prompt.md')).toEqual([]);
  });

  it('leave variables in them their values', () => {
    expect(parts('[a]({{url}}) [b](${file})', 'a.prompt.md')).toEqual([
      'column url 0:4',
      'place file 0:17',
    ]);
  });
});

describe('values in the options', () => {
  const vars = (text: string, file = 'a.prompts.md') =>
    parsePromptFile(text, file).prompts.map((prompt) => prompt.vars);

  it('are texts, and those of a prompt come before those of its file', () => {
    const text =
      '---\nvars: {a: 1, b: x, c: true}\n---\n## A\nt\n## B\n<!-- interleave\nvars: {b: y}\n-->\nt';
    expect(vars(text)).toEqual([
      { a: '1', b: 'x', c: 'true' },
      { a: '1', b: 'y', c: 'true' },
    ]);
    expect(vars('<!-- interleave vars: {a: 1} -->\nt', 'a.prompt.md')).toEqual([{ a: '1' }]);
  });

  it.each([
    ['vars: x', '"x"'],
    ['vars: [a]', '"[a]"'],
    ['vars: {a: [1]}', '"[1]"'],
    ['vars: {a: }', '"a"'],
    ['vars: {"": 1}', JSON.stringify('{"": 1}')],
  ])('%s is an error', (option, marked) => {
    expect(briefs(`---\n${option}\n---\n## A\nt`)).toEqual([
      expect.stringMatching(/^error invalid-value 1:\d+ /),
    ]);
    expect(briefs(`---\n${option}\n---\n## A\nt`)[0]).toContain(marked);
  });
});
