import { isUtf8 } from 'node:buffer';

/** The text of a prompt file, or why it cannot be decoded: completes `<file>:1:1: error: …`. */
export type DecodedBytes = { readonly text: string } | { readonly problem: string };

/** Decodes UTF-8. The problem names another encoding where it can be recognised. */
export function decodePromptBytes(bytes: Buffer): DecodedBytes {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) {
    return { problem: `This is ${utf16}, not UTF-8. Save the file as UTF-8.` };
  }
  if (!isUtf8(bytes)) return { problem: 'This is not UTF-8. Save the file as UTF-8.' };
  return { text: bytes.toString('utf8') };
}

/** Recognises UTF-16 by its byte order mark, else by the zero bytes of Latin letters. */
function utf16Of(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16 (little endian)';
  if (first === 0xfe && second === 0xff) return 'UTF-16 (big endian)';
  const sample = bytes.subarray(0, 512);
  if (sample.length < 4) return undefined;
  const zerosAt = (parity: number): number =>
    sample.filter((byte, index) => byte === 0 && index % 2 === parity).length;
  const manyZeros = (sample.length / 2) * 0.8;
  if (zerosAt(1) > manyZeros && zerosAt(0) === 0) return 'UTF-16 (little endian)';
  if (zerosAt(0) > manyZeros && zerosAt(1) === 0) return 'UTF-16 (big endian)';
  return undefined;
}
