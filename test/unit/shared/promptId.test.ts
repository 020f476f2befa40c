import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slugOf } from '../../../src/core/prompts/slug.ts';
import {
  endsWithPromptId,
  fileNameOf,
  formatPromptId,
  parsePromptId,
  withoutFile,
} from '../../../src/shared/promptId.ts';

const file = fc
  .array(fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('..', '#', 'a#b')))
  .map((names) => [...names, 'x.prompts.md'].join('/'));
const slug = fc.string({ unit: 'grapheme' }).map(slugOf);

describe('the id of a prompt', () => {
  it('is written as file and slug', () => {
    expect(formatPromptId({ file: 'docs/a.prompts.md', slug: 'sum-2' })).toBe(
      'docs/a.prompts.md#sum-2',
    );
  });

  it('survives formatting and parsing, whatever the file and the heading are called', () => {
    fc.assert(
      fc.property(file, slug, (one, two) => {
        const id = { file: one, slug: two };
        expect(parsePromptId(formatPromptId(id))).toEqual(id);
      }),
    );
  });

  it('has the key of a row, a model and a repetition, as far as they apply', () => {
    const id = { file: 'a.prompts.md', slug: 'sum' };
    const text = (parts: object): string => formatPromptId({ ...id, ...parts });
    expect(text({ row: 'r7' })).toBe('a.prompts.md#sum[r7]');
    expect(text({ row: 'r7', repeat: 2 })).toBe('a.prompts.md#sum[r7][2]');
    expect(text({ repeat: 2 })).toBe('a.prompts.md#sum[][2]');
    expect(text({ model: 'm/1', row: 'a#[b]' })).toBe('a.prompts.md#sum@m/1[a%23%5bb%5d]');
    expect(withoutFile(text({ row: 'a#b' }))).toBe('sum[a%23b]');
  });

  it('survives formatting and parsing with all its parts', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const part = fc.oneof(text, fc.constantFrom('[', ']', '#', '@', '%', '%23', '][2]'));
    const parts = fc.record(
      { row: part, model: part, repeat: fc.integer({ min: 1, max: 1_000 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(file, slug, parts, (one, two, more) => {
        const id = { file: one, slug: two, ...more };
        expect(parsePromptId(formatPromptId(id))).toEqual(id);
      }),
    );
  });

  it('differs if the file or the slug differs', () => {
    fc.assert(
      fc.property(file, slug, file, slug, (file1, slug1, file2, slug2) => {
        const isSame = file1 === file2 && slug1 === slug2;
        const [one, two] = [
          { file: file1, slug: slug1 },
          { file: file2, slug: slug2 },
        ];
        expect(formatPromptId(one) === formatPromptId(two)).toBe(isSame);
      }),
    );
  });

  it('without a file is a slug', () => {
    expect(parsePromptId('sum')).toEqual({ file: '', slug: 'sum' });
  });

  it('matches by the end of its path', () => {
    const id = parsePromptId('a/b/x.prompts.md#sum');
    const fits = (wanted: string): boolean => endsWithPromptId(id, parsePromptId(wanted));
    expect(['x.prompts.md#sum', 'b/x.prompts.md#sum', 'a/b/x.prompts.md#sum'].every(fits)).toBe(
      true,
    );
    expect(['.prompts.md#sum', 'a/x.prompts.md#sum', 'x.prompts.md#su', 'sum'].some(fits)).toBe(
      false,
    );
    expect(fileNameOf(id)).toBe('x.prompts.md');
  });
});
