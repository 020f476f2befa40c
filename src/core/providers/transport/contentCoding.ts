import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { ProviderError } from '../providerError.ts';
import { headerOf } from './exchange.ts';
import { describeNetworkError, type ErrorContext } from './networkError.ts';

/** Names of `content-encoding` that mean that nothing is packed; `none` is no real one, but in use. */
const plainCodings: ReadonlySet<string> = new Set(['', 'identity', 'none', 'utf-8']);

const unpackers: { readonly [coding: string]: () => Transform } = {
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};

/** Every one of these is told from plain bytes by its first two, whatever the header says. */
const gzipCodings: ReadonlySet<string> = new Set(['gzip', 'x-gzip']);
const gzipMark = [0x1f, 0x8b] as const;

/** How a response says that its body is packed. */
export function contentCodingOf(response: IncomingMessage): string {
  return (headerOf(response, 'content-encoding') ?? '').trim().toLowerCase();
}

/** Whether a body with this coding can be read. None is asked for, so that few are known. */
export function canUnpack(coding: string): boolean {
  return plainCodings.has(coding) || gzipCodings.has(coding) || Object.hasOwn(unpackers, coding);
}

/** Finds out how a body is packed: by the header, and for gzip by the bytes themselves. */
export class CodingProbe {
  readonly #coding: string;
  #first: Buffer | undefined;
  #unpacker: Transform | undefined;
  #isKnown = false;

  constructor(response: IncomingMessage) {
    this.#coding = contentCodingOf(response);
  }

  /** What the bytes are to be sent through; undefined for plain ones. To be asked once bytes are given. */
  get unpacker(): Transform | undefined {
    return this.#unpacker;
  }

  /** The bytes to go on with; undefined while there are too few to tell. */
  push(chunk: Buffer): Buffer | undefined {
    if (this.#isKnown) return chunk;
    const bytes = this.#first === undefined ? chunk : Buffer.concat([this.#first, chunk]);
    if (bytes.length === 1 && bytes[0] === gzipMark[0]) {
      this.#first = bytes;
      return undefined;
    }
    this.#isKnown = true;
    const isGzip = bytes[0] === gzipMark[0] && bytes[1] === gzipMark[1];
    if (isGzip) this.#unpacker = zlib.createGunzip();
    else if (Object.hasOwn(unpackers, this.#coding)) this.#unpacker = unpackers[this.#coding]?.();
    return bytes;
  }

  /** What was held back of a body that has ended. */
  end(): Buffer | undefined {
    return this.#isKnown ? undefined : this.#first;
  }
}

/** What a packed body that cannot be unpacked means for a person. */
export function unpackError(error: Error, context: ErrorContext): ProviderError {
  const code = 'code' in error ? error.code : undefined;
  // It ends before its own end: it was cut off on the way.
  if (code === 'Z_BUF_ERROR') return describeNetworkError(undefined, context);
  return compressionError('and cannot be unpacked', context);
}

/** An answer whose packing is of no use here. */
export function compressionError(problem: string, context: ErrorContext): ProviderError {
  const { host, httpStatus, requestId } = context;
  return new ProviderError(
    `The answer of ${host} is compressed ${problem}. Turn compression off there, or in the proxy on the way.`,
    { kind: 'protocol', httpStatus, requestId, retryable: false },
  );
}
