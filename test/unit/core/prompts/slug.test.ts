import { describe, expect, it } from 'vitest';
import { slugOf, UniqueSlugs } from '../../../../src/core/prompts/slug.ts';

describe('a slug', () => {
  it.each([
    ['Sum, then multiply!', 'sum-then-multiply'],
    ['  ÀÉ  ', 'àé'],
    ['Größe_2 (neu)', 'größe-2-neu'],
    ['हिन्दी में', 'हिन्दी-में'],
    ['合計 2', '合計-2'],
    ['مجموع', 'مجموع'],
    ['e\u0301', 'é'],
    ['🎉', 'prompt'],
    ['', 'prompt'],
    ['---', 'prompt'],
  ])('of %j is %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('stays short and ends at a word boundary', () => {
    expect(slugOf('𝒜'.repeat(1000))).toBe('𝒜'.repeat(80));
    expect(slugOf(`${'a'.repeat(79)} b`)).toBe('a'.repeat(79));
  });

  it('gets a number when repeated, even if a name already ends with a number', () => {
    const slugs = new UniqueSlugs();
    const names = ['a', 'A', 'a-2', 'a', 'a-2', 'b-2', 'b', 'b'];
    expect(names.map((name) => slugs.next(name))).toEqual([
      'a',
      'a-2',
      'a-2-2',
      'a-3',
      'a-2-3',
      'b-2',
      'b',
      'b-3',
    ]);
  });
});
