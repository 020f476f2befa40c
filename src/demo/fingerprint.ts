import { createHash } from 'node:crypto';

/** 24 hexadecimal digits derived from the parts. */
export function fingerprint(...parts: readonly string[]): string {
  return digest(parts).toString('hex').slice(0, 24);
}

/** A random number generator, from 0 up to but not including 1; same seed, same numbers. */
export function seededRandom(seed: string): () => number {
  let block = digest([seed]);
  let offset = 0;
  return () => {
    if (offset === block.length) {
      block = createHash('sha256').update(block).digest();
      offset = 0;
    }
    const value = block.readUInt32BE(offset) / 2 ** 32;
    offset += 4;
    return value;
  };
}

function digest(parts: readonly string[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest();
}
