import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clipEnd, clipMiddle, sliceWhole, visibleText } from '../../../../src/core/base/text.ts';

/** Text with many characters that `visibleText` must handle. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x9b',
        '\x9d',
        '[',
        ']',
        '31m',
        ';',
        '\x07',
        '\x1b\\',
      ),
      fc.constantFrom('\n', '\r', '\r\n', '\t', '\0', '\x85', '\u2028', ' ', '0', 'A', '~'),
      fc.constantFrom('\u202e', '\u2066', '\u200b', '\u200d', '\ufeff', '\u{e0041}', '\u{e01ef}'),
      fc.constantFrom('\ud800', '\udc00', '😀', 'é', '[U+202E]'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((pieces) => pieces.join(''));

/** The text without the characters that `revealHidden` keeps; its own test says where. */
function withoutKept(text: string): string {
  return text.replaceAll(
    /\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/gu,
    '',
  );
}

const hidden = /[\p{Cf}\p{Zl}\p{Zp}\u{e0000}-\u{e0fff}]|(?![\n\t])\p{Cc}/u;

describe('visibleText', () => {
  test.each([
    ['a colour', 'a \x1b[31;1mred\x1b[0m b', 'a red b'],
    ['an eight-bit colour', 'a \x9b31mred', 'a red'],
    ['a cursor movement', '\x1b[2J\x1b[1;1Hx', 'x'],
    ['a terminal link', '\x1b]8;;http://evil.test\x07text\x1b]8;;\x1b\\', 'text'],
    ['a character set switch', '\x1b(Bx', 'x'],
    ['a lone escape', 'a\x1b', 'a[U+001B]'],
    ['NUL and bell', '\0\x07', '[U+0000][U+0007]'],
    ['a C1 control', 'a\x85b', 'a[U+0085]b'],
    ['a lone carriage return', 'safe\rforged', 'safe[U+000D]forged'],
    ['bidirectional controls', 'a\u202eb\u2066', 'a[U+202E]b[U+2066]'],
    ['zero-width characters', 'a\u200bb\u200d\ufeff\u2060', 'a[U+200B]b[U+200D][U+FEFF][U+2060]'],
    ['tag characters', '\u{e0041}\u{e007f}', '[U+E0041][U+E007F]'],
    ['variation selectors that smuggle bytes', 'a\u{e0100}\ufe01', 'a[U+E0100][U+FE01]'],
    ['line and paragraph separators', 'a\u2028b\u2029', 'a[U+2028]b[U+2029]'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
  ])('handles %s', (_, text, expected) => {
    expect(visibleText(text)).toBe(expected);
  });

  test('leaves ordinary text unchanged in any script', () => {
    const text = 'Zażółć\tgęślą — 日本語 عربى עברית 😀 ❤️ <b>&amp;</b>';
    expect(visibleText(text)).toBe(text);
  });

  test('returns one line unless newlines are kept', () => {
    expect(visibleText('a\r\nb\nc')).toBe('a⏎b⏎c');
    expect(visibleText('a\r\nb\nc', { keepNewlines: true })).toBe('a\nb\nc');
  });

  test('hides no line behind a string sequence with a distant end', () => {
    expect(visibleText('\x1b]0;a\nimportant\x07', { keepNewlines: true })).toContain('important');
  });

  test('leaves nothing hidden and is idempotent', () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, keepNewlines) => {
        const visible = visibleText(text, { keepNewlines });
        expect(withoutKept(visible)).not.toMatch(hidden);
        expect(visible.isWellFormed()).toBe(true);
        if (!keepNewlines) expect(visible).not.toContain('\n');
        expect(visibleText(visible, { keepNewlines })).toBe(visible);
      }),
      { numRuns: 5_000 },
    );
  });

  test('runs in linear time', () => {
    // Quadratic time would take minutes.
    for (const start of ['\x1b[', '\x1b]', '\x9b', '\x1b[0', '\r', '\u202e']) {
      expect(visibleText(start.repeat(300_000)).length).toBeGreaterThanOrEqual(0);
      expect(visibleText(start + '0;'.repeat(300_000)).length).toBeGreaterThan(0);
    }
  });
});

const anyUnits = fc.string({ unit: 'binary', maxLength: 400 });

describe('clipMiddle', () => {
  test('keeps both ends and says how much it removed', () => {
    const clipped = clipMiddle(`begin${'x'.repeat(10_000)}end`, 100);
    expect(clipped).toMatch(/^beginx+\n\[… 9,\d{3} characters left out …\]\nx+end$/);
  });

  test('accounts for every character', () => {
    const text = Array.from({ length: 5_000 }, (_, index) => index % 10).join('');
    const [, head = '', left = '', tail = ''] =
      /^(\d+)\n\[… ([\d,]+) characters left out …\]\n(\d+)$/.exec(clipMiddle(text, 500)) ?? [];
    expect(head.length + Number(left.replace(',', '')) + tail.length).toBe(text.length);
    expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
  });

  test('never grows, splits no character and is idempotent', () => {
    fc.assert(
      fc.property(anyUnits, fc.nat(300), (text, max) => {
        const clipped = clipMiddle(text, max);
        expect(clipped.length).toBeLessThanOrEqual(Math.max(max, 0));
        expect(clipped.isWellFormed()).toBe(true);
        expect(clipMiddle(clipped, max)).toBe(clipped);
        if (text.length <= max) expect(clipped).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('clipEnd', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['a😀b', 3, 'a…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('clips %j to %i as %j', (text, max, expected) => {
    expect(clipEnd(text, max)).toBe(expected);
  });

  test('never grows, splits no character and is idempotent', () => {
    fc.assert(
      fc.property(anyUnits, fc.nat(300), (text, max) => {
        const clipped = clipEnd(text, max);
        expect(clipped.length).toBeLessThanOrEqual(max);
        expect(clipped.isWellFormed()).toBe(true);
        expect(clipEnd(clipped, max)).toBe(clipped);
      }),
      { numRuns: 3_000 },
    );
  });
});

test('sliceWhole leaves out a character that an end would split', () => {
  expect(sliceWhole('a😀b😀c', 2, 5)).toBe('b');
  expect(sliceWhole('a😀b', 1, 3)).toBe('😀');
  expect(sliceWhole('ab', 0, 99)).toBe('ab');
});
