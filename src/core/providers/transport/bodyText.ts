/** Collects a body in memory, up to a size. */
export interface BodyText {
  readonly onChunk: (chunk: Buffer) => boolean;
  /** The text received so far, at most `maxBytes`. */
  text(): string;
}

/** Reading ends with the error of `tooLong` when the body exceeds `maxBytes`. */
export function collectBody(maxBytes: number, tooLong: () => Error): BodyText {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    onChunk: (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLong();
      return false;
    },
    text: () => Buffer.concat(chunks).toString('utf8', 0, maxBytes),
  };
}
