import { hash } from 'node:crypto';

/** Refers to the file of a long record. */
export interface BlobRef {
  readonly sha256: string;
  readonly bytes: number;
}

/** The content of such a file, and the reference to it. */
export interface Blob {
  readonly ref: BlobRef;
  readonly content: Buffer;
}

/** The content with its reference. */
export function toBlob(content: Buffer): Blob {
  return { ref: { sha256: hash('sha256', content), bytes: content.length }, content };
}

/** Whether a value is a valid reference. Its hash is then safe as the name of a file. */
export function isBlobRef(value: unknown): value is BlobRef {
  if (typeof value !== 'object' || value === null) return false;
  const { sha256, bytes } = value as { readonly [key: string]: unknown };
  const isHash = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  return isHash && Number.isSafeInteger(bytes) && Number(bytes) >= 0;
}
