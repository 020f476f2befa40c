import { isNestedDeeper, maxRecordDepth } from '../../base/jsonDepth.ts';
import type { Blob } from './blobStore.ts';
import { toBlob } from './blobStore.ts';
import type { JournalRecord, OutputRecord } from './journalRecord.ts';
import { journalVersion } from './journalRecord.ts';
import { minSharedLength, SharedTexts } from './sharedTexts.ts';

/** Removes secrets from a text. Must return a text without secrets unchanged. */
export type Redact = (text: string) => string;

/** A record in the form in which it is written. */
export interface EncodedRecord {
  /** What its line holds besides its number. */
  readonly payload: string;
  /** Length of the payload in UTF-8. */
  readonly payloadBytes: number;
  readonly blob?: Blob;
}

/** Field names with fewer characters hold no secret. */
const minSecret = 16;

/** What encoding a record takes besides it. */
export interface Encoding {
  /** ISO 8601. */
  readonly at: string;
  readonly redact: Redact;
  /** A longer record goes to a file of its own. */
  readonly blobBytes: number;
}

/** A record to be written. The `text` of an output gets a file of its own. */
export type NewRecord = JournalRecord | (Omit<OutputRecord, 'content'> & { readonly text: string });

/** Encodes a record. Throws for values that are not JSON (a cycle, a bigint) or nested too deeply. */
export function encodeRecord(record: NewRecord, encoding: Encoding): EncodedRecord {
  if (record.kind !== 'output' || !('text' in record)) return encode(record, encoding);
  const { text, ...call } = record;
  const blob = toBlob(Buffer.from(redactText(text, encoding.redact)));
  return { ...encode({ ...call, content: blob.ref }, encoding), blob };
}

function encode(record: JournalRecord, encoding: Encoding): EncodedRecord {
  const { at, redact, blobBytes } = encoding;
  const { kind, ...fields } = record;
  const body = plainJson(fields, redact) ?? jsonWithTable(fields, redact);
  const head = `{"v":${journalVersion},"t":"${at}","k":"${kind}",`;
  const bodyBytes = Buffer.byteLength(body);
  if (bodyBytes <= blobBytes) {
    return { payload: head + body.slice(1), payloadBytes: head.length + bodyBytes - 1 };
  }
  const blob = toBlob(Buffer.from(body));
  const payload = `${head}"b":${JSON.stringify(blob.ref)}}`;
  return { payload, payloadBytes: payload.length, blob };
}

/**
 * The JSON of most records: without secrets, and without texts for the table. Undefined for others. Text without
 * escapes has every string as it is, so one search finds what is in any of them.
 */
function plainJson(fields: object, redact: Redact): string | undefined {
  if (isNestedDeeper(fields, maxRecordDepth)) throw new RangeError('it is nested too deeply');
  const json = JSON.stringify(fields);
  if (json.includes('\\') || hasLongText(json)) return undefined;
  return redactText(json, redact) === json ? json : undefined;
}

/** Whether JSON without escapes has a text of the length from which it goes to the table. */
function hasLongText(json: string): boolean {
  if (json.length < minSharedLength) return false;
  let from = 0;
  for (let to = json.indexOf('"'); to >= 0; to = json.indexOf('"', from)) {
    if (to - from >= minSharedLength) return true;
    from = to + 1;
  }
  return false;
}

function jsonWithTable(fields: object, redact: Redact): string {
  const texts = new SharedTexts();
  const text = redactedJson(fields, redact, (one) => texts.share(one));
  const { table } = texts;
  return table.length === 0 ? text : `{"s":${JSON.stringify(table)},${text.slice(1)}`;
}

/**
 * The JSON of a value, without secrets in texts and field names. `write` may replace each text after that.
 * Throws for values that are not JSON.
 */
export function redactedJson(
  value: unknown,
  redact: Redact,
  write: (text: string, key: string) => string = (text) => text,
): string {
  return JSON.stringify(value, (key, field) => {
    const redacted = redactValue(field, redact);
    return typeof redacted === 'string' ? write(redacted, key) : redacted;
  });
}

function redactValue(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redactText(value, redact);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  if (!keys.some((key) => key.length >= minSecret && redactText(key, redact) !== key)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [redactText(key, redact), field]),
  );
}

/** A text without secrets. A text that cannot be checked is not written. */
function redactText(text: string, redact: Redact): string {
  try {
    return redact(text);
  } catch {
    return '[not saved: it could not be checked for secrets]';
  }
}
