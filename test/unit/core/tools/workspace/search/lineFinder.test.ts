import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ToolError } from '../../../../../../src/core/tools/tool.ts';
import { createLineFinder } from '../../../../../../src/core/tools/workspace/search/lineFinder.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

function find(
  text: string,
  wanted: string,
  more: { isRegExp?: boolean; caseSensitive?: boolean } = {},
) {
  const query = { text: wanted, isRegExp: false, caseSensitive: false, ...more };
  return createLineFinder(query)(text, 1_000).map(({ line, text: shown }) => `${line}: ${shown}`);
}

describe('finding lines', () => {
  const text = 'Alpha one\nbeta (x+y)\n\nALPHA alpha\nend';

  test('reads the text literally and ignores case', () => {
    expect(find(text, 'alpha')).toEqual(['1: Alpha one', '4: ALPHA alpha']);
    expect(find(text, '(x+y)')).toEqual(['2: beta (x+y)']);
    expect(find('straße\nÉté', 'été')).toEqual(['2: Été']);
    expect(find(text, 'nothing')).toEqual([]);
  });

  test('matches case when asked to', () => {
    expect(find(text, 'alpha', { caseSensitive: true })).toEqual(['4: ALPHA alpha']);
    expect(find(text, '^alpha', { caseSensitive: true, isRegExp: true })).toEqual([]);
  });

  test('reads the text as an expression when asked to, with anchors at every line', () => {
    expect(find(text, '^alpha \\w+$', { isRegExp: true })).toEqual([
      '1: Alpha one',
      '4: ALPHA alpha',
    ]);
    expect(find(text, '^$', { isRegExp: true })).toEqual(['3: ']);
    expect(find(text, 'x*', { isRegExp: true })).toHaveLength(5);
    expect(find('a\nb\n', '', { isRegExp: true })).toEqual(['1: a', '2: b']);
  });

  test('stops at the wanted number of lines', () => {
    const finder = createLineFinder({ text: 'a', isRegExp: false, caseSensitive: true });
    expect(finder('a\n'.repeat(10), 3)).toHaveLength(3);
  });

  test('shows the part of a long line that holds the match', () => {
    const [shown = ''] = find(`${'x'.repeat(5_000)}needle${'y'.repeat(5_000)}`, 'needle');
    expect(shown).toMatch(/^1: …x+needley+…$/);
    expect(shown.length).toBe(305);
    expect(find(`needle${'y'.repeat(400)}`, 'needle')[0]).toMatch(/^1: needley+…$/);
    expect(find(`${'y'.repeat(400)}needle`, 'needle')[0]).toMatch(/^1: …y{294}needle$/);
    expect(find(`needle${'😀'.repeat(300)}`, 'needle')[0]?.isWellFormed()).toBe(true);
  });

  test.each(['(?=a)', '(?<!a)b', '(a)\\1', '(', 'a{1001}', '[z-a]', '((a{100}){100}){100}'])(
    'rejects the expression %s with a message for the model',
    (expression) => {
      expect(() => find('a', expression, { isRegExp: true })).toThrow(ToolError);
    },
  );

  test('agrees with a line-by-line search', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', '😀', ' '), maxLength: 6 });
    const lines = fc.array(line, { minLength: 1, maxLength: 12 });
    const expression = fc.constantFrom(
      'a',
      '^a',
      'b$',
      '^$',
      'a+b?',
      '\\bab',
      '(a|b) ',
      '[^a]a',
      '.a.',
    );
    fc.assert(
      fc.property(lines, expression, fc.boolean(), (all, wanted, caseSensitive) => {
        const pattern = new RegExp(wanted, caseSensitive ? 'u' : 'iu');
        // A trailing line feed does not begin a line. [^a] may match the feed before a line.
        const content = all.at(-1) === '' ? all.slice(0, -1) : all;
        fc.pre(!(wanted === '[^a]a' && content.some((one) => /^a/i.test(one))));
        const expected = content.flatMap((one, index) =>
          pattern.test(one) ? [`${index + 1}: ${one}`] : [],
        );
        expect(
          find(content.join('\n') + (content.length > 0 ? '\n' : ''), wanted, {
            isRegExp: true,
            caseSensitive,
          }),
        ).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  test('takes linear time for catastrophic expressions', () => {
    const text = `${'a'.repeat(100_000)}!`;
    for (const expression of [
      '^(a+)+$',
      '(a|a)*b',
      '(a|aa)+$',
      '(.*a){20}b',
      '(a*)*b',
      '([a-z]+)*[0-9]',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
    ]) {
      find(text, expression, { isRegExp: true, caseSensitive: true });
    }
  });
});
