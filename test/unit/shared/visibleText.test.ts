import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revealHidden } from '../../../src/shared/visibleText.ts';

const tags = (text: string): string =>
  [...text].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');

describe('revealHidden', () => {
  it.each([
    ['a bidirectional override', 'if (a\u202e) {', 'if (a[U+202E]) {'],
    ['bidirectional isolates', '\u2066x\u2069', '[U+2066]x[U+2069]'],
    ['marks of direction', 'a\u200e\u200f\u061cb', 'a[U+200E][U+200F][U+061C]b'],
    ['zero-width characters', 'pass\u200bword\ufeff', 'pass[U+200B]word[U+FEFF]'],
    ['tag characters', `ok${tags('rm')}`, 'ok[U+E0072][U+E006D]'],
    ['tag characters behind a flag', `🏴${tags('rm')}\u{e007f}`, '🏴[U+E0072][U+E006D][U+E007F]'],
    ['selectors that smuggle bytes', '😀\u{e0101}\ufe01', '😀[U+E0101][U+FE01]'],
    ['a selector of a letter', 'a\ufe0f', 'a[U+FE0F]'],
    ['a selector of a digit', '1\ufe0f2', '1[U+FE0F]2'],
    ['a second selector', '❤\ufe0f\ufe0f', '❤\ufe0f[U+FE0F]'],
    ['a joiner between Latin letters', 'ad\u200dmin\u200c', 'ad[U+200D]min[U+200C]'],
    ['a joiner with an emoji on one side', '😀\u200d', '😀[U+200D]'],
    ['two joiners in a Persian word', 'می\u200c\u200cخ', 'می[U+200C][U+200C]خ'],
    ['blank letters', '\u3164\u115f\uffa0', '[U+3164][U+115F][U+FFA0]'],
    ['controls', 'a\0\u001b[31m\r', 'a[U+0000][U+001B][31m[U+000D]'],
    ['separators', 'a\u2028b\u2029', 'a[U+2028]b[U+2029]'],
    ['half a pair', 'a\ud83d', 'a\ufffd'],
  ])('spells out %s', (_what, text, shown) => {
    expect(revealHidden(text)).toBe(shown);
  });

  it.each([
    ['lines and tabs', 'a\tb\nc'],
    ['emoji of several people', '👨‍👩‍👧‍👦 👩🏽‍🚀 🧑🏻‍❤️‍💋‍🧑🏿 🏃‍♀️‍➡️'],
    ['emoji of several things', '❤️‍🔥 ⛓️‍💥 🐦‍⬛ 🏳️‍🌈 🏳️‍⚧️'],
    ['selectors of pictures', '☺︎ ☺️ ©️ 1️⃣ #️⃣'],
    ['the flags that are spelled with tags', `🏴${tags('gbsct')}\u{e007f}`],
    ['Persian', 'می‌خواهم کتاب‌ها را بخوانم، ه‍.ش'],
    ['Persian with a joiner at the end of a word', 'می\u200c خواهم'],
    ['marks that keep punctuation in place', 'א\u200f! \u200eא م\u061c'],
    ['breaks of lines in Khmer and Thai', 'ភាសា\u200bខ្មែរ ภาษา\u200bไทย'],
    ['Hindi, Bengali, Sinhala and Malayalam', 'क्‍ष र‍्य ක්‍ර ന്‍ ക്‍ഷ'],
    ['Arabic signs of numbers', '\u0600١٢ \u06dd'],
    ['other scripts', 'Zażółć gęślą — 日本語 עברית'],
  ])('leaves %s as they are written', (_what, text) => {
    expect(revealHidden(text)).toBe(text);
  });

  it('keeps Windows line breaks as line feeds', () => {
    expect(revealHidden('a\r\nb')).toBe('a\nb');
  });

  it('is idempotent and leaves no bidirectional characters', () => {
    const nasty = fc.constantFrom(
      ...['\u200c', '\u200d', '\ufe0f', '\u202e', '\u180e', '\u180b', '\u17b4', '\u0640', '\n'],
      ...['م', 'क', '्', 'ക', 'ᠠ', 'ក', '😀', '❤', '🏽', '🏴', '1', '\u20e3', 'a', '\ud800'],
      ...[tags('gbeng'), '\u{e007f}', '\u{e0100}', '\ufe00', '\u3164'],
    );
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 12 }), (pieces) => {
        const shown = revealHidden(pieces.join(''));
        expect(revealHidden(shown)).toBe(shown);
        expect(shown).not.toMatch(/\p{Bidi_Control}|[\u200b\ufeff]|(?![\n\t])\p{Cc}/u);
        expect(shown.isWellFormed()).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
