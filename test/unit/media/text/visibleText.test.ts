import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleLine, visibleText } from '../../../../media/text/visibleText.ts';

describe('visibleText', () => {
  it.each([
    ['a\u202eb', 'aU+202Eb'],
    ['a\u200bb', 'aU+200Bb'],
    ['a\u{e0041}b', 'aU+E0041b'],
    ['a\u0000\u001b[31m', 'aU+0000U+001B[31m'],
    ['a\tb\nc\r\nd', 'a\tb\nc\nd'],
    ['Zürich 東京 👍', 'Zürich 東京 👍'],
  ])('shows %j as %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('leaves nothing hidden, and nothing to do the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visibleText(text);
        expect(shown).not.toMatch(/[[\p{Cc}\p{Bidi_Control}\u200b-\u200d\ufeff]--[\n\t]]/v);
        expect(visibleText(shown)).toBe(shown);
      }),
    );
  });
});

describe('visibleLine', () => {
  it('is one line, clipped', () => {
    expect(visibleLine(' a\n\n  b ', 100)).toBe('a b');
    expect(visibleLine('abcdef', 3)).toBe('abc…');
  });
});
