// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { describe, expect, it } from 'vitest';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { briefs, namesAndTexts, textIn } from './reading.ts';

const parse = (text: string) => parsePromptFile(text, 'docs/a.prompts.md');

describe('a *.prompts.md', () => {
  it('has a prompt for every heading, without its notes', () => {
    const text = 'Notes\n\n# Title\n\n## One\n\n  first\n\n\nsecond  \n\n## Two\nthird\n';
    expect(namesAndTexts(text)).toEqual([
      ['One', '  first\n\n\nsecond  '],
      ['Two', 'third'],
    ]);
    expect(briefs(text)).toEqual([]);
  });

  it('gives unique ids made of file and heading', () => {
    const text = '## Sum, then ×2\na\n## sum THEN 2\nb\n## !\nc\n## Größe 合計\nd';
    expect(parse(text).prompts.map(({ id }) => id)).toEqual([
      'docs/a.prompts.md#sum-then-2',
      'docs/a.prompts.md#sum-then-2-2',
      'docs/a.prompts.md#prompt',
      'docs/a.prompts.md#größe-合計',
    ]);
  });

  it('keeps an id while an earlier prompt of the same name has no text', () => {
    expect(parse('## A\n\n## A\ntext').prompts.map(({ id }) => id)).toEqual([
      'docs/a.prompts.md#a-2',
    ]);
  });

  it("gives each prompt's range: from its heading to the end of its text", () => {
    const text = 'notes\r\n  ## One\r\n\r\nfirst\r\n\r\n## Two\r\nä𝄞b\r\n\r\n';
    expect(parse(text).prompts.map(({ range }) => range)).toEqual([
      { line: 1, column: 0, endLine: 3, endColumn: 5 },
      { line: 5, column: 0, endLine: 6, endColumn: 4 },
    ]);
  });

  it("applies front matter to all prompts, and a prompt's own comment over it", () => {
    const text = [
      '---',
      'model: m1',
      'maxTurns: 3',
      'skip: true',
      '---',
      '## One',
      'a',
      '## Two',
      '',
      '<!-- interleave',
      'model: m2',
      'skip: false',
      'tools: [x, y, x]',
      '-->',
      '',
      'b',
    ].join('\n');
    const file = parse(text);
    expect(file.diagnostics).toEqual([]);
    expect(file.prompts.map(({ text, options, skip }) => ({ text, options, skip }))).toEqual([
      { text: 'a', options: { model: 'm1', maxTurns: 3 }, skip: true },
      { text: 'b', options: { model: 'm2', maxTurns: 3, tools: ['x', 'y'] }, skip: false },
    ]);
  });

  it.each([
    '<!-- interleave skip: true -->',
    '<!--interleave skip: true-->',
    '<!-- Interleave:\nskip: true -->',
    '<!--\ninterleave\n\nskip: true\n\n-->',
    '\n\n<!-- interleave {skip: true} -->\n\n',
  ])('reads an options comment written as %j', (comment) => {
    const file = parse(`## A\n${comment}\ntext`);
    expect(file.diagnostics).toEqual([]);
    expect(file.prompts).toMatchObject([{ text: 'text', skip: true }]);
  });

  it('sends other comments unchanged', () => {
    const text = '## A\n<!-- interleaved -->\ntext';
    expect(namesAndTexts(text)).toEqual([['A', '<!-- interleaved -->\ntext']]);
    expect(briefs(text)).toEqual([]);
  });

  it('rejects options where they would have no effect', () => {
    const comment = '<!-- interleave skip: true -->';
    expect(briefs(`${comment}\n## A\ntext\n${comment}\n## B\n${comment}\n${comment}\nb`)).toEqual([
      'error misplaced-options 0:0 "<!--"',
      'error misplaced-options 3:0 "<!--"',
      'error misplaced-options 6:0 "<!--"',
    ]);
  });

  it('ignores options in a fence', () => {
    expect(briefs('## A\n```\n<!-- interleave skip: true -->\n```')).toEqual([]);
  });

  it('rejects text on the closing line of an options comment', () => {
    expect(briefs('## A\n<!-- interleave skip: true --> b\nc')).toEqual([
      'error text-after-options 1:30 " b"',
    ]);
  });

  it('reports what is never closed', () => {
    expect(briefs('---  \nmodel: m\n## A\nb')).toEqual(['error unclosed-options 0:0 "---  "']);
    expect(briefs('## A\n <!-- interleave\nskip: true\ntext\n## B\nb')).toEqual([
      'error unclosed-options 1:1 "<!--"',
    ]);
  });

  it('reports prompts without text', () => {
    const text = '## A\n\n## B\n<!-- interleave skip: true -->\n\t\n## C\nc';
    expect(briefs(text)).toEqual([
      'error empty-prompt 0:0 "## A"',
      'error empty-prompt 2:0 "## B"',
    ]);
    expect(namesAndTexts(text)).toEqual([['C', 'c']]);
  });

  it('says what to do when there are no prompts', () => {
    expect(briefs('# A\ntext')).toEqual(['error no-prompts 0:0 "# A"']);
    expect(briefs('---\nmodel: m\n---\ntext')).toEqual(['error no-prompts 3:0 "text"']);
    expect(briefs('---\nmodel: m\n---')).toEqual(['error no-prompts 2:0 "---"']);
    expect(briefs('')).toEqual(['error empty-file 0:0 ""']);
    expect(briefs(' \n\t\n')).toEqual(['error empty-file 0:0 " "']);
    expect(parse('text').diagnostics[0]?.message).toContain('"## Name"');
  });

  it('reads a thematic break below the first line as text', () => {
    expect(namesAndTexts('\n---\nmodel: m\n---\n## A\n---\nb')).toEqual([['A', '---\nb']]);
  });

  it('lists diagnostics from top to bottom', () => {
    const text = '---\nx: 1\n---\n## A\n<!-- interleave\ny: 1\n-->\n${input:}\n## B\n\n## C\n```';
    const ranges = parse(text).diagnostics.map(({ range }) => range);
    expect(ranges.map((range) => textIn(text, range))).toEqual([
      'x',
      'y',
      '${input:}',
      '## B',
      '```',
    ]);
  });
});
