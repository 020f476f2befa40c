import { describe, expect, it } from 'vitest';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { plainTemplate } from '../../../../src/core/prompts/template.ts';
import { readingTools } from '../../../support/readingTools.ts';
import { briefs } from './reading.ts';

const parse = (text: string, knownTools?: readonly string[]) =>
  parsePromptFile(
    text,
    '.github/Code Review.prompt.md',
    knownTools ? { knownTools: readingTools(knownTools) } : {},
  );
const header = (yaml: string) => `---\n${yaml}\n---\ntext`;

describe('a *.prompt.md', () => {
  it('is one prompt, including its headings, named after its file', () => {
    expect(parse('\n# Title\n\n## A\ntext\n\n').prompts).toEqual([
      {
        id: '.github/Code Review.prompt.md#code-review',
        name: 'Code Review',
        text: '# Title\n\n## A\ntext',
        template: plainTemplate('# Title\n\n## A\ntext'),
        options: {},
        range: { line: 0, column: 0, endLine: 4, endColumn: 4 },
        skip: false,
      },
    ]);
  });

  it("reads name, model and tools from VS Code's header", () => {
    const file = parse(
      header('name: My review\ndescription: x\nargument-hint: y\nmodel: m-1\ntools: [a, b]'),
    );
    expect(file.diagnostics).toEqual([]);
    expect(file.prompts).toMatchObject([
      {
        id: '.github/Code Review.prompt.md#my-review',
        name: 'My review',
        options: { model: 'm-1', tools: ['a', 'b'] },
      },
    ]);
  });

  it('lets the comment at the start of the text override the header', () => {
    const comment = '<!-- interleave\nmodel: m-2\neffort: low\nskip: true\n-->';
    const file = parse(`---\nmodel: m-1\ntools: a, b\n---\n\n${comment}\n\ntext`);
    expect(file.prompts).toMatchObject([
      { text: 'text', skip: true, options: { model: 'm-2', effort: 'low', tools: ['a', 'b'] } },
    ]);
  });

  it.each([
    ['model: GPT-5 mini', 'information no-effect 1:7 "GPT-5 mini"'],
    ['model: "Opus (copilot)"', 'information no-effect 1:7 "\\"Opus (copilot)\\""'],
    ['model: [a, b]', 'information no-effect 1:7 "[a, b]"'],
    ['model:', 'information no-effect 1:0 "model"'],
    ['agent: ask', 'information no-effect 1:0 "agent"'],
    ['mode: agent', 'information no-effect 1:0 "mode"'],
    ['name: 5', 'information no-effect 1:6 "5"'],
    ['tools: {a: 1}', 'information no-effect 1:8 "a"'],
    ['effort: low', 'warning options-in-header 1:0 "effort"'],
    ['skip: true', 'warning options-in-header 1:0 "skip"'],
    ['colour: red', 'warning unknown-option 1:0 "colour"'],
    ['repeat: 3', 'warning options-in-header 1:0 "repeat"'],
    ['expect: 3', 'error not-supported 1:0 "expect"'],
    ['description: b: c', 'warning invalid-yaml 1:13 "b"'],
  ])('reports what happens to %j in the header', (yaml, expected) => {
    expect(briefs(header(yaml), 'x.prompt.md')).toEqual([expected]);
    expect(parse(header(yaml)).prompts).toMatchObject([{ options: {}, skip: false }]);
  });

  it('ignores unknown tools in the header and rejects them in the comment', () => {
    const text = '---\ntools: [search, sum]\n---\n<!-- interleave\ntools: sum, sun\n-->\ntext';
    expect(briefs(text, 'x.prompt.md', ['sum'])).toEqual([
      'information unknown-tool 1:8 "search"',
      'error unknown-tool 4:7 "sum, sun"',
    ]);
    expect(parse(header('tools: [search, sum]'), ['sum']).prompts[0]?.options.tools).toEqual([
      'sum',
    ]);
  });

  it('reports when there is nothing to send', () => {
    expect(briefs('', 'x.prompt.md')).toEqual(['error empty-file 0:0 ""']);
    expect(briefs('---\nmodel: m\n---\n\n', 'x.prompt.md')).toEqual(['error empty-prompt 3:0 ""']);
    expect(briefs('<!-- interleave\nskip: true', 'x.prompt.md')).toEqual([
      'error unclosed-options 0:0 "<!--"',
    ]);
  });
});

describe('A tool that is switched off', () => {
  it('gives no tool that has to be named', () => {
    const knownTools = new Map([
      ...readingTools(['sum_numbers', 'read_file']),
      ...['fetch_url', 'write_file'].map((name) => [name, { isUnasked: false }] as const),
    ]);
    const text = '---\ntools: {sum_numbers: false}\n---\nCount.\n';
    const { prompts } = parsePromptFile(text, 'a.prompt.md', { knownTools });
    expect(prompts[0]?.options.tools).toEqual(['read_file']);
  });
});
