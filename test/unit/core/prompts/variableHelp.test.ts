// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { describe, expect, it } from 'vitest';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { variableHelp, variableOffers } from '../../../../src/core/prompts/variableHelp.ts';

const row = new Map([
  ['_id', '1'],
  ['text', 'one\ntwo'],
  ['First name', ''],
]);
const prompt = { vars: { language: 'French', text: 'x' } };

describe('At a cursor', () => {
  it.each([
    ['a {{', 2],
    ['a {{te', 4],
    ['{{a}} {{First n', 9],
  ])('behind %j, columns and values of the file are offered', (before, replaces) => {
    expect(variableOffers(before, prompt, row)).toEqual({
      replaces,
      offers: [
        { text: '{{text}}', what: 'Column; in the first row: one two' },
        { text: '{{First name}}', what: 'Column; in the first row: empty' },
        { text: '{{language}}', what: 'Value in this file: French' },
      ],
    });
  });

  it.each(['${', 'a ${fi', '${input:'])(
    'behind %j, variables of the window are offered',
    (before) => {
      const { offers = [], replaces } = variableOffers(before, prompt, row) ?? {};
      expect(replaces).toBe(before.length - before.indexOf('$'));
      expect(offers.map(({ text }) => text)).toEqual(
        expect.arrayContaining(['${input:name}', '${file}', '${fileContent}', '${selection}']),
      );
      expect(new Set(offers.map(({ what }) => what)).has('')).toBe(false);
    },
  );

  it.each(['', 'a', '{', '$', '{{a}}', '${a}', '{{a} '])('behind %j, nothing is', (before) => {
    expect(variableOffers(before, prompt, row)).toBeUndefined();
  });
});

it('A variable is explained by its value in the first row, in the file, or by what gives it', () => {
  const text = '{{text}} {{language}} {{other}} ${input:text} ${input:new} ${fileBasename}';
  const [{ template = [] } = {}] = parsePromptFile(`## A\n${text}`, 'a.prompts.md').prompts;
  const helps = template.flatMap((part) =>
    part.kind === 'text' || part.kind === 'link' ? [] : [variableHelp(part, prompt, row).what],
  );
  expect(helps).toEqual([
    'Column; in the first row: one two',
    'Value in this file: French',
    'Text, unless a value of this name is given',
    'Column; in the first row: one two',
    'A value that is asked for before the start, or given with --var new=…',
    'The name of the file in the active editor',
  ]);
});
