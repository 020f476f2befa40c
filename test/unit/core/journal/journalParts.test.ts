import { describe, expect, it } from 'vitest';
import { UnusableFileError } from '../../../../src/core/base/unusableFile.ts';
import {
  JournalFailure,
  journalLarge,
  limitFailure,
  lockLost,
  openFailure,
  readFailure,
  unwritable,
  unwritableRecord,
  writeFailure,
} from '../../../../src/core/journal/journalFailure.ts';
import { withoutPrompts, withPrompts } from '../../../../src/core/journal/record/promptTexts.ts';
import { SharedTexts, withSharedTexts } from '../../../../src/core/journal/record/sharedTexts.ts';
import { runFolder } from '../../../../src/core/journal/runFolder.ts';
import { SlowWrites } from '../../../../src/core/journal/write/slowWrites.ts';

const keep = <T>(value: T): T => value;

describe('prompts in a definition', () => {
  const long = 'x'.repeat(32);
  const prompts = ['short', long, '\u0000odd'];

  it('are stored once, and come back', () => {
    const definition = {
      title: 'short',
      prompts: [{ text: 'short' }, { text: long }, { text: '\u0000odd' }],
      system: long,
      other: ['\u0000other', '\u0000=x', 'x'.repeat(31), null, 5],
    };
    const stored = withoutPrompts(definition, prompts, keep as never);
    expect(JSON.stringify(stored)).not.toContain(long);
    // A short text may equal a prompt by chance.
    expect(stored).toMatchObject({ title: 'short', prompts: [{ text: '\u00000' }, {}, {}] });
    expect(withPrompts(stored, prompts)).toEqual(definition);
  });

  it('are empty where they are lost', () => {
    const stored = withoutPrompts({ text: long }, prompts, keep as never);
    expect(withPrompts(stored, ['short'])).toEqual({ text: '' });
  });
});

describe('the long texts of a record', () => {
  const long = 'x'.repeat(256);

  it('are in its table, each once', () => {
    const texts = new SharedTexts();
    const shared = ['x'.repeat(255), long, `${long}y`, long, '\u0000', ''].map((text) =>
      texts.share(text),
    );
    expect(shared).toEqual(['x'.repeat(255), '\u00000', '\u00001', '\u00000', '\u00002', '']);
    expect(texts.table).toEqual([long, `${long}y`, '\u0000']);
    const body = { a: shared, b: { c: [{ d: shared[1] }] } };
    expect(withSharedTexts(body, texts.table)).toEqual({
      a: ['x'.repeat(255), long, `${long}y`, long, '\u0000', ''],
      b: { c: [{ d: long }] },
    });
  });

  it.each([
    ['a reference without a text', { a: '\u00001' }, ['x']],
    ['a nested one', { a: [{ b: '\u0000z' }] }, ['x']],
    ['a table that is no list', { a: 'x' }, 'x'],
    ['a table with something else', { a: 'x' }, ['x', 1]],
  ])('are not readable with %s', (_, body, table) => {
    expect(withSharedTexts(body, table)).toBeUndefined();
  });

  it('may be in a field of any name', () => {
    const body = JSON.parse('{"__proto__":"\\u00000"}');
    const read = withSharedTexts(body, ['text']);
    expect(Object.getOwnPropertyDescriptor(read, '__proto__')?.value).toBe('text');
    expect(Object.keys(read ?? {})).toEqual(['__proto__']);
  });
});

describe('a slow disk', () => {
  it.each([
    ['one write within its time', [[0, 50]], 60, false],
    [
      'writes that are slow together',
      [
        [0, 100],
        [100, 201],
      ],
      202,
      true,
    ],
    [
      'slow writes up to the max',
      [
        [0, 100],
        [100, 200],
      ],
      201,
      false,
    ],
    [
      'many writes within their time',
      Array.from({ length: 9 }, (_, n) => [n * 50, n * 50 + 50]),
      460,
      false,
    ],
    ['one very slow write', [[0, 201]], 202, true],
    [
      'one more slow write after a minute',
      [
        [0, 150],
        [60_000, 60_149],
      ],
      60_150,
      true,
    ],
    [
      'one more slow write later',
      [
        [0, 150],
        [60_001, 60_150],
      ],
      60_151,
      false,
    ],
  ])('is known after %s: %s', (_, writes, nowMs, isSlow) => {
    const slow = new SlowWrites();
    for (const [startMs = 0, endMs = 0] of writes) slow.note(startMs, endMs);
    expect(slow.isSlow(nowMs)).toBe(isSlow);
  });

  it('is forgotten after a minute, with what made it slow', () => {
    const slow = new SlowWrites();
    slow.note(0, 300);
    expect([slow.isSlow(60_299), slow.isSlow(60_300)]).toEqual([true, false]);
    slow.note(60_300, 60_400);
    expect(slow.isSlow(60_401)).toBe(false);
  });
});

