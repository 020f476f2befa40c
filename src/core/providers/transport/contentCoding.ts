import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { codeOf } from '../../base/errors.ts';
import { ProviderError } from '../providerError.ts';
import { headerOf } from './exchange.ts';
import { describeNetworkError, type ErrorContext } from './networkError.ts';

/** Values of `content-encoding` for uncompressed bodies. `none` is not standard, but in use. */
const plainCodings: ReadonlySet<string> = new Set(['', 'identity', 'none', 'utf-8']);

const decompressors: { readonly [coding: string]: () => Transform } = {
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};

/** Gzip is detected by its magic number, whatever the header says. */
const gzipCodings: ReadonlySet<string> = new Set(['gzip', 'x-gzip']);
const gzipMagic = [0x1f, 0x8b] as const;

/** The `content-encoding` of a response, lower-case; empty without one. */
export function contentCodingOf(response: IncomingMessage): string {
  return (headerOf(response, 'content-encoding') ?? '').trim().toLowerCase();
}

/** Whether a body with this coding can be decoded. Requests ask for none, so few are supported. */
export function canDecompress(coding: string): boolean {
  return (
    plainCodings.has(coding) || gzipCodings.has(coding) || Object.hasOwn(decompressors, coding)
  );
}

/** Detects how a body is compressed: by the header, and gzip by its first bytes. */
export class CodingProbe {
  readonly #coding: string;
  #first: Buffer | undefined;
  #decompressor: Transform | undefined;
  #isKnown = false;

  constructor(response: IncomingMessage) {
    this.#coding = contentCodingOf(response);
  }

  /** The decompressor for the body; undefined for a plain one. Valid once `push` has returned bytes. */
  get decompressor(): Transform | undefined {
    return this.#decompressor;
  }

  /** The bytes to decode next; undefined while there are too few to detect the coding. */
  push(chunk: Buffer): Buffer | undefined {
    if (this.#isKnown) return chunk;
    const bytes = this.#first === undefined ? chunk : Buffer.concat([this.#first, chunk]);
    if (bytes.length === 1 && bytes[0] === gzipMagic[0]) {
      this.#first = bytes;
      return undefined;
    }
    this.#isKnown = true;
    const isGzip = bytes[0] === gzipMagic[0] && bytes[1] === gzipMagic[1];
    if (isGzip) this.#decompressor = zlib.createGunzip();
    else if (Object.hasOwn(decompressors, this.#coding)) {
      this.#decompressor = decompressors[this.#coding]?.();
    }
    return bytes;
  }

  /** The bytes that were held back when the body ended. */
  end(): Buffer | undefined {
    return this.#isKnown ? undefined : this.#first;
  }
}

/** Describes an error of a decompressor for people. */
export function decompressionError(error: Error, context: ErrorContext): ProviderError {
  // The compressed data is truncated: the connection broke off.
  if (codeOf(error) === 'Z_BUF_ERROR') return describeNetworkError(undefined, context);
  return compressionError('and cannot be unpacked', context);
}

/** A compressed answer that cannot be read. `problem` completes "is compressed". */
export function compressionError(problem: string, context: ErrorContext): ProviderError {
  const { host, httpStatus, requestId } = context;
  return new ProviderError(
    `The answer of ${host} is compressed ${problem}. Turn compression off there, or in the proxy on the way.`,
    { kind: 'protocol', httpStatus, requestId, retryable: false },
  );
}
