import { isNestedDeeper, maxRecordDepth } from '../../base/jsonDepth.ts';
import type { Blob } from './blobStore.ts';
import { toBlob } from './blobStore.ts';
import type { JournalRecord, OutputRecord } from './journalRecord.ts';
import { journalVersion } from './journalRecord.ts';
import { isForTable, minSharedLength, SharedTexts } from './sharedTexts.ts';

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
 * The JSON of most records: without secrets, and without texts for the table. Undefined for others. JSON without
 * escapes has every text as it is, so one search finds what is in any of them; else each text is searched.
 */
function plainJson(fields: object, redact: Redact): string | undefined {
  if (isNestedDeeper(fields, maxRecordDepth)) throw new RangeError('it is nested too deeply');
  const json = JSON.stringify(fields);
  const isPlain = hasEscapeOrLongText(json)
    ? isWrittenAsItIs(fields, redact)
    : redactText(json, redact) === json;
  return isPlain ? json : undefined;
}

/** Whether a value has neither secrets nor texts for the table. */
function isWrittenAsItIs(value: unknown, redact: Redact): boolean {
  if (typeof value === 'string') return !isForTable(value) && redactText(value, redact) === value;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every((item) => isWrittenAsItIs(item, redact));
  for (const name in value) {
    if (name.length >= minSecret && redactText(name, redact) !== name) return false;
    const field = (value as { readonly [name: string]: unknown })[name];
    if (!isWrittenAsItIs(field, redact)) return false;
  }
  return true;
}

const quote = 0x22;
const backslash = 0x5c;

/** Whether JSON has an escape, or a text of the length from which it goes to the table. One pass finds both. */
function hasEscapeOrLongText(json: string): boolean {
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    const unit = json.charCodeAt(at);
    if (unit === backslash) return true;
    if (unit !== quote) continue;
    if (at - from >= minSharedLength) return true;
    from = at + 1;
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
