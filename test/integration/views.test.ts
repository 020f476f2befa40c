import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { InterleaveApi } from '../../src/host/api.ts';
import { CheckedPrompts } from '../../src/host/checkedPrompts.ts';
import { type Prompt, PromptLibrary } from '../../src/host/promptLibrary.ts';
import type { RunResult } from '../../src/shared/runResult.ts';
import { nestFiles } from '../../src/views/promptFolders.ts';
import type { FileNode, FolderNode } from '../../src/views/promptNodes.ts';
import { PromptsModel } from '../../src/views/promptsModel.ts';
import { poll } from '../e2e/support/poll.ts';
import { writeWorkspaceFile } from './support/extension.ts';

const timeoutMs = 60_000;

async function activate(): Promise<InterleaveApi> {
  const extension = vscode.extensions.getExtension<InterleaveApi>('interleave.interleave');
  assert.ok(extension);
  return extension.activate();
}

function workspaceFile(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, name);
}

async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  await poll(async () => ((await holds()) ? true : undefined), {
    timeoutMs,
    explain: async () => `Timed out waiting until ${what}.`,
  });
}

/** Runs prompts with the demo model to the end. */
async function run(...texts: readonly string[]): Promise<RunResult> {
  const api = await activate();
  const result = await api.run({
    prompts: texts.map((text) => ({ text })),
    options: { provider: 'demo' },
  });
  assert.ok(result);
  return result;
}

async function closeEverything(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

async function lensesOf(uri: vscode.Uri): Promise<readonly vscode.Command[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    100,
  );
  const ours = lenses.filter(({ command }) => command?.command.startsWith('interleave.'));
  const inOrder = ours.toSorted((a, b) => a.range.start.line - b.range.start.line);
  return inOrder
    .flatMap(({ command }) => (command === undefined ? [] : [command]))
    .map((command) => ({ ...command, title: command.title.replaceAll('\u00a0', ' ') }));
}

