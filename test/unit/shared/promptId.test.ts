import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slugOf } from '../../../src/core/prompts/slug.ts';
import {
  endsWithPromptId,
  fileNameOf,
  formatPromptId,
  parsePromptId,
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
