import { crc32 } from 'node:zlib';
import { isNestedDeeper, maxRecordDepth } from '../base/jsonDepth.ts';

/** A line whose checksum holds, before anyone has looked at what it says. */
export interface DecodedLine {
  readonly seq: number;
  readonly checksum: string;
  readonly payload: unknown;
}

/** Highest number a record may have; the checksum starts from it. */
const maxSeq = 0xffff_ffff;

/** Longest line that is read. What a record has beyond that is in a file of its own. */
export const maxLineBytes = 1024 * 1024;

const ourStart = '{"n":';
const closingBrace = 0x7d;
const longestHead = 48;
const head = /^\{"n":([1-9]\d{0,9}),"c":"([0-9a-f]{8})","p":/;

/**
 * The line of a record: `{"n":seq,"c":"checksum","p":payload}`. The checksum is the CRC-32 of the
 * payload's bytes as they stand, started from `seq` so that it covers the number too.
 */
export function encodeLine(seq: number, payload: string): Buffer {
  const bytes = Buffer.from(payload);
  const start = `{"n":${seq},"c":"${checksumOf(bytes, seq)}","p":`;
  return Buffer.concat([Buffer.from(start), bytes, Buffer.from('}\n')]);
}

/** A line whose checksum holds; `payload` is JSON that nobody has parsed yet. */
export interface VerifiedLine {
  readonly seq: number;
  readonly checksum: string;
  readonly payload: Buffer;
}

/** Reads a line without its end. Undefined for anything that was not written exactly like this. */
export function decodeLine(line: Buffer): DecodedLine | undefined {
  const verified = verifyLine(line);
  const payload = verified && parseJson(verified.payload);
  return payload === undefined || verified === undefined ? undefined : { ...verified, payload };
}

/** The same without parsing its payload, which takes longest where that is large. */
export function verifyLine(line: Buffer): VerifiedLine | undefined {
  const bytes = withoutNuls(line);
  const found = head.exec(bytes.toString('latin1', 0, longestHead));
  if (found === null || bytes.at(-1) !== closingBrace) return undefined;
  const seq = Number(found[1]);
  const checksum = found[2] ?? '';
  const payload = bytes.subarray(found[0].length, -1);
  if (seq > maxSeq || checksumOf(payload, seq) !== checksum) return undefined;
  return { seq, checksum, payload };
}

/** Whether a line begins as ours do, as far as it goes. */
export function looksLikeOurs(line: Buffer): boolean {
  const start = withoutNuls(line).toString('latin1', 0, ourStart.length);
  return start !== '' && ourStart.startsWith(start);
}

/** Parsed JSON, or undefined when it is none, or nested more deeply than anything that is written. */
export function parseJson(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isNestedDeeper(value, maxRecordDepth) ? undefined : value;
  } catch {
    return undefined;
  }
}

function checksumOf(bytes: Buffer, seq: number): string {
  return crc32(bytes, seq).toString(16).padStart(8, '0');
}

/** A power failure can leave a block of NULs where a file was about to grow. */
function withoutNuls(line: Buffer): Buffer {
  let start = 0;
  let end = line.length;
  while (start < end && line[start] === 0) start++;
  while (end > start && line[end - 1] === 0) end--;
  return line.subarray(start, end);
}
