import { existsSync, lstatSync, renameSync, symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileAccess } from '../../../../../src/core/base/fileAccess.ts';
import { nodeFileAccess } from '../../../../../src/core/base/fileAccess.ts';
import { defaultToolLimits } from '../../../../../src/core/tools/toolLimits.ts';
import { NodeWorkspace } from '../../../../../src/core/tools/workspace/nodeWorkspace.ts';
import { createPathCheck } from '../../../../../src/core/tools/workspace/pathCheck.ts';
import { searchFiles } from '../../../../../src/core/tools/workspace/search/searchFiles.ts';
import { canary, DiskTree } from './workspaceFixture.ts';

const { signal } = new AbortController();

let tree: DiskTree;
let folder: string;
let away: string;

beforeEach(() => {
  tree = new DiskTree({
    'inside/dir/x.txt': 'harmless\n',
    'outside/dir/x.txt': `${canary}\n`,
    'outside/dir/told.txt': canary,
  });
  folder = path.join(tree.inside, 'dir');
  away = path.join(tree.base, 'away');
});

afterEach(() => tree.remove());

/** Replaces the folder with a link to the outside, or puts the folder back. */
function swapTo(state: 'link' | 'folder'): void {
  const isLink = lstatSync(folder).isSymbolicLink();
  if (isLink === (state === 'link')) return;
  const link = path.join(tree.base, 'link');
  if (!existsSync(link)) symlinkSync(path.join(tree.base, 'outside/dir'), link);
  renameSync(folder, isLink ? link : away);
  renameSync(isLink ? away : link, folder);
}

/** A file system in which the folder is swapped between calls. */
function swapping(more: Partial<FileAccess>): FileAccess {
  return { ...nodeFileAccess, ...more };
}

/**
 * An attacker who knows the order of the checks: the link exists only for the second check and the
 * open.
 */
function wellTimed(): FileAccess {
  const isFolder = (name: string): boolean => name === folder;
  return swapping({
    lstat: (name) => {
      if (name !== tree.inside && !isFolder(name)) swapTo('link');
      return nodeFileAccess.lstat(name);
    },
    open: async (name, flags) => {
      const handle = await nodeFileAccess.open(name, flags);
      swapTo('folder');
      return handle;
    },
  });
}

describe.runIf(nodeFileAccess.descriptors !== undefined)(
  'a folder that is a link only while it is opened',
  () => {
    test('shows read_file nothing of the outside', async () => {
      const workspace = new NodeWorkspace(tree.scope(), noSearches, undefined, wellTimed());
      await expect(workspace.readText('dir/x.txt', signal)).rejects.toThrow(/changed while/);
    });

    test('shows a search nothing of the outside', async () => {
      const check = createPathCheck(tree.scope(), wellTimed());
      const query = { text: 'a', isRegExp: false, caseSensitive: true, path: '' };
      const bounds = { ...defaultToolLimits.search, untilMs: Number.POSITIVE_INFINITY };
      const { matches, filesSearched } = await searchFiles(query, check, bounds);
      expect(matches).toEqual([]);
      expect(filesSearched).toBe(0);
    });

    test('lists nothing of the outside', async () => {
      const access = swapping({
        open: async (name, flags) => {
          // Even if the system follows the link.
          if (name === folder) swapTo('link');
          const handle = await nodeFileAccess.open(await nodeFileAccess.realpath(name), flags);
          swapTo('folder');
          return handle;
        },
      });
      const workspace = new NodeWorkspace(tree.scope(), noSearches, undefined, access);
      await expect(workspace.list({ path: 'dir' }, signal)).rejects.toThrow(/changed while/);
    });

    test('lists the folder that was opened, whatever has replaced it', async () => {
      const access = swapping({
        readdir: (name) => {
          swapTo('link');
          return nodeFileAccess.readdir(name);
        },
      });
      const workspace = new NodeWorkspace(tree.scope(), noSearches, undefined, access);
      expect((await workspace.list({ path: 'dir' }, signal)).paths).toEqual(['dir/x.txt']);
    });
  },
);

describe('without file descriptors from the system', () => {
  const without = { descriptors: undefined };

  test.each([undefined, '/no/such/proc'])('files and folders are read: %s', async (descriptors) => {
    const access = swapping({ descriptors });
    const workspace = new NodeWorkspace(tree.scope(), noSearches, undefined, access);
    expect((await workspace.readText('dir/x.txt', signal)).text).toBe('harmless\n');
    expect((await workspace.list({ path: 'dir' }, signal)).paths).toEqual(['dir/x.txt']);
  });

  test('a folder that is a link while its file is opened yields nothing', async () => {
    const access = { ...wellTimed(), ...without };
    const workspace = new NodeWorkspace(tree.scope(), noSearches, undefined, access);
    await expect(workspace.readText('dir/x.txt', signal)).rejects.toThrow(/changed while/);
  });

  test('a folder that is a link while it is listed yields nothing', async () => {
    const access = swapping({
      ...without,
      readdir: (name) => {
        swapTo('link');
        return nodeFileAccess.readdir(name);
      },
    });
    const workspace = new NodeWorkspace(tree.scope(), noSearches, undefined, access);
    await expect(workspace.list({ path: 'dir' }, signal)).rejects.toThrow(/changed while/);
  });
});

test('a short name that its folder does not list is another name of a file', async () => {
  tree.write({ 'inside/READ~1.TXT': 'its own name\n' });
  const aliased = swapping({
    // On a Windows disk, the name resolves although no folder lists it.
    realpath: async (name) => {
      if (!name.endsWith('GIT~1')) return nodeFileAccess.realpath(name);
      return path.join(await nodeFileAccess.realpath(path.dirname(name)), 'GIT~1');
    },
  });
  const workspace = new NodeWorkspace(tree.scope(), noSearches, undefined, aliased);
  expect((await workspace.readText('READ~1.TXT', signal)).text).toBe('its own name\n');
  await expect(workspace.readText('GIT~1', signal)).rejects.toThrow(/short 8\.3 name/);
});

const noSearches = {
  deadlineMs: 1,
  search: () => Promise.reject(new Error('Nothing is searched here.')),
};
