import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../../../../src/core/base/errors.ts';
import { pickTools } from '../../../../src/core/tools/toolBox.ts';
import type { Toolset } from '../../../../src/core/tools/toolset.ts';
import { createToolset } from '../../../../src/core/tools/toolset.ts';
import { runTool } from './toolFixtures.ts';
import { DiskTree, searchScript } from './workspace/workspaceFixture.ts';

let tree: DiskTree;
let toolset: Toolset;

beforeAll(() => {
  tree = new DiskTree({ 'inside/a.txt': 'needle\n', 'inside/b.txt': 'needle\n' });
  toolset = createToolset({
    folders: [{ name: 'inside', path: tree.inside }],
    exclude: ['b.txt'],
    workerPath: searchScript,
  });
});

afterAll(() => {
  toolset.dispose();
  tree.remove();
});

test('the built-in tools match this list and use the given folders', async () => {
  expect(toolset.tools.map(({ name }) => name)).toEqual([
    'sum_numbers',
    'subtract_numbers',
    'multiply_numbers',
    'divide_numbers',
    'power_numbers',
    'run_javascript',
    'read_file',
    'list_files',
    'search_text',
    'fetch_url',
    'run_command',
    'ask_user',
    'write_file',
    'edit_file',
    'delete_file',
    'rename_file',
    'run_demo_program',
  ]);
  const { content } = await runTool(toolset.tools, 'search_text', { query: 'needle' });
  expect(content).toMatch(/^a\.txt:1: needle\n\n\[1 matching/);
});

test('every tool and every argument is described to the model', () => {
  for (const { name, description, inputSchema } of toolset.tools) {
    expect(description, name).not.toBe('');
    const { properties } = inputSchema as { readonly properties: object };
    for (const property of Object.values(properties)) {
      expect(property, name).not.toHaveProperty('description', '');
    }
  }
});

test('the demo program gives its text back', async () => {
  const { content } = await runTool(toolset.tools, 'run_demo_program', { text: 'Hello.' });
  expect(content).toBe('Hello.');
});

test('a choice is in the order of the names without duplicates; without names it is those that only calculate or read', () => {
  const choose = (names: readonly string[] | undefined) => pickTools(toolset.tools, names);
  const chosen = choose(['read_file', 'sum_numbers', 'read_file']);
  expect(chosen.map(({ name }) => name)).toEqual(['read_file', 'sum_numbers']);
  expect(choose(undefined).map(({ name }) => name)).toEqual([
    ...['sum_numbers', 'subtract_numbers', 'multiply_numbers', 'divide_numbers', 'power_numbers'],
    ...['run_javascript', 'read_file', 'list_files', 'search_text'],
  ]);
  expect(() => choose(['no_tool'])).toThrow(UserError);
  expect(() => choose(['constructor'])).toThrow(/no tool named "constructor"/);
});

test('arithmetic works without a workspace', async () => {
  const bare = createToolset({ folders: [], exclude: [], workerPath: '/none.js' });
  const sum = await runTool(bare.tools, 'sum_numbers', { numbers: [1, 2] });
  expect(sum).toMatchObject({ content: '3', isError: false });
  const read = await runTool(bare.tools, 'read_file', { path: 'a.txt' });
  expect(read).toMatchObject({ content: expect.stringContaining('No folder'), isError: true });
  bare.dispose();
});

test('a place on this machine has a workspace path only inside the workspace', () => {
  expect(toolset.pathOf(path.join(tree.inside, 'runs', 'a'))).toBe('runs/a');
  expect(toolset.pathOf(path.join(tree.base, 'outside'))).toBeUndefined();
  expect(toolset.pathOf(tree.base)).toBeUndefined();
});
