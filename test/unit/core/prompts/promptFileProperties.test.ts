// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { promptsFromSelection, promptsInRanges } from '../../../../src/core/prompts/selection.ts';
import type { TextRange } from '../../../../src/core/prompts/textRange.ts';
import { readingTools } from '../../../support/readingTools.ts';

const pieces = [
  ...[
    '\n',
    '\r\n',
    '\r',
    ' ',
    '    ',
    '\t',
    '## ',
    '##',
    '# ',
    '#',
    '```',
    '~~~',
    '`',
    '---',
    '- ',
  ],
  ...[
    '<!-- interleave',
    '<!--',
    '-->',
    'model: m',
    'skip: true',
    'tools: [a',
    ']',
    ': ',
    '*a',
    '&a ',
  ],
  ...['${file}', '${input:', '}', '"', '|', '1. ', '\uFEFF', '\0', '\ud800', '合計', '𝄞', 'x'],
];
const soup = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary' })),
    {
      maxLength: 60,
    },
  )
  .map((parts) => parts.join(''));
const anyText = fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 300 }));
const fileName = fc.constantFrom('a.prompts.md', 'a.prompt.md');

const word = fc.constantFrom(
  'sum',
  'of',
  '合計',
  'größe',
  'e\u0301',
  '##x',
  '`a`',
  '12,',
  '𝄞',
  '#',
  'हिन्दी',
);
const name = fc
  .array(word, { minLength: 1, maxLength: 5 })
  .map((words) => words.join(' '))
  .filter((text) => !/(^|\s)#+$/.test(text));
const textLine = fc
  .array(word, { minLength: 1, maxLength: 8 })
  .map((words) => `w ${words.join(' ')}`);
const fence = fc
  .record({
    mark: fc.constantFrom('`', '~'),
    length: fc.integer({ min: 3, max: 6 }),
    info: fc.constantFrom('', 'md', ' sh x'),
    inner: fc.array(
      fc.constantFrom('## not a heading', '', '<!-- open', '``', '~~', '${file}', '---'),
    ),
  })
  .map(({ mark, length, info, inner }) =>
    [mark.repeat(length) + info, ...inner, mark.repeat(length)].join('\n'),
  );
const comment = fc
  .array(fc.constantFrom('## hidden', 'text', '', '```'))
  .map((lines) => ['<!-- note', ...lines, '-->'].join('\n'));
const body = fc
  .array(
    fc.oneof(textLine, fence, comment, fc.constant('- item\n\n  more'), fc.constant('### deeper')),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .chain((blocks) => fc.constantFrom('\n', '\n\n', '\n\n\n').map((gap) => blocks.join(gap)));
const prompts = fc.array(fc.tuple(name, body), { minLength: 1, maxLength: 6 });

function sortedInside(range: TextRange, lines: readonly string[]): boolean {
  const { line, column, endLine, endColumn } = range;
  const isOrdered = line < endLine || (line === endLine && column <= endColumn);
  const isInside =
    line >= 0 &&
    column >= 0 &&
    column <= (lines[line] ?? '').length &&
    endLine < lines.length &&
    endColumn <= (lines[endLine] ?? '').length;
  return isOrdered && isInside;
}

describe('any text', () => {
  it('parses without a throw, with ordered ranges inside it and unique ids', () => {
    fc.assert(
      fc.property(anyText, fileName, (text, file) => {
        const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
        const parsed = parsePromptFile(text, file, { knownTools: readingTools(['a']) });
        const ranges = parsed.prompts.map(({ range }) => range);
        for (const range of [...ranges, ...parsed.diagnostics.map((each) => each.range)]) {
          expect(sortedInside(range, lines), JSON.stringify(range)).toBe(true);
        }
        for (const [index, range] of ranges.entries()) {
          if (index > 0) expect(range.line).toBeGreaterThan(ranges[index - 1]!.endLine);
        }
        expect(new Set(parsed.prompts.map(({ id }) => id)).size).toBe(parsed.prompts.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives prompts that have text, are well-formed and end their lines with \\n', () => {
    fc.assert(
      fc.property(anyText, fileName, (text, file) => {
        for (const prompt of parsePromptFile(text, file).prompts) {
          expect(prompt.text.trim()).not.toBe('');
          expect(prompt.text.isWellFormed()).toBe(true);
          expect(prompt.text).not.toContain('\r');
          expect(prompt.name).not.toBe('');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never loses a prompt silently: a file without prompts has an error', () => {
    fc.assert(
      fc.property(anyText, fileName, (text, file) => {
        const parsed = parsePromptFile(text, file);
        const hasError = parsed.diagnostics.some(({ severity }) => severity === 'error');
        expect(parsed.prompts.length > 0 || hasError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same prompts with every kind of line end', () => {
    fc.assert(
      fc.property(anyText, fileName, (text, file) => {
        const lines = text.split(/\r\n|\n|\r/);
        const expected = parsePromptFile(lines.join('\n'), file);
        expect(parsePromptFile(lines.join('\r\n'), file)).toEqual(expected);
        expect(parsePromptFile(lines.join('\r'), file)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('as a selection is one prompt or an error', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { prompts: found, diagnostics } = promptsFromSelection(text, {
          id: { file: 'x', slug: 'y' },
          name: 'x',
        });
        expect(found.length).toBe(diagnostics.some(({ code }) => code === 'empty-prompt') ? 0 : 1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a file of prompts', () => {
  it('is parsed back as it was written', () => {
    fc.assert(
      fc.property(prompts, fc.constantFrom('\n', '\n\n'), (written, gap) => {
        const text = `notes\n\n${written.map(([title, sent]) => `## ${title}${gap}${sent}\n`).join('\n')}`;
        const parsed = parsePromptFile(text, 'a.prompts.md');
        expect(parsed.prompts.map((prompt) => [prompt.name, prompt.text])).toEqual(written);
        expect(parsed.diagnostics).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('has one prompt at every cursor below its first heading', () => {
    fc.assert(
      fc.property(prompts, (written) => {
        const text = `notes\n${written.map(([title, sent]) => `## ${title}\n${sent}\n\n`).join('')}`;
        const parsed = parsePromptFile(text, 'a.prompts.md');
        for (const line of text.split('\n').keys()) {
          const cursor = { line, column: 0, endLine: line, endColumn: 0 };
          expect(promptsInRanges(parsed, [cursor])).toHaveLength(line === 0 ? 0 : 1);
        }
      }),
      { numRuns: 200 },
    );
  });
});
