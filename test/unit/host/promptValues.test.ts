// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultLimitValues } from '../../../src/core/base/limits.ts';
import { Redactor } from '../../../src/core/base/redact.ts';
import { parsePromptFile } from '../../../src/core/prompts/parsePromptFile.ts';
import { editorValues } from '../../../src/host/editorValues.ts';
import { PromptBinder } from '../../../src/host/promptBinder.ts';
import { Toolsets } from '../../../src/host/toolsets.ts';
import { VariableForm } from '../../../src/host/variableForm.ts';
import { readingTools } from '../../support/readingTools.ts';
import { FakeMemory } from '../../support/vscode/fakeStorage.ts';
import { person } from '../../support/vscode/fakeWindow.ts';
import { promptFolder } from '../cli/commandLine.ts';

interface Shown {
  readonly document: {
    readonly uri: { readonly scheme: string; readonly path: string; readonly fsPath: string };
    readonly isDirty?: boolean;
    readonly isClosed?: boolean;
    getText(): string;
  };
}

const editors = vi.hoisted(() => ({
  active: undefined as unknown,
  visible: [] as unknown[],
  documents: [] as unknown[],
  folders: [] as unknown[],
}));

vi.mock('vscode', async () => {
  const fake = await import('../../support/vscode/fakeVscode.ts');
  return {
    ...fake,
    window: {
      ...fake.window,
      get activeTextEditor() {
        return editors.active;
      },
      get visibleTextEditors() {
        return editors.visible;
      },
    },
    workspace: {
      get textDocuments() {
        return editors.documents;
      },
      get workspaceFolders() {
        return editors.folders;
      },
      getWorkspaceFolder: () => undefined,
    },
  };
});

beforeEach(() => {
  person.reset();
  editors.active = undefined;
  editors.visible = [];
  editors.documents = [];
  editors.folders = [];
});

describe('The form for values', () => {
  const who = { name: 'who', source: '${input:who}', placeholder: 'A name', prompts: ['A'] };
  const file = { name: 'file', source: '${file}', prompts: ['A', 'B', 'C'] };

  it('asks for each value in a step, with a way back that keeps what was typed', async () => {
    const form = new VariableForm(new FakeMemory(), new Redactor());
    person.steps = ['Ada', { goesBack: true }, 'Eve', 'a.ts'];
    expect(await form.ask([who, file])).toEqual(
      new Map([
        ['who', 'Eve'],
        ['file', 'a.ts'],
      ]),
    );
    const first = 'Value of ${input:who}, for A | A name |';
    expect(person.shownSteps.map((step) => step.replace('$ {', '${'))).toEqual([
      `1/2 ${first} `,
      '← 2/2 Value of ${file}, for A and 2 other prompts |  | ',
      `1/2 ${first} Ada`,
      '← 2/2 Value of ${file}, for A and 2 other prompts |  | ',
    ]);
  });

  it('resolves with nothing when it is closed, and remembers nothing', async () => {
    const memory = new FakeMemory();
    person.steps = ['Ada', undefined];
    expect(await new VariableForm(memory, new Redactor()).ask([who, file])).toBeUndefined();
    expect(memory.values.size).toBe(0);
  });

  it('offers the values of the last time, but no secrets', async () => {
    const memory = new FakeMemory();
    const redactor = new Redactor();
    redactor.add('sk-canary-0123456789');
    person.steps = ['Ada', 'sk-canary-0123456789'];
    await new VariableForm(memory, redactor).ask([who, file]);
    person.shownSteps = [];
    person.steps = ['', ''];
    await new VariableForm(memory, redactor).ask([who, file]);
    expect(person.shownSteps.map((step) => step.split(' | ').at(-1))).toEqual(['Ada', '']);
  });
});

function editor(file: string, selected = ''): Shown & { readonly selection: unknown } {
  const uri = { scheme: 'file', path: file, fsPath: file };
  return { document: { uri, getText: () => selected }, selection: {} };
}

describe('The values of the window', () => {
  it('are those of the active editor', () => {
    editors.folders = [{ uri: { scheme: 'file', fsPath: '/w', path: '/w' } }];
    editors.active = editor('/w/a.ts', 'let a;');
    expect(Object.fromEntries(editorValues())).toEqual({
      ...{ workspaceFolder: '/w', file: '/w/a.ts', selection: 'let a;' },
    });
  });

  it('are those of another visible editor while a prompt file is active', () => {
    editors.active = editor('/w/a.prompts.md', 'x');
    editors.visible = [editors.active, editor('/w/a.agent.md'), editor('/w/b.ts')];
    expect(Object.fromEntries(editorValues())).toEqual({ file: '/w/b.ts' });
  });
});

