import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inertMarkdown, plainLines, plainText } from '../../../src/host/plainText.ts';
import { hostileTexts } from '../../support/hostileText.ts';
import { hostileWindowTexts } from '../../support/hostileWindowText.ts';

/** VS Code's pattern for links in notifications and questions. */
const link = /\[([^\]]+)\]\(([^)\s]+)(?: (["'])(.+?)(\3))?\)/;
const hidden = /\p{Bidi_Control}|[\u200b\ufeff\u2028\u2029]|[\u{e0000}-\u{e007f}]/u;
const corpus = [...hostileWindowTexts('http://127.0.0.1:1'), ...hostileTexts];

function expectPlain(shown: string): void {
  expect(shown).not.toMatch(link);
  expect(shown).not.toContain('](');
  expect(shown).not.toContain('$(');
  expect(shown).not.toMatch(hidden);
  expect(shown).not.toMatch(/(?![\n\t])\p{Cc}/u);
}

describe('plainText', () => {
  it('is tested with many links', () => {
    expect(hostileWindowTexts('http://127.0.0.1:1').length).toBeGreaterThanOrEqual(500);
    expect(corpus.filter((text) => link.test(text)).length).toBeGreaterThan(150);
  });

  it.each([
    ['a link', '[Sign in again](command:run?x)', '[Sign in again] (command:run?x)'],
    ['an icon', '$(gear) Done', '$ (gear) Done'],
    ['a link with a hidden character inside', '[a]\u200b(command:x)', '[a][U+200B] (command:x)'],
    ['a link with an escape sequence inside', '[a]\u001b[0m(command:x)', '[a] (command:x)'],
    ['brackets of a hidden character', '\u202e(http://x)', '[U+202E] (http://x)'],
    ['several lines', ' one\r\n\ttwo  three ', 'one two three'],
    ['ordinary words', 'Rate limit: 429 (try [later])', 'Rate limit: 429 (try [later])'],
    ['other scripts and emoji', 'می‌خواهم 👩🏽‍🚀', 'می‌خواهم 👩🏽‍🚀'],
  ])('shows %s as text', (_what, text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  it('clips the text and does not process the rest', () => {
    expect(plainText('x'.repeat(400))).toHaveLength(300);
    expect(plainText('abcdef', 4)).toBe('abc…');
    expect(plainText('x'.repeat(50_000_000), 10)).toBe('xxxxxxxxx…');
  });

  it('keeps newlines in plainLines', () => {
    expect(plainLines('one\r\n[a](command:x)\n$(gear)')).toBe('one\n[a] (command:x)\n$ (gear)');
  });

  it.each([
    ['one line', (text: string) => plainText(text)],
    ['one short line', (text: string) => plainText(text, 20)],
    ['several lines', (text: string) => plainLines(text)],
  ])('leaves no link, icon or hidden character in 700 hostile texts, as %s', (_what, plain) => {
    for (const text of corpus) {
      const shown = plain(text);
      expectPlain(shown);
      expect(plain(shown)).toBe(shown);
    }
  });

  it('leaves none in random combinations of the parts of links and icons', () => {
    const piece = fc.constantFrom(
      ...['[', ']', '(', ')', '$', '](', '$(', '\\', 'command:x', 'gear', ' ', '"t"', '\n', '\t'],
      ...['\u200b', '\u202e', '\u001b', '\u001b[0m', '\0', '\u200d', '😀', '\ud800', '\ufeff', 'م'],
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 1, max: 60 }),
        (parts, max) => {
          const text = parts.join('');
          for (const plain of [plainText, plainLines]) {
            const shown = plain(text, max);
            expectPlain(shown);
            expect(shown.length).toBeLessThanOrEqual(max);
            expect(plain(shown, max)).toBe(shown);
          }
          // Joining plain texts can form a link, so the result is made plain again.
          expectPlain(plainText(plainText(`${text}`) + plainText(text)));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('inertMarkdown', () => {
  it.each([
    ['[a](command:evil)', '[a](command: evil)'],
    ['[a](<COMMAND:evil>)', '[a](<COMMAND: evil>)'],
    ['[a]: command:evil?x', '[a]: command: evil?x'],
    ['<command:evil>', '<command: evil>'],
    ['command:command:evil', 'command: command: evil'],
    ['Run this command: `ls`', 'Run this command: `ls`'],
    ['[a](https://example.com)\n\n# B', '[a](https://example.com)\n\n# B'],
    ['x\u202e', 'x[U+202E]'],
  ])('turns %j into %j', (markdown, inert) => {
    expect(inertMarkdown(markdown)).toBe(inert);
    expect(inertMarkdown(inert)).toBe(inert);
  });
});
