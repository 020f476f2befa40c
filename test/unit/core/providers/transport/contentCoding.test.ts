import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  CodingProbe,
  canDecompress,
  compressionError,
  decompressionError,
} from '../../../../../src/core/providers/transport/contentCoding.ts';

const text = Buffer.from('{"a":1}');
const context = { host: 'h', apiKey: undefined, model: 'm', httpStatus: 200, requestId: 'r' };

/** The body of a response in chunks, decoded as its probe says. */
function decode(coding: string | undefined, chunks: readonly Buffer[]): string {
  const probe = new CodingProbe({ headers: { 'content-encoding': coding } } as never);
  const bytes = chunks.flatMap((chunk) => probe.push(chunk) ?? []);
  const whole = Buffer.concat([...bytes, ...(probe.end() === undefined ? [] : [probe.end()!])]);
  const name = probe.decompressor?.constructor.name;
  if (name === undefined) return whole.toString();
  return `${name} ${zlib.unzipSync(whole)}`;
}

const singly = (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.of(byte));

describe('the coding of a body', () => {
  it.each([
    [undefined, text, '{"a":1}'],
    ['identity', text, '{"a":1}'],
    ['gzip', text, '{"a":1}'],
    ['gzip', zlib.gzipSync(text), 'Gunzip {"a":1}'],
    // Whatever the header says.
    [undefined, zlib.gzipSync(text), 'Gunzip {"a":1}'],
    [' Deflate ', zlib.deflateSync(text), 'Inflate {"a":1}'],
    [undefined, Buffer.of(0x1f), '\u001f'],
    [undefined, Buffer.from('\u001fx'), '\u001fx'],
    [undefined, Buffer.from('x'), 'x'],
    [undefined, Buffer.alloc(0), ''],
  ])('is found in its first bytes, in one chunk or many (%s, #%#)', (coding, bytes, decoded) => {
    expect(decode(coding, [bytes])).toBe(decoded);
    expect(decode(coding, singly(bytes))).toBe(decoded);
  });

  it('is known of one byte that begins no compressed one', () => {
    const probe = new CodingProbe({ headers: {} } as never);
    expect(probe.push(Buffer.from('x'))).toEqual(Buffer.from('x'));
    expect(probe.end()).toBeUndefined();
    const other = new CodingProbe({ headers: {} } as never);
    expect(other.push(Buffer.of(0x1f))).toBeUndefined();
  });

  it.each(['', 'identity', 'none', 'utf-8', 'gzip', 'x-gzip', 'deflate', 'br'])(
    'can be %j',
    (coding) => expect(canDecompress(coding)).toBe(true),
  );

  it.each(['zstd', 'compress', 'gzip, br', 'toString'])('cannot be %j', (coding) => {
    expect(canDecompress(coding)).toBe(false);
  });
});

describe('a compressed answer that cannot be read', () => {
  const advice = 'Turn compression off there, or in the proxy on the way.';

  it('says what to do, and is not asked for again', () => {
    expect(compressionError('as zstd', context)).toMatchObject({
      ...{ message: `The answer of h is compressed as zstd. ${advice}`, kind: 'protocol' },
      ...{ retryable: false, httpStatus: 200, requestId: 'r' },
    });
    expect(decompressionError(new Error('x'), context).message).toBe(
      `The answer of h is compressed and cannot be unpacked. ${advice}`,
    );
  });

  it('is a broken connection where its end is missing', () => {
    const error = Object.assign(new Error('x'), { code: 'Z_BUF_ERROR' });
    expect(decompressionError(error, context)).toMatchObject({ kind: 'network', retryable: true });
  });
});
