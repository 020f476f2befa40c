import { describe, expect, it } from 'vitest';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { promptsFromSelection, promptsInRanges } from '../../../../src/core/prompts/selection.ts';
import { plainTemplate } from '../../../../src/core/prompts/template.ts';
import type { TextRange } from '../../../../src/core/prompts/textRange.ts';

const notes = { id: { file: 'docs/notes.md', slug: 'line-3' }, name: 'notes.md:3' };

describe('a selection', () => {
  it('is one prompt with the text unchanged, without surrounding blank lines', () => {
    expect(promptsFromSelection('\n \r\n  a\r\n\r\n## b\r  c  \n\n', notes)).toEqual({
      prompts: [
        {
          id: 'docs/notes.md#line-3',
          name: 'notes.md:3',
          text: '  a\n\n## b\n  c  ',
          template: plainTemplate('  a\n\n## b\n  c  '),
          options: {},
          range: { line: 2, column: 0, endLine: 5, endColumn: 5 },
          skip: false,
        },
      ],
      diagnostics: [],
    });
  });

  it.each(['', ' \n\t\n'])('without text (%j) is rejected', (text) => {
    expect(promptsFromSelection(text, notes)).toMatchObject({
      prompts: [],
      diagnostics: [{ severity: 'error', code: 'empty-prompt' }],
    });
  });

  it('larger than 1 MB is rejected', () => {
    expect(promptsFromSelection('ä'.repeat(500_000), notes).prompts).toHaveLength(1);
    const { prompts, diagnostics } = promptsFromSelection('ä'.repeat(500_001), notes);
    expect(prompts).toEqual([]);
    expect(diagnostics).toMatchObject([{ severity: 'error', code: 'too-large' }]);
    expect(diagnostics[0]?.message).toContain('1,000,002 bytes; the limit is 1,000,000 (1 MB)');
  });

  it('with a NUL character is rejected', () => {
    expect(promptsFromSelection('a\0', notes).diagnostics).toMatchObject([
      { code: 'nul-character' },
    ]);
  });
});

describe('the prompts in ranges', () => {
  const file = parsePromptFile('notes\n\n## A\na\n\n\n## B\nb\n## C\nc\n\n', 'a.prompts.md');
  const inRanges = (...ranges: readonly (readonly [number, number, number, number])[]) =>
    promptsInRanges(file, ranges.map(toRange))
      .map(({ name }) => name)
      .join('');
  const atCursor = (line: number, column = 0) => inRanges([line, column, line, column]);

  it('include the prompt at the cursor, also on the blank lines below its text', () => {
    const names = Array.from({ length: 12 }, (_, line) => atCursor(line) || '-').join('');
    expect(names).toBe('--AAAABBCCCC');
    expect(atCursor(2, 4)).toBe('A');
    expect(atCursor(7, 1)).toBe('B');
  });

  it('include those whose text a selection overlaps', () => {
    expect(inRanges([0, 0, 2, 0])).toBe('');
    expect(inRanges([0, 0, 2, 1])).toBe('A');
    expect(inRanges([2, 0, 6, 0])).toBe('A');
    expect(inRanges([3, 1, 6, 0])).toBe('');
    expect(inRanges([4, 0, 7, 1])).toBe('B');
    expect(inRanges([3, 0, 8, 1])).toBe('ABC');
    expect(inRanges([0, 0, 11, 0])).toBe('ABC');
  });

  it('come in file order and once, whatever the order of the ranges', () => {
    expect(inRanges([9, 0, 9, 0], [8, 0, 9, 1], [2, 0, 2, 0])).toBe('AC');
    expect(inRanges()).toBe('');
  });

  it('are the one prompt of a *.prompt.md wherever the cursor is', () => {
    const one = parsePromptFile('---\nmodel: m\n---\n\ntext\n', 'a.prompt.md');
    for (const line of [0, 3, 4, 5]) {
      expect(promptsInRanges(one, [toRange([line, 0, line, 0])])).toHaveLength(1);
    }
  });
});

function toRange([line, column, endLine, endColumn]: readonly [
  number,
  number,
  number,
  number,
]): TextRange {
  return { line, column, endLine, endColumn };
}
