// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { describe, expect, it } from 'vitest';
import { bindPrompt, openValues, usedNames } from '../../../../src/core/prompts/bindPrompt.ts';
import type { LinkedFiles } from '../../../../src/core/prompts/bindTemplate.ts';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';

const none = new Map<string, string>();

function filesOf(files: { readonly [path: string]: string }): LinkedFiles {
  return {
    read: async (paths) => {
      const path = paths.find((each) => Object.hasOwn(files, each));
      if (path === undefined) throw new Error('There is no such file in the workspace.');
      return { path, text: files[path] ?? '' };
    },
  };
}

interface Given {
  readonly file?: string;
  readonly given?: { readonly [name: string]: string };
  readonly usual?: { readonly [name: string]: string };
  readonly files?: { readonly [path: string]: string };
}

async function bind(
  text: string,
  { file = 'p/a.prompt.md', given, usual, files = {} }: Given = {},
) {
  const [prompt] = parsePromptFile(text, file).prompts;
  if (prompt === undefined) throw new Error('There is no prompt.');
  const bound = await bindPrompt(prompt, {
    given: new Map(Object.entries(given ?? {})),
    usual: new Map(Object.entries(usual ?? {})),
    files: filesOf(files),
  });
  return {
    text: bound.prompt.text,
    values: bound.prompt.vars,
    open: bound.open.map(({ source }) => source),
    problems: bound.problems.map(({ severity, message }) => `${severity}: ${message}`),
  };
}

describe('A prompt is sent with', () => {
  it('the values that were given', async () => {
    const text = '${input:who:Name} ${input:who} {{who}} {{other}} ${selection}';
    const given = { who: 'Ada', selection: 'a\nb', unused: 'x' };
    expect(await bind(text, { given })).toEqual({
      ...{ text: 'Ada Ada Ada {{other}} a\nb', open: [], problems: [] },
      values: { who: 'Ada', selection: 'a\nb' },
    });
  });

  it('values that hold variables themselves as they are', async () => {
    const given = { a: '{{b}} ${file} $& $1', b: 'x' };
    expect((await bind('{{a}}', { given })).text).toBe('{{b}} ${file} $& $1');
  });

  it('an empty value in place of its variable', async () => {
    expect(await bind('[${input:a}]', { given: { a: '' } })).toMatchObject({
      text: '[]',
      open: [],
    });
  });

  it('the nearest of several values', async () => {
    const text =
      '<!-- interleave vars: {file: b, workspaceFolder: c} -->\n${file} ${workspaceFolder}';
    const usual = { file: 'a', workspaceFolder: 'a' };
    expect((await bind(text, { usual, given: { file: 'd' } })).text).toBe('d c');
  });

  it('what is true of the window in its own variables only', async () => {
    const usual = { file: 'a', selection: 'b', workspaceFolder: 'c' };
    const bound = await bind('{{file}} {{selection}} ${file} ${input:file}', { usual });
    expect(bound).toMatchObject({
      text: '{{file}} {{selection}} a ${input:file}',
      open: ['${input:file}'],
    });
  });

  it.each([
    ['/w/src/a.test.ts', '/w/src/a.test.ts a.test.ts a.test /w/src'],
    ['C:\\w\\a.ts', 'C:\\w\\a.ts a.ts a C:\\w'],
    ['.gitignore', '.gitignore .gitignore .gitignore '],
  ])('the parts of the file %s', async (file, expected) => {
    const text = '${file} ${fileBasename} ${fileBasenameNoExtension} ${fileDirname}';
    expect((await bind(`${text}|`, { given: { file } })).text).toBe(`${expected}|`);
  });

  it('the content of the file', async () => {
    const files = { 'src/a.ts': 'let a;' };
    const bound = await bind('${fileContent}', { given: { file: 'src/a.ts' }, files });
    expect(bound).toMatchObject({ text: 'let a;', open: [], problems: [] });
  });
});

describe('A prompt is not sent', () => {
  it('while a variable has no value', async () => {
    const text = '${input:a} ${file} ${fileContent} ${workspaceFolder} {{a}}';
    expect((await bind(text)).open).toEqual([
      '${input:a}',
      '${file}',
      '${fileContent}',
      '${workspaceFolder}',
    ]);
  });

  it('while its file cannot be read', async () => {
    expect(await bind('${fileContent}', { given: { file: 'a.ts' } })).toMatchObject({
      problems: ['error: There is no such file in the workspace.'],
    });
  });
});

describe('Linked files', () => {
  it('are attached once, below the text, in the order of the links', async () => {
    const files = { 'p/b.md': 'b', 'top.md': '```\nfence\n```' };
    const text = 'See [b](b.md), #file:top.md and #file:./b.md.';
    const bound = await bind(text, { files: { ...files, 'p/./b.md': 'b' } });
    expect(bound.text).toBe(
      `${text}\n\nAttached files:\n\np/b.md:\n\`\`\`\nb\n\`\`\`\n\ntop.md:\n\`\`\`\`\n\`\`\`\nfence\n\`\`\`\n\`\`\`\`\n\np/./b.md:\n\`\`\`\nb\n\`\`\``,
    );
  });

  it('that are missing stop the start if asked for, and are told of otherwise', async () => {
    const bound = await bind('[a](a.md) #file:b.md');
    expect(bound.problems).toEqual([
      'warning: This file is not attached: There is no such file in the workspace.',
      'error: This file cannot be attached: There is no such file in the workspace.',
    ]);
  });
});

describe('The values that prompts need', () => {
  it('are each asked for once, with what the file says to enter and who needs them', () => {
    const text =
      '## A\n${input:x} ${fileBasename} {{column}}\n## B\n${input:x:What?} ${file} ${input:y}\n<!-- -->';
    const { prompts } = parsePromptFile(text, 'a.prompts.md');
    expect(openValues(prompts, { given: new Map([['y', '1']]), usual: none })).toEqual([
      { name: 'x', source: '${input:x}', placeholder: 'What?', prompts: ['A', 'B'] },
      { name: 'file', source: '${fileBasename}', prompts: ['A', 'B'] },
    ]);
    expect([...usedNames(prompts)]).toEqual(['x', 'file', 'column', 'y']);
  });
});
