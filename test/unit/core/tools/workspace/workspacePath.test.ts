import * as path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ToolError } from '../../../../../src/core/tools/tool.ts';
import type { PathFlavour } from '../../../../../src/core/tools/workspace/workspacePath.ts';
import {
  formatWorkspacePath,
  isUsableName,
  parseWorkspacePath,
  segmentsInside,
  withUsableNames,
} from '../../../../../src/core/tools/workspace/workspacePath.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

const one = [{ name: 'app', path: '/work/app' }];
const two = [...one, { name: 'lib', path: '/work/lib' }];
const windows = [{ name: 'app', path: 'C:\\work\\app' }];

function segments(requested: string, roots = one, flavour: PathFlavour = path.posix): unknown {
  const place = parseWorkspacePath(requested, roots, flavour);
  return place === undefined ? 'top' : [place.root.name, ...place.segments];
}

describe('a path inside', () => {
  test.each([
    ['src/a.ts', ['app', 'src', 'a.ts']],
    ['./src//a.ts', ['app', 'src', 'a.ts']],
    ['src/../a.ts', ['app', 'a.ts']],
    ['src/', ['app', 'src']],
    ['', ['app']],
    ['.', ['app']],
    ['/work/app', ['app']],
    ['/work/app/src/a.ts', ['app', 'src', 'a.ts']],
    ['..a/...b', ['app', '..a', '...b']],
    ['[id]/(x)/ä 日.ts', ['app', '[id]', '(x)', 'ä 日.ts']],
    ['console/nullable.ts', ['app', 'console', 'nullable.ts']],
    ['a~b/~/x~1y', ['app', 'a~b', '~', 'x~1y']],
  ])('%j is %j', (requested, expected) => {
    expect(segments(requested)).toEqual(expected);
  });

  test("starts with its folder's name when there are several folders", () => {
    expect(segments('lib/a.ts', two)).toEqual(['lib', 'a.ts']);
    expect(segments('/work/lib/a.ts', two)).toEqual(['lib', 'a.ts']);
    expect(segments('', two)).toBe('top');
    expect(segments('lib/..', two)).toBe('top');
    expect(() => segments('src/a.ts', two)).toThrow(/folders: app, lib/);
  });

  test('may be absolute on Windows, in any case', () => {
    expect(segments('c:\\Work\\APP\\src\\a.ts', windows, path.win32)).toEqual([
      'app',
      'src',
      'a.ts',
    ]);
    expect(segments('C:/work/app/src', windows, path.win32)).toEqual(['app', 'src']);
  });
});

/** Paths that leave the workspace, or name no file, on every platform. */
const refused = [
  '..',
  '../app/a.ts',
  'src/../../app/a.ts',
  'a/../../b',
  '/etc/passwd',
  '/work/application/a.ts',
  '//server/share',
  'a\0b',
  'a\nb',
  'a\u007fb',
  '\ud800',
  'x'.repeat(256),
  'x/'.repeat(3000),
];

test.each(refused)('%j is refused with a message for the model', (requested) => {
  for (const roots of [one, two]) {
    for (const flavour of [path.posix, path.win32]) {
      expect(() => segments(requested, roots, flavour)).toThrow(ToolError);
    }
  }
});

/** File names on Linux and macOS that mean something else, or nothing, on Windows. */
const onlyElsewhere = [
  'back\\slash',
  '..\\up',
  'a.ts:stream',
  'a.ts::$DATA',
  'C:',
  'a.ts.',
  'a.ts ',
  '...',
  'CON',
  'nul.txt',
  'Aux .txt',
  'com1',
  'LPT¹.log',
  'conin$',
  'PROGRA~1',
  'SECRET~1.PEM',
];

test.each(onlyElsewhere)('%j is a file name on Linux and macOS, but not on Windows', (name) => {
  expect(segments(`src/${name}`)).toEqual(['app', 'src', name]);
  expect(isUsableName(name, path.posix)).toBe(true);
  expect(() => segments(`src/${name}`, one, path.win32)).toThrow(ToolError);
  expect(isUsableName(name, path.win32)).toBe(false);
});

test('an absolute path is resolved', () => {
  expect(() => segments('/work/app/../lib/a.ts', one)).toThrow(ToolError);
  expect(segments('/work/app/../lib/a.ts', two)).toEqual(['lib', 'a.ts']);
});

