import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../../src/core/prompts/rows/row.ts';
import type { RowChoice } from '../../../../../src/core/prompts/rows/rowChoice.ts';
import { chooseRows, parseRanges } from '../../../../../src/core/prompts/rows/rowChoice.ts';
import {
  keyOfRow,
  nameOfRow,
  UniqueKeys,
} from '../../../../../src/core/prompts/rows/rowIdentity.ts';

async function* rowsTo(count: number): AsyncGenerator<Row> {
  for (let number = 1; number <= count; number++) yield { number, values: new Map() };
}

async function chosen(count: number, choice: RowChoice): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { number } of chooseRows(rowsTo(count), choice)) numbers.push(number);
  return numbers;
}

const ranges = (text: string): RowChoice => ({ ranges: parseRanges(text) ?? [] });

describe('Rows', () => {
  it.each([
    ['1-3,5', [1, 2, 3, 5]],
    ['5, 1 - 2', [1, 2, 5]],
    ['8-', [8, 9, 10]],
    ['3,2-4', [2, 3, 4]],
  ])('%s are chosen in the order of the table', async (text, numbers) => {
    expect(await chosen(10, ranges(text))).toEqual(numbers);
  });

  it.each(['', '0', '3-1', 'a', '1,', '-5', '1--2', '1.5', '9999999999'])('%j are none', (text) => {
    expect(parseRanges(text)).toBeUndefined();
  });

  it.each(['11', '1-11', '20-', '1,12-'])('%s beyond the last one are refused', async (text) => {
    await expect(chosen(10, ranges(text))).rejects.toThrow('there are only 10');
  });

  it('are read no further than the last one that is chosen', async () => {
    await expect(chosen(Number.POSITIVE_INFINITY, ranges('2,4'))).resolves.toEqual([2, 4]);
  });

  it('are drawn at random, the same ones with the same seed, in their order', async () => {
    const draw = (seed: number) => chosen(1_000, { sample: { size: 10, seed } });
    const one = await draw(1);
    expect(one).toHaveLength(10);
    expect(one).toEqual(one.toSorted((a, b) => a - b));
    expect(await draw(1)).toEqual(one);
    expect(await draw(2)).not.toEqual(one);
    expect(await chosen(5, { sample: { size: 10, seed: 1 } })).toEqual([1, 2, 3, 4, 5]);
  });

  it('are all equally likely to be drawn', async () => {
    const counts = new Map<number, number>();
    for (let seed = 0; seed < 2_000; seed++) {
      for (const number of await chosen(20, { sample: { size: 5, seed } })) {
        counts.set(number, (counts.get(number) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(20);
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(120);
  });
});

describe('The key of a row', () => {
  const names = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 });
  const row = names.chain((keys) =>
    fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), fc.string()))),
  );

  it('is the same wherever the row stands and in whatever order its columns are', () => {
    fc.assert(
      fc.property(row, fc.nat(), fc.nat(), (entries, one, two) => {
        const key = keyOfRow({ number: one, values: new Map(entries) });
        expect(keyOfRow({ number: two, values: new Map(entries.toReversed()) })).toBe(key);
      }),
    );
  });

  it('differs if a value or a name differs', () => {
    fc.assert(
      fc.property(row, row, (one, two) => {
        const sorted = (entries: readonly (readonly [string, string])[]) =>
          JSON.stringify(entries.filter(([name]) => !name.startsWith('_')).toSorted());
        fc.pre(sorted(one) !== sorted(two));
        const [first, second] = [one, two].map((entries) =>
          keyOfRow({ number: 1, values: new Map(entries) }),
        );
        expect(first).not.toBe(second);
      }),
    );
  });

  it('is its _id, and does not change with what else is controlled', () => {
    const values = (more: object) => ({
      number: 1,
      values: new Map(Object.entries({ a: '1', ...more })),
    });
    expect(keyOfRow(values({ _id: ' x ' }))).toBe('x');
    expect(keyOfRow(values({ _id: '', _model: 'm', _name: 'n', _tools: 't' }))).toBe(
      keyOfRow(values({})),
    );
  });

  it('is unique, also where rows are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'a-2', 'a-2-2', 'b')), (keys) => {
        const unique = new UniqueKeys();
        const all = keys.map((key) => unique.next(key));
        expect(new Set(all).size).toBe(keys.length);
        expect(all[0]).toBe(keys[0]);
      }),
    );
  });

  it.each([
    [{ _name: ' The  name ', _id: 'id', a: 'x' }, 'The name'],
    [{ _id: 'id', a: 'x' }, 'id'],
    [{ a: '', b: 'one\ntwo' }, 'one two'],
    [{ a: '' }, 'row 7'],
    [{ a: 'x'.repeat(100) }, `${'x'.repeat(59)}…`],
  ])('has a name beside it: %j', (values, name) => {
    expect(nameOfRow({ number: 7, values: new Map(Object.entries(values)) })).toBe(name);
  });
});
