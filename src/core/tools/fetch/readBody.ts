import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { ToolError } from '../tool.ts';

/** A body, or the beginning of one that is too long. */
export interface PageBody {
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

const decompressors: { readonly [coding: string]: () => Transform } = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  br: () => zlib.createBrotliDecompress(),
};

/** Reads at most so many bytes, unpacked. The connection is closed in any case. */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<PageBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of unpacked(response)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) break;
    }
  } finally {
    response.destroy();
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isCut: length > maxBytes };
}

function unpacked(response: IncomingMessage): AsyncIterable<Buffer> {
  const coding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === '' || coding === 'identity') return response;
  const create = Object.hasOwn(decompressors, coding) ? decompressors[coding] : undefined;
  if (create === undefined) {
    throw new ToolError('The page is packed in a way that cannot be read.');
  }
  // An error of either stream reaches whoever reads.
  return pipeline(response, create(), () => undefined);
}
