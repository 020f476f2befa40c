import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PathCheck } from '../../../../../src/core/tools/workspace/pathCheck.ts';
import { createPathCheck, leadOf } from '../../../../../src/core/tools/workspace/pathCheck.ts';
import { DiskTree } from './workspaceFixture.ts';

let tree: DiskTree;
let check: PathCheck;

beforeAll(() => {
  tree = new DiskTree({
    'inside/src/a.ts': 'a',
    'inside/.git/config': 'secret',
    'outside/b.ts': 'b',
  });
  const link = (target: string, name: string): void =>
    symlinkSync(target, path.join(tree.inside, name));
  link('src', 'short');
  link('.git', 'history');
  link('../outside', 'away');
  link('../outside/none/x', 'dangling');
  check = createPathCheck({ roots: [{ name: 'inside', path: tree.inside }], exclude: [] });
});

afterAll(() => tree.remove());

it.each([
  ['src/a.ts', { path: 'src/a.ts' }],
  ['short/a.ts', { path: 'src/a.ts' }],
  ['short/../src/./new.ts', { path: 'src/new.ts' }],
  ['short/new/deep.ts', { path: 'src/new/deep.ts' }],
  ['history/config', { path: '.git/config' }],
  ['history/hooks/pre-commit', { path: '.git/hooks/pre-commit' }],
  ['away/b.ts', 'outside'],
  ['away/new.ts', 'outside'],
  ['dangling', 'outside'],
  ['dangling/new.ts', 'outside'],
  ['../outside/b.ts', 'outside'],
  ['a\0b', 'outside'],
])('%j leads to %j', async (requested, lead) => {
  expect(await leadOf(requested, check)).toEqual(lead);
});

it('an absolute path leads to where it is in the workspace', async () => {
  const requested = path.join(tree.inside, 'short', 'a.ts');
  expect(await leadOf(requested, check)).toEqual({ path: 'src/a.ts' });
  expect(await leadOf('/etc/passwd', check)).toBe('outside');
});
