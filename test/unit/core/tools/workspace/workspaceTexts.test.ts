import { describe, expect, it } from 'vitest';
import { UnusableFileError } from '../../../../../src/core/base/unusableFile.ts';
import { defaultToolLimits, type ToolLimits } from '../../../../../src/core/tools/toolLimits.ts';
import {
  formatLines,
  type LineRange,
} from '../../../../../src/core/tools/workspace/fileLinesText.ts';
import { LeftOutCounter, leftOutNote } from '../../../../../src/core/tools/workspace/leftOut.ts';
import { fileError, isMissing } from '../../../../../src/core/tools/workspace/workspaceErrors.ts';

const everything: LineRange = {
  ...{ startLine: 1, endLine: Number.POSITIVE_INFINITY },
  ...{ startColumn: 1, endColumn: Number.POSITIVE_INFINITY },
};

function read(text: string, range: Partial<LineRange> = {}, limits: Partial<ToolLimits> = {}) {
  const file = { path: 'a', text, bytes: Buffer.byteLength(text), isCut: false };
  return formatLines(file, { ...everything, ...range }, { ...defaultToolLimits, ...limits });
}

describe('the lines of a file', () => {
  const text = 'one\ntwo\nthree\nfour\n';

  it.each<[string, Partial<LineRange>, string]>([
    ['all', {}, 'one\ntwo\nthree\nfour'],
    ['from one on', { startLine: 3 }, 'three\nfour\n\n[Lines 3 to 4 of 4.]'],
    ['up to one', { endLine: 2 }, 'one\ntwo\n\n[Lines 1 to 2 of 4.]'],
    ['a single one', { startLine: 2, endLine: 2 }, 'two\n\n[Lines 2 to 2 of 4.]'],
    ['beyond the end', { endLine: 99 }, 'one\ntwo\nthree\nfour'],
    [
      'a part of one',
      { startLine: 3, endLine: 3, startColumn: 2, endColumn: 4 },
      'hre\n\n[From column 2 of line 3. To column 4 of 5 in line 3. Lines 3 to 3 of 4.]',
    ],
    [
      'a part at the end',
      { startLine: 4, startColumn: 3 },
      'ur\n\n[From column 3 of line 4. Lines 4 to 4 of 4.]',
    ],
    [
      'to the last column',
      { startLine: 4, endLine: 4, endColumn: 4 },
      'four\n\n[Lines 4 to 4 of 4.]',
    ],
  ])('%s', (_, range, shown) => {
    expect(read(text, range)).toBe(shown);
  });

  it.each<[string, Partial<LineRange>, string]>([
    [
      'behind the last line',
      { startLine: 5 },
      'The file has 4 lines; startLine is behind the last.',
    ],
    [
      'behind the last column',
      { startColumn: 4 },
      'Line 1 has 3 characters; startColumn is behind the last.',
    ],
  ])('%s is refused with what there is', (_, range, message) => {
    expect(() => read(text, range)).toThrow(message);
  });

  it('may be empty', () => {
    expect(read('')).toBe('The file is empty.');
    expect(read('\n')).toBe('');
    expect(read('a\n\nb', { startLine: 2, endLine: 2 })).toBe('\n\n[Lines 2 to 2 of 3.]');
    expect(() => read('\n', { startColumn: 2 })).toThrow('Line 1 has 0 characters');
  });

  it('that do not fit say how to go on', () => {
    expect(read(text, {}, { fileLines: 2 })).toBe(
      'one\ntwo\n\n[Lines 1 to 2 of 4. Go on with startLine 3.]',
    );
    expect(read(text, {}, { resultLength: 8 })).toBe(
      'one\ntwo\n\n[Lines 1 to 2 of 4. Go on with startLine 3.]',
    );
    expect(read(text, { endLine: 3 }, { resultLength: 8 })).toContain('Go on with startLine 3.');
  });

  it('of which one is too long is shown in parts', () => {
    const long = `${'a'.repeat(1_500)}\nb`;
    expect(read(long, { startColumn: 11 }, { resultLength: 10 })).toBe(
      [
        `${'a'.repeat(10)}\n\n[Line 1 has 1,500 characters: 11 to 20 are shown, 1,480 are left.`,
        'Go on with startLine 1 and startColumn 21, or find the place with search_text.]',
      ].join(' '),
    );
  });
});

describe('what is left out', () => {
  it('is counted by its reason, in words', () => {
    expect(leftOutNote({})).toBe('');
    expect(leftOutNote({ link: 1 })).toBe('1 link left out.');
    expect(leftOutNote({ link: 0, 'special file': 2 })).toBe('2 special files left out.');
    expect(leftOutNote({ link: 1, 'protected file': 3, 'missing folder': 1 })).toBe(
      '3 protected files, 1 link and 1 missing folder left out.',
    );
  });

  it('counts where it was asked for, and folders in any case', () => {
    const counter = new LeftOutCounter();
    const count = counter.below('src', (_, relative) => relative.endsWith('.ts'));
    count({ path: 'src/a/x.ts', reason: 'link' });
    count({ path: 'src/a/x.js', reason: 'link' });
    count({ path: 'src/.git', reason: 'protected folder' });
    counter.add('link');
    expect(counter.counts).toEqual({ link: 2, 'protected folder': 1 });
  });
});

describe('an error of the file system', () => {
  const error = (code: string) => Object.assign(new Error('open /home/me/x'), { code });
  const textOf = (thrown: unknown, requested = 'a/b') =>
    (fileError(thrown, requested) as Error).message;

  it.each([
    ['ENOENT', '"a/b" does not exist in the workspace. list_files shows what does.'],
    ['ENOTDIR', '"a/b" does not exist in the workspace. list_files shows what does.'],
    ['EACCES', '"a/b" may not be read by this user.'],
    ['EPERM', '"a/b" may not be read by this user.'],
    ['ELOOP', '"a/b" is a link that leads in a circle or has just changed.'],
    ['ENAMETOOLONG', '"a/b" is too long a path.'],
    ['EISDIR', '"a/b" is a folder. list_files shows what is in it.'],
    ['EIO', '"a/b" could not be read (EIO).'],
  ])('%s is told without the paths of this machine', (code, text) => {
    expect(textOf(error(code))).toBe(text);
  });

  it('says what is wrong with a path of Windows', () => {
    expect(textOf(error('ENOENT'), 'a\\b')).toContain('Put / between folders.');
  });

  it('is told from others', () => {
    const other = new Error('x');
    expect(fileError(other, 'a')).toBe(other);
    expect(textOf(new UnusableFileError('special'))).toContain('changed while it was being opened');
    expect(isMissing(error('ENOENT'))).toBe(true);
    expect(isMissing(fileError(error('ENOTDIR'), 'a'))).toBe(true);
    expect(isMissing(error('EACCES'))).toBe(false);
    expect(isMissing('ENOENT')).toBe(false);
  });
});
