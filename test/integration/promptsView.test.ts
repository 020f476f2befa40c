import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { CheckedPrompts } from '../../src/host/checkedPrompts.ts';
import type { Prompt, PromptLibrary } from '../../src/host/promptLibrary.ts';
import { nestFiles } from '../../src/views/promptFolders.ts';
import type { FileNode, FolderNode } from '../../src/views/promptNodes.ts';
import { PromptsModel } from '../../src/views/promptsModel.ts';
import { eventually, workspaceFile } from './support/extension.ts';

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
    return { id, name: id, text: id, template: [], options: {}, range, skip };
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