describe('CodeLenses of a prompt file', () => {
  const uri = workspaceFile('math.prompts.md');

  before(async () => {
    await activate();
    await vscode.workspace.openTextDocument(uri);
  });

  it('run the file and each of its prompts', async () => {
    const all = await lensesOf(uri);
    // Ignore outcomes of other tests' runs.
    const lenses = all.filter(({ command }) => command !== 'interleave.openResults');
    assert.deepEqual(
      lenses.map(({ title }) => title),
      ['$(run-all) Run All 3', '$(play) Run', '$(play) Run', '$(play) Run'],
    );
    assert.deepEqual(lenses[2]?.arguments?.[0].promptId, 'math.prompts.md#multiply-then-sum');
  });

  it("show a prompt's last outcome and open its results", async () => {
    const result = await vscode.commands.executeCommand<RunResult>('interleave.runFile', {
      uris: [uri],
      options: { provider: 'demo' },
    });
    assert.equal(result.counts.total, 3);
    const lenses = await lensesOf(uri);
    const last = lenses.filter(({ command }) => command === 'interleave.openResults');
    assert.deepEqual(
      last.map(({ title }) => title),
      Array.from({ length: 3 }, () => '$(pass) Last: done'),
    );
    assert.deepEqual(last[1]?.arguments, [{ runId: result.id, conversation: 1 }]);
  });

  it('disappear when turned off', async () => {
    const settings = vscode.workspace.getConfiguration('interleave');
    await settings.update('codeLens', false, vscode.ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lensesOf(uri), []);
    } finally {
      await settings.update('codeLens', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  after(closeEverything);
});

describe('Diagnostics of a prompt file', () => {
  const uri = workspaceFile('broken.prompts.md');
  const broken = '## One\n\n<!-- interleave\nmaxTurns: many\n-->\n\nText.\n';

  function messages(): readonly string[] {
    return vscode.languages
      .getDiagnostics(uri)
      .filter(({ source }) => source === 'Interleave')
      .map(({ severity, range }) => `${severity} ${range.start.line}`);
  }

  before(async () => {
    await activate();
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(broken));
  });

  it('appear on open and follow edits', async () => {
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const error = [`${vscode.DiagnosticSeverity.Error} 3`];
    await eventually(() => messages().length > 0, 'the error is shown');
    assert.deepEqual(messages(), error);
    await editor.edit((edit) => edit.replace(new vscode.Range(3, 10, 3, 14), '4'));
    await eventually(() => messages().length === 0, 'the error is gone after it was fixed');
    await editor.edit((edit) => edit.replace(new vscode.Range(3, 10, 3, 11), 'four'));
    await eventually(() => messages().length > 0, 'the error is back');
    await document.save();
  });

  it('disappear when the file is deleted', async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(uri);
    await vscode.workspace.applyEdit(edit);
    await eventually(() => messages().length === 0, 'the error of the deleted file is gone');
  });

  after(closeEverything);
});

describe('A prompt file of another scheme, such as the old side of a diff', () => {
  const uri = vscode.Uri.parse('old-side:/math.prompts.md');
  let provider: vscode.Disposable;

  before(async () => {
    await activate();
    provider = vscode.workspace.registerTextDocumentContentProvider('old-side', {
      provideTextDocumentContent: () => '## One\n\n<!-- interleave\nmaxTurns: many\n-->\n\nText.\n',
    });
  });

  it('has neither lenses nor diagnostics', async () => {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    assert.deepEqual(await lensesOf(uri), []);
    // A file with the same text, opened later, has its diagnostics. So the other one was skipped.
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    const file = await writeWorkspaceFile('new-side.prompts.md', text);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
    await eventually(
      () => vscode.languages.getDiagnostics(file).some(({ source }) => source === 'Interleave'),
      'the file has its error',
    );
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
  });

  after(async () => {
    provider.dispose();
    await closeEverything();
    await vscode.workspace.fs.delete(workspaceFile('new-side.prompts.md'));
  });
});

describe('The list of prompt files', () => {
  const library = new PromptLibrary({ get: () => assert.fail('nothing is read') } as never);
  const folder = workspaceFile('listed').fsPath;
  const listed = async (): Promise<readonly string[]> =>
    (await library.files())
      .map((uri) => vscode.workspace.asRelativePath(uri))
      .filter((name) => name.includes('listed'));

  it('follows changes of files and folders outside VS Code', async () => {
    assert.deepEqual(await listed(), []);
    mkdirSync(path.join(folder, 'deep'), { recursive: true });
    writeFileSync(path.join(folder, 'deep/a.prompts.md'), '## A\n\nText.\n');
    await eventually(async () => (await listed()).length === 1, 'a new file is listed');
    renameSync(folder, `${folder}-after`);
    await eventually(
      async () => (await listed()).join() === 'listed-after/deep/a.prompts.md',
      'the file is listed in its moved folder',
    );
    rmSync(`${folder}-after`, { recursive: true });
    await eventually(async () => (await listed()).length === 0, 'nothing of the folder is listed');
  });

  it('follows a folder deleted in VS Code', async () => {
    await writeWorkspaceFile('listed/b.prompts.md', '## B\n\nText.\n');
    await eventually(async () => (await listed()).length === 1, 'a new file is listed');
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(workspaceFile('listed'), { recursive: true });
    await vscode.workspace.applyEdit(edit);
    await eventually(async () => (await listed()).length === 0, 'nothing of the folder is listed');
  });

  after(() => library.dispose());
});

describe('The results panel', () => {
  function panels(): readonly { readonly tab: vscode.Tab; readonly column: vscode.ViewColumn }[] {
    return vscode.window.tabGroups.all.flatMap(({ tabs, viewColumn }) =>
      tabs.filter(isPanel).map((tab) => ({ tab, column: viewColumn })),
    );
  }

  function isPanel({ input }: vscode.Tab): boolean {
    return input instanceof vscode.TabInputWebview && input.viewType.endsWith('interleave.results');
  }

  async function panelsAre(count: number): Promise<void> {
    await eventually(() => panels().length === count, `there are ${count} panels`);
  }

  before(async () => {
    await activate();
    await closeEverything();
    await panelsAre(0);
    const settings = vscode.workspace.getConfiguration('interleave');
    await settings.update('provider', 'demo', vscode.ConfigurationTarget.Global);
  });

  /** Runs a prompt as a user, so that the results open. */
  async function runAsUser(text: string): Promise<RunResult> {
    const uri = workspaceFile('panels.prompts.md');
    const content = new TextEncoder().encode(`## Prompt 1\n\n${text}\n`);
    await vscode.workspace.fs.writeFile(uri, content);
    try {
      return await vscode.commands.executeCommand<RunResult>('interleave.runFile', uri);
    } finally {
      await vscode.workspace.fs.delete(uri);
    }
  }

  it('does not open for a run requested by another extension', async () => {
    await run('Add 1 and 1.');
    await panelsAre(0);
  });

  it('opens beside the editor, which keeps the focus', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceFile('src/greet.ts'));
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    const result = await runAsUser('Add 1 and 2.');
    await panelsAre(1);
    assert.equal(panels()[0]?.column, vscode.ViewColumn.Two);
    assert.equal(panels()[0]?.tab.label, 'panels.prompts.md');
    assert.equal(vscode.window.activeTextEditor?.document, document);
    assert.equal(vscode.window.tabGroups.activeTabGroup.viewColumn, vscode.ViewColumn.One);
    assert.match(result.conversations[0]?.answer ?? '', /3/);
  });

  it('of another run opens in the same column', async () => {
    await runAsUser('Add 3 and 4.');
    await panelsAre(2);
    assert.deepEqual(
      panels().map(({ column }) => column),
      [vscode.ViewColumn.Two, vscode.ViewColumn.Two],
    );
  });

  it('can be closed and opened again, and opens once', async () => {
    const { id } = await runAsUser('Add 5 and 6.');
    await panelsAre(3);
    await vscode.window.tabGroups.close(panels().map(({ tab }) => tab));
    await panelsAre(0);
    await vscode.commands.executeCommand('interleave.openResults', { runId: id, conversation: 0 });
    await panelsAre(1);
    await vscode.commands.executeCommand('interleave.openResults', { runId: id });
    await panelsAre(1);
    await eventually(() => panels()[0]?.tab.isActive === true, 'the panel is in front');
  });

  it('closes when its run is deleted', async () => {
    const { id } = await runAsUser('Add 7 and 8.');
    await panelsAre(2);
    await vscode.commands.executeCommand('interleave.deleteRun', { runId: id });
    await panelsAre(1);
  });

  after(async () => {
    const settings = vscode.workspace.getConfiguration('interleave');
    await settings.update('provider', undefined, vscode.ConfigurationTarget.Global);
    await closeEverything();
  });
});

