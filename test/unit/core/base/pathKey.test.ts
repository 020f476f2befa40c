import path from 'node:path';
import { expect, it } from 'vitest';
import { folderKey, isFolderUri, pathKey } from '../../../../src/core/base/pathKey.ts';

it('is equal for a Windows path, whatever the case of drive and names', () => {
  expect(pathKey('c:\\Work\\a.json', path.win32)).toBe(pathKey('C:/work/x/../A.json', path.win32));
  expect(pathKey('C:\\a', path.win32)).not.toBe(pathKey('D:\\a', path.win32));
});

it('is case-sensitive on other systems', () => {
  expect(pathKey('/work/a', path.posix)).toBe(pathKey('/work/./b/../a', path.posix));
  expect(pathKey('/work/a', path.posix)).not.toBe(pathKey('/work/A', path.posix));
});

it.each(['vscode-vfs://github/owner/repo', 'memfs:/project', 'vsls:/'])(
  'leaves the address of a folder on no disk as it is: %s',
  (address) => {
    expect(isFolderUri(address)).toBe(true);
    for (const flavour of [path.posix, path.win32]) {
      expect(folderKey(address, flavour)).toBe(folderKey(`${address}/`, flavour));
      expect(folderKey(address, flavour)).toBe(address.replace(/\/+$/, ''));
    }
  },
);

it.each(['/work/a', '/memfs:/a', 'C:\\work', 'c:/work', '\\\\server\\share'])(
  'knows a folder on disk: %s',
  (folder) => {
    expect(isFolderUri(folder)).toBe(false);
  },
);
