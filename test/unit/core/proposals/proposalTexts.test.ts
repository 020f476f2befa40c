import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inFormOf, replaceOnce, shownText } from '../../../../src/core/proposals/editText.ts';
import { applyEdits, lineEdits, linesOf } from '../../../../src/core/proposals/lineEdits.ts';
import { mergeTexts } from '../../../../src/core/proposals/mergeTexts.ts';

const line = fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', 'd\n');
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', 'end'))
  .map(([lines, end]) => lines.join('') + end);

describe('edits of lines', () => {
  test('turn one text into the other, and never touch', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edits = lineEdits(linesOf(before), linesOf(after));
        expect(applyEdits(linesOf(before), edits).join('')).toBe(after);
        for (const [index, edit] of edits.entries()) {
          expect(edit.start).toBeGreaterThan(edits[index - 1]?.end ?? -1);
        }
      }),
    );
  });

  test('of very different texts are one edit', () => {
    const numbers = Array.from({ length: 3_000 }, (_, index) => `${index}\n`);
    const others = numbers.map((number) => `x${number}`);
    const edits = lineEdits(['same\n', ...numbers], ['same\n', ...others]);
    expect(edits).toEqual([{ start: 1, end: 3_001, lines: others }]);
  });
});

describe('merged texts', () => {
  test('hold the changes of both sides', () => {
    expect(mergeTexts('1\n2\n3\n4\n5\n', 'one\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n')).toBe(
      'one\n2\n3\n4\nfive\n',
    );
  });

  test.each([
    ['the same line', '1\n2\n3\n', '1\nx\n3\n', '1\ny\n3\n'],
    ['neighbouring lines', '1\n2\n3\n', '1\nx\n3\n', '1\n2\ny\n'],
    ['lines added at the same place', '1\n2\n', '1\nx\n2\n', '1\ny\n2\n'],
    ['a line that the other side removes', '1\n2\n3\n', '1\nx\n3\n', '1\n3\n'],
  ])('do not exist for %s', (_, base, one, other) => {
    expect(mergeTexts(base, one, other)).toBeUndefined();
  });

  test('hold a change that both sides made once', () => {
    expect(mergeTexts('1\n2\n3\n4\n', 'x\n2\n3\n4\n', 'x\n2\n3\ny\n')).toBe('x\n2\n3\ny\n');
  });

  test('are the same whichever side comes first', () => {
    fc.assert(
      fc.property(text, text, text, (base, one, other) => {
        expect(mergeTexts(base, one, other)).toBe(mergeTexts(base, other, one));
      }),
    );
  });

  test('with an unchanged side are the other side', () => {
    fc.assert(
      fc.property(text, text, (base, one) => {
        expect(mergeTexts(base, one, base)).toBe(one);
        expect(mergeTexts(base, base, one)).toBe(one);
      }),
    );
  });
});

describe('a text that is replaced', () => {
  test.each([
    [
      'with Unix line ends in a file with Windows ones',
      'a\r\nb\r\nc',
      'a\nb',
      'x\ny',
      'x\r\ny\r\nc',
    ],
    ['with Windows line ends in a file with Unix ones', 'a\nb\nc', 'b\r\nc', 'x\r\ny', 'a\nx\ny'],
    ['in a file with a byte order mark', '\uFEFFa\nb\n', 'a\n', 'x\n', '\uFEFFx\nb\n'],
    ['in a file without a final newline', 'a\nb', 'b', 'c', 'a\nc'],
    ['by nothing', 'a\r\nb\r\n', 'b\n', '', 'a\r\n'],
  ])('%s keeps the form of the file', (_, file, oldText, newText, after) => {
    expect(replaceOnce(file, oldText, newText)).toEqual({ matches: 1, text: after });
  });

  test.each([
    ['is not there', 'abc', 'x', 0],
    ['is there twice', 'x-x', 'x', 2],
    ['overlaps itself', 'aaa', 'aa', 2],
  ])('and %s is not replaced', (_, file, oldText, matches) => {
    expect(replaceOnce(file, oldText, 'new')).toEqual({ matches });
  });

  test('leaves everything else as it is, byte for byte', () => {
    fc.assert(
      fc.property(text, text, text, (before, after, newText) => {
        const file = `${before}<mark>${after}`;
        const { text: edited } = replaceOnce(file, '<mark>', newText);
        expect(edited?.startsWith(before)).toBe(true);
        expect(edited?.endsWith(after)).toBe(true);
      }),
    );
  });

  test('is found by what models are shown of it', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (file, from, length) => {
        const shown = shownText(file);
        const start = from % (shown.length + 1);
        const part = shown.slice(start, start + 1 + (length % 8));
        fc.pre(part !== '');
        const { matches, text: edited } = replaceOnce(file, part, 'NEW');
        expect(matches).toBeGreaterThan(0);
        if (matches === 1) expect(shownText(edited ?? '')).toBe(shown.replace(part, 'NEW'));
      }),
    );
  });
});

test('a whole new text takes the byte order mark and the line ends of the file', () => {
  expect(inFormOf('\uFEFFa\r\nb\r\n', 'x\ny\n')).toBe('\uFEFFx\r\ny\r\n');
  expect(inFormOf('a\nb\n', '\uFEFFx\r\ny')).toBe('x\ny');
});
