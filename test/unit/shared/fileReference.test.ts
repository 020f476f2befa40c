import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileInCode, fileReference } from '../../../src/shared/fileReference.ts';

describe('a target of a link', () => {
  it.each([
    ['src/cart.ts', { path: 'src/cart.ts' }],
    ['./src/cart.ts#L2', { path: 'src/cart.ts', line: 2 }],
    ['src/cart.ts#L2-L8', { path: 'src/cart.ts', line: 2 }],
    ['src/cart.ts#L2C4', { path: 'src/cart.ts', line: 2 }],
    ['src/cart.ts:12', { path: 'src/cart.ts', line: 12 }],
    ['src/cart.ts:12:4', { path: 'src/cart.ts', line: 12 }],
    ['src/cart.ts:12-20', { path: 'src/cart.ts', line: 12 }],
    ['/work/src/cart.ts', { path: '/work/src/cart.ts' }],
    ['src/my%20cart.ts', { path: 'src/my cart.ts' }],
    ['Makefile', { path: 'Makefile' }],
  ])('%s is a file', (target, reference) => {
    expect(fileReference(target)).toEqual(reference);
  });

  it.each([
    ...['https://example.com/a.ts', 'file:///a.ts', '//host/a.ts', '\\\\host\\a.ts', 'C:\\a.ts'],
    ...['../a.ts', 'src/../../a.ts', 'src/%2e%2e/a.ts', 'command:x', 'javascript:alert(1)', ''],
    ...['#top', '?a=b', 'src/', 'a\u0000b', 'vscode://x/a.ts:1', 'a.ts?x#L1'],
  ])('%j is none', (target) => {
    expect(fileReference(target)).toBeUndefined();
  });

  it('never has a scheme, a host or a way out of the folder', () => {
    const parts = fc.constantFrom(
      '..',
      '.',
      'a',
      'b.ts',
      '%2e%2e',
      '%2f',
      'http:',
      ':1',
      '#L2',
      '',
    );
    const targets = fc.array(parts, { maxLength: 6 }).map((all) => all.join('/'));
    fc.assert(
      fc.property(fc.oneof(targets, fc.string()), (target) => {
        const path = fileReference(target)?.path ?? '';
        expect(path).not.toMatch(/:|^\/\/|\\|(?:^|\/)\.\.(?:\/|$)/);
      }),
    );
  });
});

it.each([
  ['src/cart.ts', true],
  ['cart.ts:3', true],
  ['cart.ts', false],
  ['npm test', false],
  ['a.b()', false],
  ['application/json', false],
])('code that reads %j names a file: %s', (code, isFile) => {
  expect(fileInCode(code) !== undefined).toBe(isFile);
});
