import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableFormat } from '../../../../../src/core/prompts/rows/dataSource.ts';
import { readTable } from '../../../../../src/core/prompts/rows/readTable.ts';
import { DataError } from '../../../../../src/core/prompts/rows/row.ts';

/** The bytes in pieces of `size`, so that rows and characters are split anywhere. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, format: TableFormat = 'csv', size = 1_000) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const remarks: string[] = [];
  const onRemark = (remark: string) => void remarks.push(remark);
  const rows: (readonly [number, ...string[]])[] = [];
  const names: string[][] = [];
  for await (const row of readTable({ bytes: pieces(bytes, size), format, onRemark })) {
    rows.push([row.number, ...row.values.values()]);
    names.push([...row.values.keys()]);
  }
  return { rows, names: names[0] ?? [], remarks };
}

describe('A table', () => {
  it.each([
    ['commas', 'a,b\n1,2\n3,4\n'],
    ['semicolons', 'a;b\r\n1;2\r\n3;4'],
    ['tabs', 'a\tb\n1\t2\n3\t4\n'],
    ['bars', 'a|b\n1|2\n3|4\n'],
    ['a byte order mark and blank lines', '\ufeffa,b\n\n1,2\n\n3,4\n\n'],
    ['carriage returns', 'a,b\r1,2\r3,4\r'],
  ])('with %s is read', async (_, text) => {
    expect(await read(text)).toEqual({
      ...{ names: ['a', 'b'], remarks: [] },
      rows: [
        [1, '1', '2'],
        [2, '3', '4'],
      ],
    });
  });

  it('has line breaks, separators and quotes in its cells', async () => {
    const text = 'a,b\n"one\ntwo, ""three""",x "y" z\n';
    for (const size of [1, 2, 3, 1_000]) {
      expect((await read(text, 'csv', size)).rows).toEqual([[1, 'one\ntwo, "three"', 'x "y" z']]);
    }
  });

  it('tells of columns that are named twice or not at all, and of uneven rows', async () => {
    const { names, rows, remarks } = await read('a,,a,b\n1,2,3,4\n5\n1,2,3,4,5\n');
    expect(names).toEqual(['a', 'b']);
    expect(rows).toEqual([
      [1, '1', '4'],
      [2, '5', ''],
      [3, '1', '4'],
    ]);
    expect(remarks).toEqual([
      'Two columns are named "a"; the first one counts.',
      'Column 2 has no name and is left out.',
      'Row 2 has 1 values for 4 columns, as do 1 others. What is missing is empty; what is too much is left out.',
    ]);
  });

  it.each<[string, string | Uint8Array, TableFormat, string]>([
    ['no line', '', 'csv', 'There is no line with the names of columns.'],
    ['no names', ',,\n1,2,3', 'csv', 'The first line has no names of columns.'],
    ['an open quote', 'a,b\n1,"2\n3,4\n', 'csv', 'A quote is opened'],
    ['another encoding', new Uint8Array([0x61, 0x0a, 0xe4, 0x0a]), 'csv', 'This is not UTF-8.'],
    ['a bad line', '{"a":1}\n{"a":\n', 'jsonl', 'Line 2 is not valid JSON.'],
    ['a line that is no object', '1\n', 'jsonl', 'Line 1 is not an object.'],
    ['a line that is a list', '[1]\n', 'jsonl', 'A row is a list'],
    ['no list', '{"a":1}', 'json', 'The file must have a list of objects.'],
    ['items that are no objects', '[{}, 1]', 'json', 'Item 2 is not an object.'],
  ])('with %s is refused', async (_, text, format, message) => {
    const reading = read(text, format);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(DataError);
  });

  it.each<[TableFormat, string]>([
    ['jsonl', '\ufeff{"a":"x","b":null}\r\n\n{"a":1.5,"b":{"c":[true]}}'],
    ['json', '[{"a":"x","b":null},{"a":1.5,"b":{"c":[true]}}]'],
  ])('of %s has texts, nothing for null, and JSON for what has parts', async (format, text) => {
    for (const size of [1, 7, 1_000]) {
      expect((await read(text, format, size)).rows).toEqual([
        [1, 'x', ''],
        [2, '1.5', '{"c":[true]}'],
      ]);
    }
  });

  const cell = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
    );

  it('is read back as it was written, wherever its bytes are split', async () => {
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.nat(20),
        async (rows, mark, size) => {
          const names = rows[0]!.map((_, index) => `c${index}`);
          const text = [names, ...rows].map((row) => row.map(quote).join(mark)).join('\n');
          const found = await read(text, 'csv', size + 1);
          expect(found.rows).toEqual(rows.map((row, index) => [index + 1, ...row]));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of any text is read or refused, never anything else', async () => {
    const format = fc.constantFrom<TableFormat>('csv', 'tsv', 'jsonl', 'json');
    const bit = fc.constantFrom('"', ',', '\n', '\r', '{', '}', '[', ']', 'a', ':', '\t', '\0');
    const text = fc.array(fc.oneof(bit, fc.string({ unit: 'binary' }))).map((all) => all.join(''));
    await fc.assert(
      fc.asyncProperty(text, format, fc.nat(5), async (any, as, size) => {
        await read(any, as, size + 1).catch((error: unknown) => {
          expect(error).toBeInstanceOf(DataError);
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read no further than its rows are taken', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('a,b\n');
      for (;;) {
        taken++;
        yield new TextEncoder().encode('1,2\n'.repeat(1_000));
      }
    }
    const rows = readTable({ bytes: endless(), format: 'csv', onRemark: () => undefined });
    for await (const { number } of rows) if (number === 5_000) break;
    expect(taken).toBeLessThan(100);
  });
});
