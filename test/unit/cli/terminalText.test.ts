import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalJson, terminalText } from '../../../src/cli/terminalText.ts';

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\x1b',
        '[',
        '31m',
        '\x9b',
        '\x9d',
        '\x07',
        '\r',
        '\n',
        '\t',
        '\x7f',
        '\u2028',
      ),
      fc.constantFrom('\u200c', '\u200d', '\u202e', '\u{e0041}', '\ud800', '"', '\\', '\\u202e'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((pieces) => pieces.join(''));

describe('text for a terminal', () => {
  it('contains no control characters, whatever the input', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const shown = terminalText(text);
        expect(shown.replaceAll(/[\n\t\u200c\u200d]/g, '')).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
        );
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });

  it.each([
    ['an emoji of several', '👩‍👩‍👧 and 🏳️‍🌈'],
    ['Persian', 'می‌خواهم'],
    ['Hindi', 'क्‍ष'],
    ['lines and tabs', 'a\n\tb\n'],
  ])('keeps %s', (_, text) => {
    expect(terminalText(text)).toBe(text);
  });
});

describe('JSON for a terminal', () => {
  it('keeps its meaning and contains no control characters', () => {
    fc.assert(
      fc.property(nasty, nasty, (key, value) => {
        const data = { [`-${key}`]: [value] };
        const json = terminalJson(JSON.stringify(data, null, 2));
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(json)).toEqual(data);
      }),
    );
  });
});
