import { describe, expect, it } from 'vitest';
import { visibleLine } from '../../../../media/text/visibleText.ts';

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
