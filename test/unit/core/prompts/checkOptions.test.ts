// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.

import { describe, expect, it } from 'vitest';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { readingTools } from '../../../support/readingTools.ts';
import { briefs } from './reading.ts';

const file = (yaml: string) => `---\n${yaml}\n---\n## A\ntext`;
const parse = (yaml: string) => parsePromptFile(file(yaml), 'a.prompts.md');
const messageOf = (yaml: string) => parse(yaml).diagnostics[0]?.message;

describe('options', () => {
  it.each([
    ['provider: demo', { provider: 'demo' }],
    ['model: org/model:latest', { model: 'org/model:latest' }],
    ['effort: xhigh', { effort: 'xhigh' }],
    ['effort: none', { effort: 'none' }],
    ['system: |\n  Be brief.\n  No lists.', { system: 'Be brief.\nNo lists.' }],
    ['tools: [a, "b"]', { tools: ['a', 'b'] }],
    ['tools:\n  - a\n  - b', { tools: ['a', 'b'] }],
    ['tools: a, b', { tools: ['a', 'b'] }],
    ['tools: []', { tools: [] }],
    ['maxTurns: 1', { maxTurns: 1 }],
    ['maxTokens: 0x10', { maxTokens: 16 }],
    ['timeout: 0.5', { timeout: 0.5 }],
    ['toolExecution: parallel', { toolExecution: 'parallel' }],
    ['model: !!str 5', { model: '5' }],
    ['# comment', {}],
    ['', {}],
  ])('%j is applied', (yaml, options) => {
    expect(parse(yaml)).toMatchObject({ diagnostics: [], prompts: [{ options }] });
    expect(parse(yaml).prompts[0]?.options).toEqual(options);
  });

  it.each([
    ['provider: copilot', '1:10 "copilot"'],
    ['provider: Anthropic', '1:10 "Anthropic"'],
    ['model: 5', '1:7 "5"'],
    ['model: ""', '1:7 "\\"\\""'],
    ['model:', '1:0 "model"'],
    ['model: []', '1:7 "[]"'],
    ['model: [a, 5]', '1:7 "[a, 5]"'],
    ['data: 1', '1:6 "1"'],
    ['data: { files: 1 }', '1:6 "{ files: 1 }"'],
    ['data: { files: a, exclude: [1] }', '1:6 "{ files: a, exclude: [1] }"'],
    ['data: { file: a }', '1:6 "{ file: a }"'],
    ['rows: 3-1', '1:6 "3-1"'],
    ['repeat: 0', '1:8 "0"'],
    ['effort: hard', '1:8 "hard"'],
    ['system: {a: b}', '1:8 "{a: b}"'],
    ['tools: 5', '1:7 "5"'],
    ['tools: a,,b', '1:7 "a,,b"'],
    ['tools: [a, 5]', '1:11 "5"'],
    ['tools: [a, [b]]', '1:11 "[b]"'],
    ['tools:', '1:0 "tools"'],
    // Resume would reject these values in the journal.
    [`tools: [${'a'.repeat(101)}]`, `1:7 "[${'a'.repeat(101)}]"`],
    ['model: "a\\u0007b"', '1:7 "\\"a\\\\u0007b\\""'],
    [`model: ${'m'.repeat(501)}`, `1:7 "${'m'.repeat(501)}"`],
    ['maxTurns: 0', '1:10 "0"'],
    ['maxTurns: 1.5', '1:10 "1.5"'],
    ['maxTurns: "3"', '1:10 "\\"3\\""'],
    ['maxTokens: .inf', '1:11 ".inf"'],
    ['timeout: -1', '1:9 "-1"'],
    ['timeout: 86401', '1:9 "86401"'],
    ['timeout: 5s', '1:9 "5s"'],
    ['toolExecution: fast', '1:15 "fast"'],
    ['skip: yes', '1:6 "yes"'],
    ['model: *a', '1:7 "*a"'],
  ])('%j is rejected at its value and not applied', (yaml, place) => {
    expect(briefs(file(yaml))).toEqual([`error invalid-value ${place}`]);
    expect(parse(yaml).prompts).toMatchObject([{ options: {}, skip: false }]);
  });

  it.each(['expect'])('"%s" is rejected because this version does not support it', (key) => {
    expect(briefs(file(`model: m\n${key}: 1`))).toEqual([`error not-supported 2:0 "${key}"`]);
    expect(messageOf(`${key}: 1`)).toBe(
      `"${key}" is not supported by this version of Interleave; remove it.`,
    );
  });

  it.each([
    ['maxTurn', 'maxTurns'],
    ['max_tokens', 'maxTokens'],
    ['MaxTurns', 'maxTurns'],
    ['tool-execution', 'toolExecution'],
    ['modle', 'model'],
    ['max - turns', 'maxTurns'],
    ['efort', 'effort'],
  ])('"%s" is rejected with a suggestion', (key, meant) => {
    expect(briefs(file(`${key}: 1`))).toEqual([`error unknown-option 1:0 "${key}"`]);
    expect(messageOf(`${key}: 1`)).toContain(`Did you mean "${meant}"? Options: provider, `);
  });

  it.each(['temperature', '__proto__', 'constructor', 'toString', '1', '"a b"', 'description'])(
    '%s is rejected without a suggestion',
    (key) => {
      const { diagnostics, prompts } = parse(`${key}: {polluted: true}`);
      expect(diagnostics).toMatchObject([{ severity: 'error', code: 'unknown-option' }]);
      expect(diagnostics[0]?.message).not.toContain('Did you mean');
      expect(prompts[0]?.options).toEqual({});
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );

  it('say where to write the name of a prompt', () => {
    expect(messageOf('name: x')).toContain('The heading is the name');
  });

  it('given twice are rejected at the second place', () => {
    expect(briefs(file('model: a\nskip: true\nmodel: b'))).toEqual([
      'error duplicate-option 3:0 "model"',
    ]);
  });

  it.each([
    ['model: "a', '1:9 ""'],
    ['a: b: c', '1:3 "b"'],
    ['model: m\n\tskip: true', '2:0 "\\t"'],
    ['- a', '1:0 "- a"'],
    ['text', '1:0 "text"'],
    ['model: !secret x', '1:7 "!secret"'],
    ['? [a]\n: b', '1:2 "["'],
  ])('%j is an invalid block and not applied at all', (yaml, place) => {
    expect(briefs(file(yaml))).toEqual([`error invalid-yaml ${place}`]);
    expect(parse(yaml).prompts).toMatchObject([{ options: {}, skip: false }]);
  });

  it('in a comment have correct positions in the document', () => {
    expect(briefs('## A\n  <!-- interleave  modle: x\nskip: 1 -->\ntext')).toEqual([
      'error unknown-option 1:19 "modle"',
      'error invalid-value 2:6 "1"',
    ]);
    expect(briefs('\uFEFF---\r\n"ä𝄞": 1\r\nskip: 1\r\n---\r\n## A\r\ntext')).toEqual([
      'error unknown-option 1:0 "\\"ä𝄞\\""',
      'error invalid-value 2:6 "1"',
    ]);
  });

  it('may name only existing tools', () => {
    const text = '---\ntools: [read_file, sum_number]\n---\n## A\ntext';
    const { diagnostics } = parsePromptFile(text, 'a.prompts.md', {
      knownTools: readingTools(['read_file', 'sum_numbers']),
    });
    expect(briefs(text, 'a.prompts.md', ['read_file', 'sum_numbers'])).toEqual([
      'error unknown-tool 1:19 "sum_number"',
    ]);
    expect(diagnostics[0]?.message).toContain('Did you mean "sum_numbers"?');
  });

  it.each([
    ['nested deeply', '['.repeat(20_000)],
    ['nested deeply in blocks', '- '.repeat(20_000)],
    ['full of aliases', `a: &a [x]\n${'b: &b [*a, *a]\n'.repeat(100)}`],
  ])('that are %s are rejected', (_, yaml) => {
    expect(parse(yaml).diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    expect(parse(yaml).prompts).toMatchObject([{ text: 'text', options: {} }]);
  });

  it('may not be larger than 64 KiB', () => {
    expect(briefs(file(`system: ${'x'.repeat(65_536 - 8)}`))).toEqual([]);
    expect(briefs(file(`system: ${'x'.repeat(65_536 - 7)}`))).toEqual(['error too-large 1:0 ""']);
  });
});
