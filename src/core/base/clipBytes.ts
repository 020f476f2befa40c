import { middleNote } from './text.ts';

/**
 * At most `max` UTF-8 bytes of a well-formed text. A longer text keeps its beginning and end, with a note between
 * them that says how much is left out. Never splits a character.
 */
export function clipMiddleBytes(text: string, max: number): string {
  // A UTF-16 unit takes at most three bytes, so most texts fit without encoding them.
  if (text.length * 3 <= max) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= max) return text;
  const room = max - Buffer.byteLength(middleNote(text.length));
  if (room < 2) return beginningOf(bytes, max);
  const head = beginningOf(bytes, Math.ceil(room / 2));
  let tailStart = bytes.length - Math.floor(room / 2);
  while (isContinuation(bytes[tailStart])) tailStart++;
  const tail = bytes.toString('utf8', tailStart);
  return head + middleNote(text.length - head.length - tail.length) + tail;
}

/** Decodes the first bytes. In streaming mode a decoder drops a split character at the end. */
function beginningOf(bytes: Uint8Array, length: number): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, length), {
    stream: true,
  });
}

/** Whether a byte is a continuation byte of a character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
