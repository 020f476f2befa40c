import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../../../src/core/base/deepFreeze.ts';
import { diskErrorKind, diskErrorText } from '../../../../src/core/base/diskError.ts';
import { isNestedDeeper, maxRecordDepth, parseJson } from '../../../../src/core/base/jsonDepth.ts';
import { readWithin, shownValue } from '../../../../src/core/base/limitValues.ts';
import { folderKey, isFolderUri } from '../../../../src/core/base/pathKey.ts';
import { clipEnd, clipMiddle, quoted, sliceWhole } from '../../../../src/core/base/text.ts';

const nested = (levels: number): unknown => {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

describe('the nesting of a value', () => {
  it.each([
    [0, 0, false],
    [1, 0, true],
    [1, 1, false],
    [5, 4, true],
    [5, 5, false],
  ])('%i levels deep is deeper than %i: %s', (depth, levels, isDeeper) => {
    expect(isNestedDeeper(nested(depth), levels)).toBe(isDeeper);
    expect(isNestedDeeper([1, nested(depth)], levels + 1)).toBe(isDeeper);
  });

  it('ends for a circular value', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    expect(isNestedDeeper(circular, 50)).toBe(true);
    expect(isNestedDeeper(null, 0)).toBe(false);
  });

  it('is limited in records', () => {
    const parse = (levels: number) => parseJson(Buffer.from(JSON.stringify(nested(levels))));
    expect(parse(maxRecordDepth)).toEqual(nested(maxRecordDepth));
    expect(parse(maxRecordDepth + 1)).toBeUndefined();
    expect(parseJson(Buffer.from('{'))).toBeUndefined();
  });
});

describe('a frozen tree', () => {
  it('is frozen in every plain part, and nowhere else', () => {
    const bare = Object.assign(Object.create(null), { list: [{ x: 1 }] });
    const map = new Map();
    const tree = deepFreeze({ bare, map, run: () => 1, none: null, [Symbol.for('s')]: [1] });
    expect(Object.isFrozen(tree)).toBe(true);
    expect(Object.isFrozen(bare.list[0])).toBe(true);
    expect(Object.isFrozen(Reflect.get(tree, Symbol.for('s')))).toBe(true);
    expect(Object.isFrozen(map)).toBe(false);
    expect(Object.isFrozen(tree.run)).toBe(false);
  });
});

describe('an error of a disk', () => {
  const error = (code: string) => Object.assign(new Error('It broke.'), { code });

  it.each([
    ['ENOSPC', 'disk_full', 'the disk is full. Free some space.'],
    ['EDQUOT', 'disk_full', 'the disk is full. Free some space.'],
    ['EFBIG', 'disk_full', 'the disk is full. Free some space.'],
    ['EROFS', 'read_only', 'the disk is read-only. Make it writable.'],
    ['EACCES', 'denied', 'permission was refused. Check who may write there.'],
    ['EPERM', 'denied', 'permission was refused. Check who may write there.'],
    ['EIO', 'io', 'It broke. Check the disk.'],
  ])('%s says what to do', (code, kind, text) => {
    expect(diskErrorKind(error(code))).toBe(kind);
    expect(diskErrorText(error(code))).toBe(text);
  });
});

describe('a folder', () => {
  it.each([
    ['vscode-vfs://github/o/r', true],
    ['memfs:/r', true],
    ['C:/x', false],
    ['/home/x', false],
    ['x/memfs:/r', false],
    ['1x:/r', false],
  ])('%s is a URI: %s', (path, isUri) => {
    expect(isFolderUri(path)).toBe(isUri);
  });

  it('has one key with and without slashes at its end', () => {
    expect(folderKey('memfs:/r//')).toBe('memfs:/r');
    expect(folderKey('/home/x/')).toBe(folderKey('/home/x'));
  });
});

describe('a clipped text', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['abcdef', 1, '…'],
    ['abcdef', 0, ''],
    ['ab😀', 4, 'ab😀'],
    ['ab😀x', 4, 'ab…'],
    ['a😀xx', 4, 'a😀…'],
  ])('%s in %i: %s', (text, max, clipped) => {
    expect(clipEnd(text, max)).toBe(clipped);
  });

  it('keeps its beginning and end in at most the length allowed', () => {
    const text = `${'a'.repeat(500)}${'z'.repeat(500)}`;
    for (const max of [30, 50, 100, 999]) {
      const clipped = clipMiddle(text, max);
      expect(clipped.length).toBeLessThanOrEqual(max);
      expect(clipped.length).toBeGreaterThan(max - 5);
    }
    expect(clipMiddle(text, 100)).toMatch(
      /^a{31,36}\n\[… 9\d\d characters left out …\]\nz{31,36}$/,
    );
    expect(clipMiddle(text, 1_000)).toBe(text);
    expect(clipMiddle(text, 10)).toBe('aaaaaaaaa…');
  });

  it('is whole at both ends', () => {
    expect(sliceWhole('😀ab😀', 1, 5)).toBe('ab');
    expect(sliceWhole('😀ab😀', 0, 6)).toBe('😀ab😀');
  });

  it('is quoted with its hidden characters shown', () => {
    expect(quoted('a"b')).toBe('"a\\"b"');
    expect(quoted('x'.repeat(50))).toBe(`"${'x'.repeat(39)}…"`);
    expect(quoted('a\u202eb')).toBe('"a[U+202E]b"');
    expect(quoted(12, 5)).toBe('"12"');
  });
});

describe('a value out of its range', () => {
  const range = { minimum: 1, maximum: 10, default: 3 };

  it.each([
    [0, 1, 'key is 0, but must be a whole number from 1 to 10. 1 is used.'],
    [11, 10, 'key is 11, but must be a whole number from 1 to 10. 10 is used.'],
    [2.5, 3, 'key is 2.5, but must be a whole number from 1 to 10. 3 is used.'],
    ['x', 3, 'key is "x", but must be a whole number from 1 to 10. 3 is used.'],
    [10, 10, undefined],
  ])('%j becomes %d', (given, value, problem) => {
    expect(readWithin(range, given, 'key')).toEqual(
      problem === undefined ? { value } : { value, problem },
    );
  });

  it('may be a fraction where that makes sense', () => {
    const { problem, value } = readWithin({ ...range, fractions: true }, 0.5, 'key');
    expect(value).toBe(1);
    expect(problem).toContain('a number from 1 to 10');
    expect(readWithin({ ...range, fractions: true }, 2.5, 'key')).toEqual({ value: 2.5 });
  });

  it('is shown in short, whatever it is', () => {
    expect(shownValue('x'.repeat(100))).toHaveLength(40);
    expect(shownValue(undefined)).toBe('undefined');
    expect(shownValue(1n)).toBe('a bigint');
    expect(shownValue(Number.NaN)).toBe('NaN');
  });
});
