import { describe, expect, it } from 'vitest';
import { endOf, visibleLine } from '../../../../media/text/visibleText.ts';

describe('visibleLine', () => {
  it('is one line, clipped', () => {
    expect(visibleLine(' a\n\n  b ', 100)).toBe('a b');
    expect(visibleLine('abcdef', 3)).toBe('abc…');
    expect(visibleLine('ab😀def', 3)).toBe('ab…');
  });

  it('hides nothing', () => {
    expect(visibleLine('a\u202eb\u{e0041}', 100)).toBe('a[U+202E]b[U+E0041]');
  });
});

describe('a text that is cut', () => {
  const astronaut = '\u{1f469}\u{1f3fd}\u200d\u{1f680}';
  it('shows no joiner of a picture of which a part is cut off', () => {
    const text = `a${astronaut}${astronaut}`;
    for (let length = 1; length < text.length; length++) {
      expect(visibleLine(text, length), `${length}`).not.toContain('U+200D');
      expect(visibleLine(endOf(text, length), 100), `the last ${length}`).not.toContain('U+200D');
    }
  });
});
