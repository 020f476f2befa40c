import type { Encoding } from '../../../src/core/journal/record/encodeRecord.ts';
import { encodeRecord } from '../../../src/core/journal/record/encodeRecord.ts';
import type { JournalRecord } from '../../../src/core/journal/record/journalRecord.ts';
import { encodeLine } from '../../../src/core/journal/record/recordLine.ts';

/** The line of a record with this number, and the file of a long one. */
export function encodedLine(
  record: JournalRecord,
  { seq, ...encoding }: Encoding & { readonly seq: number },
) {
  const { payload, blob } = encodeRecord(record, encoding);
  return { line: lineBytes(seq, payload), ...(blob === undefined ? {} : { blob }) };
}

/** The line of a payload as it is on disk. */
export function lineBytes(seq: number, payload: string): Buffer {
  return Buffer.from(encodeLine(seq, payload));
}
