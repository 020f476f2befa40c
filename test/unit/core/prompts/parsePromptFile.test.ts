// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { isPromptFileName } from '../../../../src/shared/promptFileName.ts';
import { readingTools } from '../../../support/readingTools.ts';
import { briefs, namesAndTexts } from './reading.ts';

const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('a file name', () => {
  it.each([
    ['a.prompts.md', true],
    ['docs/a.prompt.md', true],
    ['a.md', false],
    ['a.prompts.md.bak', false],
    ['prompts.md', false],
    ['a.prompts', false],
  ])('%s is a prompt file: %s', (name, expected) => {
    expect(isPromptFileName(name)).toBe(expected);
  });

  it('of another kind is rejected', () => {
    expect(parsePromptFile('## A\ntext', 'docs/a.md')).toMatchObject({
      prompts: [],
      diagnostics: [{ severity: 'error', code: 'not-a-prompt-file' }],
    });
  });
});

describe('the text of a file', () => {
  it('may have any line ends', () => {
    const text = '---\nskip: true\n---\nnotes\n\n## A\na\n\nb\n## B\n```\n## x\n```\n';
    const expected = parsePromptFile(text, 'a.prompts.md');
    expect(expected.prompts).toHaveLength(2);
    for (const end of ['\r\n', '\r']) {
      expect(parsePromptFile(text.replaceAll('\n', end), 'a.prompts.md')).toEqual(expected);
    }
  });

  it('may start with a byte order mark', () => {
    const text = '---\nmodel: m\n---\n## A\na';
    expect(parsePromptFile(`\uFEFF${text}`, 'a.prompts.md')).toEqual(
      parsePromptFile(text, 'a.prompts.md'),
    );
    expect(namesAndTexts('\uFEFF## A\na')).toEqual([['A', 'a']]);
  });

  it('may not hold a NUL character', () => {
    expect(briefs('## A\nab\0c\0')).toEqual(['error nul-character 1:2 "\\u0000"']);
  });

  it('is repaired where it has half a character, with a warning', () => {
    const text = '## A\nok 𝄞\na\ud800b\udc00';
    expect(namesAndTexts(text)).toEqual([['A', 'ok 𝄞\na\uFFFDb\uFFFD']]);
    expect(briefs(text)).toEqual(['warning invalid-text 2:1 "\\ud800"']);
  });

  it('is rejected above 1 MB of UTF-8 without being parsed', () => {
    const prompt = (size: number) => `## A\n${'a'.repeat(size - 5)}`;
    expect(namesAndTexts(prompt(1_000_000))).toHaveLength(1);
    const { prompts, diagnostics } = parsePromptFile(prompt(5_000_000), 'a.prompts.md');
    expect(prompts).toEqual([]);
    expect(diagnostics).toEqual([
      {
        severity: 'error',
        code: 'too-large',
        message:
          'This file has 5,000,000 bytes; the limit is 1,000,000 (1 MB). Split it into several files.',
        range: { line: 0, column: 0, endLine: 0, endColumn: 0 },
      },
    ]);
    expect(briefs(prompt(1_000_001))).toEqual(['error too-large 0:0 ""']);
    expect(briefs(`## A\n${'合'.repeat(333_334)}`)).toEqual(['error too-large 0:0 ""']);
  });
});

describe('realistic files', () => {
  it('with every feature are parsed as expected', () => {
    const file = parsePromptFile(read('test/fixtures/prompts/features.prompts.md'), 'f.prompts.md');
    expect(file.diagnostics).toEqual([]);
    expect(file.prompts).toMatchSnapshot();
  });

  it('with many mistakes get a diagnostic for each', () => {
    const text = read('test/fixtures/prompts/mistakes.prompts.md');
    expect(briefs(text, 'm.prompts.md', ['read_file'])).toMatchSnapshot();
  });
});

describe('the examples', () => {
  const knownTools = [
    ...['sum', 'subtract', 'multiply', 'divide', 'power'].map((name) => `${name}_numbers`),
    ...['read_file', 'list_files', 'search_text'],
    ...['edit_file', 'write_file', 'rename_file', 'delete_file'],
  ];

  it.each([
    ['math.prompts.md', 7],
    ['proposals.prompts.md', 5],
    ['review.prompts.md', 4],
    ['haiku.prompt.md', 1],
    ['agents.prompts.md', 2],
  ])('%s has no diagnostics', (name, count) => {
    const file = parsePromptFile(read(`examples/${name}`), name, {
      knownTools: readingTools(knownTools),
    });
    expect(file.diagnostics).toEqual([]);
    expect(file.prompts).toHaveLength(count);
  });
});
