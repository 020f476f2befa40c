import { describe, expect, it } from 'vitest';
import { matchPrompts } from '../../../src/cli/matchPrompts.ts';

/** `file#slug text`, the slug being the name, too; `!` in front of one that is not done. */
function prompt(line: string) {
  const [id = '', text = ''] = line.replace('!', '').split(' ');
  return { id, name: id.replace(/^.*#|-\d$/g, ''), text, isOpen: line.startsWith('!') };
}

/** What becomes of the earlier prompts, by their ids. */
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
  it('are those of the same file, name and text', () => {
    expect(match(['!a/x#p one', 'b/x#p one'], ['a/x#p one', 'b/x#p one'])).toEqual({
      ...nothing,
      same: ['a/x#p a/x#p', 'b/x#p b/x#p'],
    });
  });

  it('whose texts have changed are those of the same file and name', () => {
    expect(match(['!a/x#p one', 'b/x#p two'], ['a/x#p three', 'b/x#p four'])).toEqual({
      ...nothing,
      changed: ['a/x#p a/x#p', 'b/x#p b/x#p'],
    });
  });

  it('are found by their text where their file was moved', () => {
    expect(match(['!a/x#p one'], ['c/x#p one', 'b/x#p two'])).toEqual({
      ...nothing,
      same: ['a/x#p c/x#p'],
    });
  });

  it('with ids of an earlier version are found where one file has that name', () => {
    expect(match(['!x#p one', 'x#q two'], ['a/x#p one', 'a/x#q three'])).toEqual({
      ...nothing,
      same: ['x#p a/x#p'],
      changed: ['x#q a/x#q'],
    });
  });

  it('with ids of an earlier version are found by their text where several files have that name', () => {
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
  ])('are not guessed where %s', (_, earlier, now) => {
    expect(match(earlier, now)).toEqual({
      ...nothing,
      unclear: earlier.map((line) => prompt(line).id),
    });
  });

  it('are gone where only another file has one of that name and another text', () => {
    expect(match(['!a/x#p one'], ['b/x#p two'])).toEqual({ ...nothing, gone: ['a/x#p'] });
    expect(match(['!x#p one'], ['x#q two', 'b/x#p two'])).toEqual({ ...nothing, gone: ['x#p'] });
  });

  it('that are all open are all run where one of them is left', () => {
    expect(match(['!a/x#p one', '!a/x#p-2 two'], ['a/x#p three'])).toEqual({
      ...nothing,
      changed: ['a/x#p a/x#p'],
      gone: ['a/x#p-2'],
    });
  });
});
