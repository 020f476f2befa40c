import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactJson, exactText } from '../../../src/shared/exactJson.ts';
import { revealHidden } from '../../../src/shared/visibleText.ts';

describe('Exact JSON', () => {
  it('reads back as the same value, and hides nothing', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u202e', '\u200b', '\u00a0', '\u{e0041}', '\u2028', '\ud800', '\r\n', '❤️'),
    );
    fc.assert(
      fc.property(fc.dictionary(texts, fc.oneof(texts, fc.jsonValue())), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        for (const indent of [undefined, 2]) {
          const json = exactJson(value, indent);
          expect(JSON.parse(json)).toEqual(plain);
          expect(revealHidden(json)).toBe(json);
        }
      }),
    );
  });

  it.each([
    ['npm test', 'npm test'],
    ['say "hi" \\ é', 'say "hi" \\ é'],
    ['npm test\nrm -rf .', '"npm test\\nrm -rf ."'],
    ['npm\u200b test', '"npm\\u200b test"'],
    ['npm\u00a0test', '"npm\\u00a0test"'],
  ])('leaves a text as it is unless something of it cannot be seen: %j', (text, shown) => {
    expect(exactText(text)).toBe(shown);
  });
});
