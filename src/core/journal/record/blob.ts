import { createHash } from 'node:crypto';

/** Names the file of a record that is too long for a line. */
export interface BlobRef {
  readonly sha256: string;
  readonly bytes: number;
}

/** The content of such a file, with its name. */
export interface Blob {
  readonly ref: BlobRef;
  readonly content: Buffer;
}

/** Names content by its hash. */
export function toBlob(content: Buffer): Blob {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { ref: { sha256, bytes: content.length }, content };
}

/** Whether a value is a reference as we write them; then its hash is safe as the name of a file. */
export function isBlobRef(value: unknown): value is BlobRef {
  if (typeof value !== 'object' || value === null) return false;
  const { sha256, bytes } = value as { readonly [key: string]: unknown };
  const isHash = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  return isHash && Number.isSafeInteger(bytes) && Number(bytes) >= 0;
}