test.each([
  '\\\\?\\C:\\work\\app\\a.ts',
  '\\\\.\\C:\\work\\app\\a.ts',
  '\\\\server\\share\\a.ts',
  '//server/share/a.ts',
  'C:\\work\\application\\a.ts',
  'C:\\work\\app\\..\\lib\\a.ts',
  'C:\\work\\app\\a.ts:stream',
  'C:\\work\\app\\nul',
  'D:\\work\\app\\a.ts',
  'C:a.ts',
  '\\work\\lib\\a.ts',
])('%j is refused on Windows', (requested) => {
  expect(() => segments(requested, windows, path.win32)).toThrow(ToolError);
});

test('errors show nothing of the place outside', () => {
  expect(() => segments('../../x')).toThrow(/^(?!.*\/work)/);
});

test('without a folder every path is refused', () => {
  expect(() => segments('a.ts', [])).toThrow(/No folder .* is open/);
});

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('..', '.', '', 'a', 'src', 'lib', 'app', 'outside') },
  fc.constantFrom(
    'A',
    'a\u0301',
    'á',
    '日本',
    '..a',
    'a..',
    'CON',
    'a:b',
    'a\\b',
    ' ',
    '. .',
    '~1',
    'ABCDEF~1',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const anyPath = fc
  .tuple(
    fc.constantFrom('', '', '', '/', './', '/work/app/', '/work/', '//', 'C:\\', 'app/'),
    fc.array(fc.tuple(piece, fc.constantFrom('/', '/', '/', '//', '\\'))),
  )
  .map(([start, pieces]) => start + pieces.map(([name, separator]) => name + separator).join(''));

test("every accepted path is inside by the platform's own rules", () => {
  fc.assert(
    fc.property(anyPath, fc.boolean(), fc.boolean(), (requested, several, isWindows) => {
      const flavour = isWindows ? path.win32 : path.posix;
      let place: ReturnType<typeof parseWorkspacePath>;
      try {
        place = parseWorkspacePath(requested, several ? two : one, flavour);
      } catch (error) {
        expect(error).toBeInstanceOf(ToolError);
        return;
      }
      if (place === undefined) return;
      const separators = isWindows ? /^\.{0,2}$|[\\/:\0]/ : /^\.{0,2}$|[/\0]/;
      for (const segment of place.segments) expect(segment).not.toMatch(separators);
      const root = isWindows ? 'C:\\root' : '/root';
      const full = flavour.resolve(root, ...place.segments);
      expect(full === root || full.startsWith(root + flavour.sep)).toBe(true);
    }),
    { numRuns: 20_000 },
  );
});

test('a lexical model agrees for plain names', () => {
  const plain = fc.array(fc.constantFrom('..', '.', '', 'a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(plain, (names) => {
      let depth = 0;
      let escapes = false;
      for (const name of names) {
        if (name === '..') depth -= 1;
        else if (name !== '.' && name !== '') depth += 1;
        escapes ||= depth < 0;
      }
      const requested = `./${names.join('/')}`;
      if (escapes) expect(() => segments(requested)).toThrow(/outside the workspace/);
      else expect(segments(requested)).toHaveLength(depth + 1);
    }),
    { numRuns: 5_000 },
  );
});

test('a formatted path parses back to the same path', () => {
  for (const roots of [one, two]) {
    const place = { root: roots[0]!, segments: ['src', 'a b.ts'] };
    expect(parseWorkspacePath(formatWorkspacePath(place, roots), roots, path.posix)).toEqual(place);
  }
});

test('being inside is more than a common prefix', () => {
  expect(segmentsInside('/work/app', '/work/app/a/b', path.posix)).toEqual(['a', 'b']);
  expect(segmentsInside('/work/app', '/work/app', path.posix)).toEqual([]);
  expect(segmentsInside('/work/app', '/work/application', path.posix)).toBeUndefined();
  expect(segmentsInside('/work/app', '/work', path.posix)).toBeUndefined();
  expect(segmentsInside('/work/app', '/work/app/..a', path.posix)).toEqual(['..a']);
  expect(segmentsInside('C:\\a', 'D:\\a\\b', path.win32)).toBeUndefined();
});

test('folders get unique names that a path can start with', () => {
  const named = (...names: string[]) =>
    withUsableNames(names.map((name) => ({ name, path: `/x/${name}` }))).map(({ name }) => name);
  expect(named('app', 'app', 'app-2')).toEqual(['app', 'app-2', 'app-2-2']);
  expect(named('app', 'app', 'app')).toEqual(['app', 'app-2', 'app-3']);
  expect(named('front/back', 'a:b', '..', 'x. ')).toEqual(['front-back', 'a-b', 'folder', 'x']);
});
