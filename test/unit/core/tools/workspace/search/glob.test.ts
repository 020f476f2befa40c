import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test, vi } from 'vitest';
import { ToolError } from '../../../../../../src/core/tools/tool.ts';
import { createFileFilter } from '../../../../../../src/core/tools/workspace/search/filePattern.ts';
import { compileGlob } from '../../../../../../src/core/tools/workspace/search/glob.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

describe('a glob', () => {
  test.each([
    ['*.ts', ['a.ts', '.x.ts'], ['src/a.ts', 'a.tsx']],
    ['**/*.ts', ['a.ts', 'src/b/a.ts'], ['a.js']],
    ['src/**', ['src/a', 'src/b/c'], ['lib/a']],
    ['**/.git', ['.git', 'a/b/.git'], ['.github', 'a.git']],
    ['src/*.{ts,js}', ['src/a.ts', 'src/a.js'], ['src/b/a.ts', 'src/a.css']],
    ['[ab]?.md', ['ax.md', 'b1.md'], ['cx.md', 'a.md']],
    ['/src/a.ts', ['src/a.ts'], ['a.ts']],
    ['./src/', ['src'], ['src/a']],
    ['a\\[1\\].ts', ['a[1].ts'], ['a1.ts']],
  ])('%s', (glob, matching, others) => {
    const matches = compileGlob(glob);
    for (const path of matching) expect([path, matches(path)]).toEqual([path, true]);
    for (const path of others) expect([path, matches(path)]).toEqual([path, false]);
  });

  test('matches like picomatch', () => {
    const part = fc.constantFrom(
      '*',
      '**',
      '?',
      'a',
      'b',
      '.a',
      'ab',
      '*.a',
      'a*',
      '{a,b}',
      '[ab]',
      '*a*',
    );
    const glob = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const name = fc.constantFrom('a', 'b', 'ab', '.a', 'b.a', 'aab', 'x');
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(glob, fc.array(path, { minLength: 1 }), (pattern, paths) => {
        const matches = compileGlob(pattern);
        const expected = picomatch(pattern, { dot: true, noextglob: true, nonegate: true });
        expect(paths.filter(matches)).toEqual(paths.filter((one) => expected(one)));
      }),
      { numRuns: 3_000 },
    );
  });

  test('is always fast, where picomatch would take minutes', () => {
    const path = `${'a'.repeat(250)}/${'a'.repeat(250)}`;
    for (const glob of [
      '*a'.repeat(100),
      '**/'.repeat(100),
      '?*'.repeat(200),
      '{a,b}*'.repeat(70),
    ]) {
      expect(compileGlob(`${glob}b`)(path)).toBe(false);
    }
  });

  test('throws only errors with a message for the model', () => {
    const nasty = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'*?[]{}()!+@|\\/,.^$a-1') }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(nasty, (glob) => {
        try {
          expect(typeof compileGlob(glob)('a/b.c')).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(ToolError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['', 'x'.repeat(501), '{a,{b'])('%j is rejected', (glob) => {
    expect(() => compileGlob(glob)).toThrow(ToolError);
  });
});

test('a pattern without a slash matches names in all folders, one with a slash matches either path', () => {
  expect(createFileFilter('*.ts')('app/src/a.ts', 'a.ts')).toBe(true);
  expect(createFileFilter('src/*.ts')('app/src/a.ts', 'src/a.ts')).toBe(true);
  expect(createFileFilter('app/src/*.ts')('app/src/a.ts', 'a.ts')).toBe(true);
  expect(createFileFilter('lib/*.ts')('app/src/a.ts', 'a.ts')).toBe(false);
  expect(createFileFilter(undefined)('x', 'x')).toBe(true);
});
