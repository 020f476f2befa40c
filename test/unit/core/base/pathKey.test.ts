import path from 'node:path';
import { expect, it } from 'vitest';
import { pathKey } from '../../../../src/core/base/pathKey.ts';

it('is equal for a Windows path, whatever the case of drive and names', () => {
  expect(pathKey('c:\\Work\\a.json', path.win32)).toBe(pathKey('C:/work/x/../A.json', path.win32));
  expect(pathKey('C:\\a', path.win32)).not.toBe(pathKey('D:\\a', path.win32));
});

it('is case-sensitive on other systems', () => {
  expect(pathKey('/work/a', path.posix)).toBe(pathKey('/work/./b/../a', path.posix));
  expect(pathKey('/work/a', path.posix)).not.toBe(pathKey('/work/A', path.posix));
});
