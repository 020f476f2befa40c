import { describe, expect, it } from 'vitest';
import { matchPrompts } from '../../../src/cli/matchPrompts.ts';

/** Parses `file#slug text`. The slug is also the name. A leading `!` means not done. */
function prompt(line: string) {
  const [id = '', text = ''] = line.replace('!', '').split(' ');
  return { id, name: id.replace(/^.*#|-\d$/g, ''), text, isOpen: line.startsWith('!') };
}

/** Matches prompts and returns their ids. */
function match(earlier: readonly string[], now: readonly string[]) {
  const { same, changed, unclear, gone } = matchPrompts(earlier.map(prompt), now.map(prompt));
  const pairs = (all: typeof same) => all.map(([old, found]) => `${old.id} ${found.id}`);
  const ids = (all: typeof gone) => all.map(({ id }) => id);
  return {
    ...{ same: pairs(same), changed: pairs(changed) },
    ...{ unclear: ids(unclear), gone: ids(gone) },
  };
}

const nothing = { same: [], changed: [], unclear: [], gone: [] };

describe('prompts of an earlier result', () => {
  it('match prompts with the same file, name and text', () => {
    expect(match(['!a/x#p one', 'b/x#p one'], ['a/x#p one', 'b/x#p one'])).toEqual({
      ...nothing,
      same: ['a/x#p a/x#p', 'b/x#p b/x#p'],
    });
  });

  it('with a changed text match prompts with the same file and name', () => {
    expect(match(['!a/x#p one', 'b/x#p two'], ['a/x#p three', 'b/x#p four'])).toEqual({
      ...nothing,
      changed: ['a/x#p a/x#p', 'b/x#p b/x#p'],
    });
  });

  it('match by text when their file was moved', () => {
    expect(match(['!a/x#p one'], ['c/x#p one', 'b/x#p two'])).toEqual({
      ...nothing,
      same: ['a/x#p c/x#p'],
    });
  });

  it('with ids of an earlier version match when one file has that name', () => {
    expect(match(['!x#p one', 'x#q two'], ['a/x#p one', 'a/x#q three'])).toEqual({
      ...nothing,
      same: ['x#p a/x#p'],
      changed: ['x#q a/x#q'],
    });
  });

  it('with ids of an earlier version match by text when several files have that name', () => {
    expect(match(['!x#p one', 'x#p-2 two'], ['a/x#p two', 'b/x#p one'])).toEqual({
      ...nothing,
      same: ['x#p b/x#p', 'x#p-2 a/x#p'],
    });
  });

  it.each([
    ['the text is in several files', ['!x#p one'], ['a/x#p one', 'b/x#p one']],
    [
      'the text is in several files, of which one is done',
      ['!x#p one', 'x#p-2 one'],
      ['a/x#p one', 'b/x#p one'],
    ],
    ['several files have other texts', ['!x#p one'], ['a/x#p two', 'b/x#p three']],
    [
      'a second one was added and both have other texts',
      ['!a/x#p one'],
      ['a/x#p two', 'a/x#p-2 three'],
    ],
    ['one of two with the same text is gone', ['!a/x#p one', 'a/x#p-2 one'], ['a/x#p one']],
  ])('are unclear when %s', (_, earlier, now) => {
    expect(match(earlier, now)).toEqual({
      ...nothing,
      unclear: earlier.map((line) => prompt(line).id),
    });
  });

  it('are gone when only another file has that name, with another text', () => {
    expect(match(['!a/x#p one'], ['b/x#p two'])).toEqual({ ...nothing, gone: ['a/x#p'] });
    expect(match(['!x#p one'], ['x#q two', 'b/x#p two'])).toEqual({ ...nothing, gone: ['x#p'] });
  });

  it('that are all unfinished match the one that is left', () => {
    expect(match(['!a/x#p one', '!a/x#p-2 two'], ['a/x#p three'])).toEqual({
      ...nothing,
      changed: ['a/x#p a/x#p'],
      gone: ['a/x#p-2'],
    });
  });
});