describe('a failure of a journal', () => {
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });

  it.each([
    [
      writeFailure(full, '/r'),
      'disk_full',
      false,
      'This run cannot be saved: the disk is full. Free some space. The run continues as soon as that is fixed. (/r)',
    ],
    [
      openFailure(full, '/r'),
      'disk_full',
      true,
      'This run cannot be saved: the disk is full. Free some space. (/r)',
    ],
    [
      readFailure(full, '/r'),
      'disk_full',
      true,
      'This run cannot be read: the disk is full. Free some space. (/r)',
    ],
    [
      readFailure(new UnusableFileError('folder'), '/r'),
      'unavailable',
      true,
      'This run cannot be read: a file of it is a folder. (/r)',
    ],
    [
      readFailure(new Error('odd.'), '/r'),
      'io',
      true,
      'This run cannot be read: odd. Check the disk. (/r)',
    ],
    [
      unwritable(new Error('a cycle')),
      'unwritable',
      true,
      'This run is no longer saved: something in it cannot be written down (a cycle). Export the results now.',
    ],
    [
      lockLost(),
      'lock_lost',
      true,
      'This run is no longer saved: another window or process has taken it over, or its folder was removed. Export the results now, or go on in the other window.',
    ],
  ])('%# says what happened and what to do', (failure, kind, final, message) => {
    expect(failure).toMatchObject({ kind, final, message });
  });

  it('keeps the code of the system, and is not wrapped twice', () => {
    const failure = writeFailure(full, '/r');
    expect(failure.code).toBe('ENOSPC');
    expect(readFailure(failure, '/other')).toBe(failure);
    expect(new JournalFailure('missing', 'x').code).toBeUndefined();
    expect(unwritableRecord(new Error('a cycle')).message).toBe(
      'something in this conversation cannot be written down (a cycle). Run it again.',
    );
  });

  const limits = { stopBytes: 1_000_000, bufferBytes: 64_000 } as never;

  it.each([
    [1_000_000, 64_000, undefined],
    [1_000_001, 64_000, /its record has reached the limit of 1 MB\. Start the prompts/],
    [1_000_000, 64_001, /the disk has failed for so long that more than 64 KB are waiting/],
  ])('of %i bytes with %i waiting', (bytes, waiting, message) => {
    const failure = limitFailure(limits, { bytes, waiting });
    if (message === undefined) expect(failure).toBeUndefined();
    else expect(failure?.message).toMatch(message);
  });

  it('is announced when a journal is large', () => {
    expect(journalLarge(12_400_000)).toMatch(
      /has grown to 12 MB\. .*start further prompts as a new run/,
    );
  });
});

describe('the folder of a run', () => {
  it('has its files below it', () => {
    const id = '01M8NBKA3F8GMSE5K7V9CRKNS8';
    const { path, runId, ...files } = runFolder('/root', id);
    expect([runId, path.replaceAll('\\', '/')]).toEqual([id, `/root/${id}`]);
    const names = Object.values(files).map((file) =>
      file.replaceAll('\\', '/').slice(path.length + 1),
    );
    expect(names).toEqual(['journal.jsonl', 'journal.corrupt', 'lock', 'blobs', 'summary.json']);
  });

  it.each(['', '../x', 'x'.repeat(26), '01m8nbka3f8gmse5k7v9crkns8'])('is none for %j', (id) => {
    expect(() => runFolder('/root', id)).toThrow(/is not the id of a run\. An id has 26 letters/);
  });
});
