import {
  isJsonObject,
  type JsonObject,
  listField,
  objectField,
  textField,
} from '../../base/jsonObject.ts';
import { exhaustedForMs, toDurationMs } from './rateHeaders.ts';
import { type AskedWait, askedWait } from './retryAfter.ts';

type Header = (name: string) => string | undefined;

/** A response that refuses a request, as far as it may say when to come back. */
export interface Refusal {
  readonly status: number;
  readonly header: Header;
  /** Undefined when the body is no JSON object. */
  readonly body: JsonObject | undefined;
}

/**
 * How long a refusal asks to wait: by its headers, else by its body, else, for a rate limit, until the
 * limit that is used up is whole again. `nowMs` is the time since the epoch.
 */
export function toldWait({ status, header, body }: Refusal, nowMs: number): AskedWait | undefined {
  const asked = askedWait(header, nowMs) ?? (body && waitInBody(body, nowMs));
  if (asked !== undefined || status !== 429) return asked;
  const ms = exhaustedForMs(header, nowMs);
  return ms === undefined ? undefined : { ms };
}

/** Aggregators pass the headers of their upstream on in the body; others name a delay there. */
function waitInBody(body: JsonObject, nowMs: number): AskedWait | undefined {
  const error = isJsonObject(body.error) ? body.error : body;
  const headers = headersIn(error);
  const passedOn = askedWait(headers, nowMs);
  if (passedOn !== undefined) return passedOn;
  const ms = exhaustedForMs(headers, nowMs) ?? delayIn(error, nowMs) ?? delayInWords(error, nowMs);
  return ms === undefined ? undefined : { ms };
}

function headersIn(error: JsonObject): Header {
  const fields = objectField(objectField(error, 'metadata'), 'headers');
  const byName = new Map(
    Object.entries(fields).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return (name) => byName.get(name);
}

/** Google's `RetryInfo`, and fields by the name of the header. */
function delayIn(error: JsonObject, nowMs: number): number | undefined {
  for (const detail of listField(error, 'details')) {
    if (!isJsonObject(detail)) continue;
    const ms = toDurationMs(textField(detail, 'retryDelay'), nowMs);
    if (ms !== undefined) return ms;
  }
  const { retry_after: seconds, retry_after_ms: exact } = error;
  if (typeof exact === 'number' && exact >= 0) return exact;
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined;
}

/** `Please try again in 1.2s`, `retry in 6m0s`. */
function delayInWords(error: JsonObject, nowMs: number): number | undefined {
  const words = (textField(error, 'message') ?? '').slice(0, 2_000);
  const told = /\b(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:h|ms|m|s))+)\b/i.exec(words);
  return toDurationMs(told?.[1]?.toLowerCase(), nowMs);
}
