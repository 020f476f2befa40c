import { crc32 } from 'node:zlib';
import { parseJson } from '../../base/jsonDepth.ts';

/** A line with a valid checksum and an unchecked payload. */
export interface DecodedLine {
  readonly seq: number;
  readonly checksum: string;
  readonly payload: unknown;
}

/** Max number of a record: the checksum starts from it. */
const maxSeq = 0xffff_ffff;

/** Max length of a line to read. A longer record is in a file of its own. */
export const maxLineBytes = 1024 * 1024;

const ourStart = '{"n":';
const closingBrace = 0x7d;
const headPattern = /^\{"n":([1-9]\d{0,9}),"c":"([0-9a-f]{8})","p":/;
/** Max length of a match of the pattern. */
export const maxHeadBytes = 48;

/** The part of a line before its payload. */
export function lineHead(seq: number, checksum: string): string {
  return `{"n":${seq},"c":"${checksum}","p":`;
}

/** The number and checksum in that part; undefined when it is cut off. */
export function parseHead(head: string): Omit<DecodedLine, 'payload'> | undefined {
  const found = headPattern.exec(head);
  return found === null ? undefined : { seq: Number(found[1]), checksum: found[2] ?? '' };
}

/**
 * The line of a record: `{"n":seq,"c":"checksum","p":payload}`. The checksum is the CRC-32 of the payload's
 * bytes, started from `seq` so that it covers the number, too.
 */
export function encodeLine(seq: number, payload: string): string {
  return `${lineHead(seq, checksumOf(payload, seq))}${payload}}\n`;
}

/** Reads a line without its newline. Undefined for anything that is not exactly of this form. */
export function decodeLine(line: Buffer): DecodedLine | undefined {
  const bytes = withoutNuls(line);
  const head = parseHead(bytes.toString('latin1', 0, maxHeadBytes));
  if (head === undefined || bytes.at(-1) !== closingBrace) return undefined;
  const { seq, checksum } = head;
  const payload = bytes.subarray(lineHead(seq, checksum).length, -1);
  if (seq > maxSeq || checksumOf(payload, seq) !== checksum) return undefined;
  const parsed = parseJson(payload);
  return parsed === undefined ? undefined : { seq, checksum, payload: parsed };
}

/** Whether a line, or the part of it that exists, begins as the lines of a journal do. */
export function looksLikeOurs(line: Buffer): boolean {
  const start = withoutNuls(line).toString('latin1', 0, ourStart.length);
  return start !== '' && ourStart.startsWith(start);
}

function checksumOf(payload: string | Buffer, seq: number): string {
  return crc32(payload, seq).toString(16).padStart(8, '0');
}

/** After a power failure, a file that was growing may have a block of NULs. */
export function withoutNuls(line: Buffer): Buffer {
  let start = 0;
  let end = line.length;
  while (start < end && line[start] === 0) start++;
  while (end > start && line[end - 1] === 0) end--;
  return line.subarray(start, end);
}