describe('A transcript', () => {
  it('is a read-only Markdown document with the prompt and the answer', async () => {
    const { id, conversations } = await run('Add 20 and 22.');
    await vscode.commands.executeCommand('interleave.openTranscript', {
      runId: id,
      conversation: 0,
    });
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'interleave-transcript');
    assert.equal(document?.languageId, 'markdown');
    assert.ok(document?.getText().includes('Add 20 and 22.'));
    assert.ok(document?.getText().includes(conversations[0]?.answer ?? 'no answer'));
  });

  it('of a deleted run says so', async () => {
    const query = JSON.stringify({ runId: 'gone', conversation: 0 });
    const uri = vscode.Uri.from({ scheme: 'interleave-transcript', path: '/1 gone.md', query });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /gone/);
  });

  after(closeEverything);
});

describe('The Prompts view', () => {
  function file(name: string): FileNode {
    return { kind: 'file', uri: workspaceFile(name) };
  }

  /** `name` for a file, `[label, …children]` for a folder. */
  type Shape = string | readonly [string, ...Shape[]];

  function shape(node: FolderNode | FileNode): Shape {
    if (node.kind === 'file') return node.uri.path.slice(node.uri.path.lastIndexOf('/') + 1);
    return [node.label, ...node.children.map(shape)];
  }

  it('nests files in their folders, in run order', () => {
    const names = [
      'a.prompts.md',
      'b/c/d.prompts.md',
      'b/c/e.prompts.md',
      'f/g.prompt.md',
      'h.prompts.md',
    ];
    assert.deepEqual(nestFiles(names.map(file)).map(shape), [
      'a.prompts.md',
      ['b/c', 'd.prompts.md', 'e.prompts.md'],
      ['f', 'g.prompt.md'],
      'h.prompts.md',
    ]);
  });

  it('leaves out folders that would contain everything', () => {
    const names = ['a/b/c.prompts.md', 'a/b/d.prompts.md'];
    assert.deepEqual(nestFiles(names.map(file)).map(shape), ['c.prompts.md', 'd.prompts.md']);
    assert.deepEqual(nestFiles([]), []);
  });

  /** A model of files with prompts set by a test. */
  function modelOf(files: Map<string, readonly Prompt[]>) {
    let reads = 0;
    const library = {
      files: async () => [...files.keys()].map(workspaceFile),
      parse: async (uri: vscode.Uri) => {
        reads += 1;
        const prompts = files.get(vscode.workspace.asRelativePath(uri)) ?? [];
        return { prompts, diagnostics: [] };
      },
    };
    const checked = new CheckedPrompts();
    const model = new PromptsModel(library as unknown as PromptLibrary, checked);
    return { model, checked, reads: () => reads };
  }

  function prompt(id: string, skip = false): Prompt {
    const range = { line: 0, column: 0, endLine: 1, endColumn: 0 };
    return { id, name: id, text: id, options: {}, range, skip };
  }

  it('reads no file before it is needed', async () => {
    const { model, reads } = modelOf(new Map([['a.prompts.md', [prompt('a')]]]));
    const [node] = await model.roots();
    assert.equal(reads(), 0);
    assert.equal(model.summary(node as FileNode), undefined);
    await eventually(() => reads() === 1, 'the file is read once its summary is requested');
    await eventually(() => model.summary(node as FileNode)?.ids.length === 1, 'it is known');
    assert.equal(reads(), 1);
  });

  it('checks with a file all prompts that run with it', async () => {
    const files = new Map([['a.prompts.md', [prompt('one'), prompt('off', true), prompt('two')]]]);
    const { model, checked } = modelOf(files);
    const node = (await model.roots())[0] as FileNode;
    await model.check([node], true);
    assert.equal(model.isFileChecked(node), true);
    assert.deepEqual([...(checked.entries()[0]?.slugs ?? [])], ['one', 'two']);
    checked.set(node.uri, ['two'], false);
    assert.equal(model.isFileChecked(node), false);
    checked.set(node.uri, ['off'], true);
    await model.check([node], false);
    assert.equal(checked.size, 0);
  });

  it('keeps the check of a renamed prompt, and drops that of a removed one', async () => {
    const files = new Map([['a.prompts.md', [prompt('one'), prompt('two'), prompt('three')]]]);
    const { model, checked } = modelOf(files);
    const node = (await model.roots())[0] as FileNode;
    await model.prompts(node);
    checked.set(node.uri, ['two', 'three'], true);
    files.set('a.prompts.md', [prompt('one'), prompt('two-b'), prompt('three')]);
    await model.prompts(node);
    assert.deepEqual(new Set(checked.entries()[0]?.slugs), new Set(['two-b', 'three']));
    files.set('a.prompts.md', [prompt('one'), prompt('three')]);
    await model.prompts(node);
    assert.deepEqual([...(checked.entries()[0]?.slugs ?? [])], ['three']);
    files.clear();
    await model.roots();
    assert.equal(checked.size, 0);
  });
});
