/** Collects the pieces of a body that is read into memory as a whole, up to a size. */
export interface BodyText {
  readonly onChunk: (chunk: Buffer) => boolean;
  /** What has come so far, at most `maxBytes` of it. */
  text(): string;
}

/** `tooLong` makes the error that ends the reading as soon as more than `maxBytes` have come. */
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
