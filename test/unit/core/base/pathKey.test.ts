import path from 'node:path';
import { expect, it } from 'vitest';
import { pathKey } from '../../../../src/core/base/pathKey.ts';

it('is one for a file of Windows, whatever the case of its drive and names', () => {
  expect(pathKey('c:\\Work\\a.json', path.win32)).toBe(pathKey('C:/work/x/../A.json', path.win32));
  expect(pathKey('C:\\a', path.win32)).not.toBe(pathKey('D:\\a', path.win32));
});

it('tells capitals apart elsewhere', () => {
  expect(pathKey('/work/a', path.posix)).toBe(pathKey('/work/./b/../a', path.posix));
  expect(pathKey('/work/a', path.posix)).not.toBe(pathKey('/work/A', path.posix));
});
