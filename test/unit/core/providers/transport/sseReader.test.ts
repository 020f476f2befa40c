import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SseEvent, SseReader } from '../../../../../src/core/providers/transport/sseReader.ts';
import { cutAt } from '../generators.ts';

const unlimited = 1024 * 1024;

function read(
  chunks: readonly (string | Buffer)[],
  maxEventBytes = unlimited,
  isRead?: (name: string) => boolean,
): SseEvent[] {
  const events: SseEvent[] = [];
  const reader = new SseReader((event) => events.push(event), maxEventBytes, isRead);
  for (const chunk of chunks) reader.push(Buffer.from(chunk as string));
  reader.end();
  return events;
}

describe('SseReader', () => {
  it.each([
    ['LF', 'event: a\ndata: 1\n\n'],
    ['CRLF', 'event: a\r\ndata: 1\r\n\r\n'],
    ['CR', 'event: a\rdata: 1\r\r'],
    ['mixed line ends', 'event: a\rdata: 1\r\n\n'],
    ['no blank after the colon', 'event:a\ndata:1\n\n'],
    ['a byte order mark', '\uFEFFevent: a\ndata: 1\n\n'],
    ['comments', ': hello\nevent: a\n:\ndata: 1\n: bye\n\n'],
    ['unknown fields', 'id: 7\nevent: a\nretry: 10\nnonsense\ndata: 1\n\n'],
    ['empty lines before it', '\n\n\nevent: a\ndata: 1\n\n'],
    ['no empty line at the end', 'event: a\ndata: 1\n'],
  ])('reads an event with %s', (_, text) => {
    expect(read([text])).toEqual([{ name: 'a', data: '1' }]);
  });

  it('joins several data lines by line feeds', () => {
    expect(read(['data: 1\ndata:\ndata:  2\n\n'])).toEqual([{ name: '', data: '1\n\n 2' }]);
  });

  it('reads "data" without a colon as an empty data line', () => {
    expect(read(['data\ndata\n\n'])).toEqual([{ name: '', data: '\n' }]);
  });

  it('forgets the name of an event without data', () => {
    expect(read(['event: a\n\ndata: 1\n\n'])).toEqual([{ name: '', data: '1' }]);
  });

  it('skips a byte order mark at the very beginning only', () => {
    expect(read(['data: 1\n\n\uFEFFdata: 2\n\n'])).toEqual([{ name: '', data: '1' }]);
  });

  it('drops an incomplete line at the end', () => {
    expect(read(['data: 1\n\ndata: {"half"'])).toEqual([{ name: '', data: '1' }]);
  });

  it('keeps the empty line after a CRLF that ends a chunk', () => {
    expect(read(['data: 1\r\n', '\ndata: 2\n\n'])).toEqual([
      { name: '', data: '1' },
      { name: '', data: '2' },
    ]);
  });

  it('reads the same events however the bytes are split', () => {
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\uFEFF]/g, ''));
    const line = fc.tuple(
      fc.constantFrom('data: ', 'data:', 'event: ', ': ', 'id: ', '', 'dat'),
      value,
      lineEnd,
    );
    const block = fc.tuple(fc.array(line, { maxLength: 4 }), lineEnd);
    const text = fc
      .array(block, { maxLength: 5 })
      .map((blocks) => blocks.map(([lines, end]) => lines.flat().join('') + end).join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (body, cuts, bom) => {
        const bytes = Buffer.from(bom ? `\uFEFF${body}` : body);
        const singly = [...bytes].map((byte) => Buffer.from([byte]));
        const whole = read([bytes]);
        expect(read(cutAt(bytes, cuts))).toEqual(whole);
        expect(read(singly)).toEqual(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it('omits only long data of ignored events, however the bytes are split', () => {
    const isRead = (name: string) => name !== 'echo';
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const value = fc.oneof(
      fc.string(),
      fc.nat(9_000).map((length) => 'é'.repeat(length / 2)),
    );
    const event = fc
      .record({
        name: fc.constantFrom('', 'event: echo', 'event: answer'),
        values: fc.array(value, { maxLength: 3 }),
        end: lineEnd,
      })
      .map(({ name, values, end }) => {
        const clean = values.map((text) => `data: ${text.replace(/[\r\n\uFEFF]/g, '')}`);
        return [name, ...clean, '', ''].join(end);
      });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), fc.array(fc.nat()), (events, cuts) => {
        const bytes = Buffer.from(events.join(''));
        const all = read([bytes]);
        const found = read(cutAt(bytes, cuts), unlimited, isRead);
        expect(found.map(({ name }) => name)).toEqual(all.map(({ name }) => name));
        expect(found.filter(({ name }) => isRead(name))).toEqual(
          all.filter(({ name }) => isRead(name)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('counts the data of ignored events', () => {
    const echo = (size: number) => `event: echo\ndata: ${'x'.repeat(size)}\n\n`;
    const isRead = () => false;
    expect(read([echo(3_000)], 3_000, isRead)).toEqual([{ name: 'echo', data: '' }]);
    expect(() => read([echo(3_001)], 3_000, isRead)).toThrow(RangeError);
  });

  it.each([
    ['in one piece', 1e9],
    ['in pieces of 7 bytes', 7],
  ])('accepts an event of the max size and refuses a larger one, %s', (_, pieceSize) => {
    const pieces = (size: number): Buffer[] => {
      const bytes = Buffer.from(`data: ${'x'.repeat(size)}\n\n`);
      const cuts = Array.from({ length: Math.floor(bytes.length / pieceSize) });
      return cutAt(
        bytes,
        cuts.map((_unused, index) => (index + 1) * pieceSize),
      );
    };
    expect(read(pieces(99), 100)).toHaveLength(1);
    expect(read(pieces(100), 100)).toHaveLength(1);
    expect(() => read(pieces(101), 100)).toThrow(RangeError);
  });

  it('counts all data lines of an event, but not those of the event before', () => {
    expect(read(['data: 1234\ndata: 6789\n\ndata: 1234\n\n'], 9)).toHaveLength(2);
    expect(() => read(['data: 1234\ndata: 6789\n\n'], 8)).toThrow(RangeError);
  });

  it('refuses an endless line before all of it has arrived', () => {
    const reader = new SseReader(() => undefined, 1000);
    const push = (): void => {
      for (let count = 0; count < 20; count += 1) reader.push(Buffer.alloc(100, 'x'));
    };
    expect(push).toThrow(RangeError);
  });

  it('does not count comments that keep a connection alive', () => {
    const alive = Array.from({ length: 100 }, () => ': still here\n');
    expect(read([...alive, 'data: 1\n\n'], 10)).toEqual([{ name: '', data: '1' }]);
  });
});