describe('Prompts in a window', () => {
  function binderIn(folder: string) {
    const redactor = new Redactor();
    redactor.add('sk-canary-0123456789');
    return new PromptBinder({
      toolsets: new Toolsets(folder, () => ['**/hidden/**']),
      configuration: { limits: () => ({ ...defaultLimitValues, fileKB: 1 }) },
      redactor,
      knownTools: () => readingTools(['read_file']),
      folders: () => [{ name: 'w', path: folder }],
    });
  }

  const bind = async (folder: string, text: string, file = 'a.prompt.md') => {
    const source = { uri: `file://${folder}/${file}`, line: 0 };
    const prompts = parsePromptFile(text, file).prompts.map((prompt) => ({ ...prompt, source }));
    const values = { given: new Map(), usual: new Map([['file', 'b.ts']]) };
    return (await binderIn(folder).expand(prompts, values)).bind(values);
  };

  it('get files as editors show them, without known keys', async () => {
    const folder = promptFolder({ 'b.ts': 'saved', 'c.ts': 'sk-canary-0123456789' });
    const { document } = editor(path.join(folder, 'b.ts'), 'not saved\r\n');
    editors.documents = [{ ...document, isDirty: true, isClosed: false }];
    const { prompts, remarks } = await bind(folder, '${fileContent} #file:c.ts [d](d.ts)');
    expect(prompts[0]?.text).toMatch(/^not saved\n #file:c\.ts \[d]\(d\.ts\)\n\nAttached files:/);
    expect(prompts[0]?.text).not.toContain('canary');
    expect(Object.keys(prompts[0] ?? {})).toEqual([
      'id',
      'name',
      'text',
      'options',
      'vars',
      'source',
    ]);
    expect(remarks).toEqual([
      'a.prompt.md, line 1: This file is not attached: There is no such file in the workspace.',
    ]);
  });

  it.each([
    ['a\n${input:x}', 'a.prompt.md, line 2: "${input:x}" has no value. Nothing was sent.'],
    ['#file:.env ${input:x}', 'a.prompt.md, line 1: "${input:x}" has no value. (and 1 more error)'],
    ['#file:.env', 'Files that usually hold credentials are never sent.'],
    ['#file:hidden/a.ts', 'is excluded from this workspace'],
    ['#file:large.txt', 'more than the limit for files'],
  ])('are refused with file and line: %j', async (text, message) => {
    const files = { '.env': '', 'hidden/a.ts': '', 'large.txt': 'x'.repeat(2000) };
    await expect(bind(promptFolder(files), text)).rejects.toThrow(message);
  });

  it('have a conversation for each row of a table as an editor shows it', async () => {
    const folder = promptFolder({ 't.csv': 'a\nold\n', 'b.ts': '' });
    const { document } = editor(path.join(folder, 't.csv'), 'a,_id\none,x\ntwo,y\n');
    editors.documents = [{ ...document, isDirty: true, isClosed: false }];
    const { prompts } = await bind(folder, '<!-- interleave data: t.csv -->\n{{a}} ${file}');
    expect(prompts.map(({ id, text, vars }) => [id, text, vars])).toEqual([
      ['a.prompt.md#a[x]', 'one b.ts', { a: 'one', file: 'b.ts' }],
      ['a.prompt.md#a[y]', 'two b.ts', { a: 'two', file: 'b.ts' }],
    ]);
  });

  it('are marked in the editor where their data is wrong, without their values', async () => {
    const folder = promptFolder({ 't.csv': 'name\nAda\n' });
    const text = (more: string) =>
      parsePromptFile(`## A\n<!-- interleave\n${more}\nrepeat: 90\n-->\n{{nmae}}`, 'a.prompts.md');
    const binder = binderIn(folder);
    const found = async (more: string) =>
      (await binder.problems(text(more).prompts)).map(({ severity, code, range }) => [
        ...[severity, code, range.line],
      ]);
    expect(await found('data: t.csv')).toEqual([['warning', 'unknown-column', 5]]);
    expect(await found('data: x.csv')).toEqual([['error', 'data', 2]]);
    expect(await found('data: { files: "**" }')).toEqual([]);
    expect(await binder.firstRow(text('data: t.csv').prompts[0]!)).toEqual(
      new Map([['name', 'Ada']]),
    );
  });

  it('are refused with the place of data that cannot be read', async () => {
    const text = 'x\n\n```csv data\na\n"1\n```';
    await expect(bind(promptFolder({}), text)).rejects.toThrow(
      'a.prompt.md, line 3: A quote is opened',
    );
  });

  it('get no protected file, also when an editor shows it', async () => {
    const folder = promptFolder({ '.env': 'A=1', 'b.ts': '' });
    const { document } = editor(path.join(folder, '.env'), 'A=2');
    editors.documents = [{ ...document, isDirty: true, isClosed: false }];
    await expect(bind(folder, '#file:.env')).rejects.toThrow('never sent');
  });
});
