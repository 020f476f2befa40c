import {
  isJsonObject,
  type JsonObject,
  listField,
  objectField,
  textField,
} from '../../../shared/json.ts';
import { resetDelayMs, toDurationMs } from './rateHeaders.ts';
import { type HeaderLookup, retryAfter, type ServerDelay } from './retryAfter.ts';

/** The parts of a refused response that may hold a retry delay. */
export interface RefusedResponse {
  readonly status: number;
  readonly header: HeaderLookup;
  /** Undefined when the body is no JSON object. */
  readonly body: JsonObject | undefined;
}

/**
 * How long the server asks to wait before a retry: by the refusal's `retry-after` headers, else by its body, else, for a 429, until
 * the used-up limit resets. `nowMs` is the time since the epoch.
 */
export function serverDelay(
  { status, header, body }: RefusedResponse,
  nowMs: number,
): ServerDelay | undefined {
  const delay = retryAfter(header, nowMs) ?? (body && delayInBody(body, nowMs));
  if (delay !== undefined || status !== 429) return delay;
  const ms = resetDelayMs(header, nowMs);
  return ms === undefined ? undefined : { ms };
}

/** Aggregators copy the headers of their upstream into the body; other servers put a delay there. */
function delayInBody(body: JsonObject, nowMs: number): ServerDelay | undefined {
  const error = isJsonObject(body.error) ? body.error : body;
  const headers = headersIn(error);
  const copied = retryAfter(headers, nowMs);
  if (copied !== undefined) return copied;
  const ms =
    resetDelayMs(headers, nowMs) ?? delayInFields(error, nowMs) ?? delayInMessage(error, nowMs);
  return ms === undefined ? undefined : { ms };
}

function headersIn(error: JsonObject): HeaderLookup {
  const fields = objectField(objectField(error, 'metadata'), 'headers');
  const byName = new Map(
    Object.entries(fields).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return (name) => byName.get(name);
}

/** Google's `RetryInfo`, and fields named like the headers. */
function delayInFields(error: JsonObject, nowMs: number): number | undefined {
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
function delayInMessage(error: JsonObject, nowMs: number): number | undefined {
  const text = (textField(error, 'message') ?? '').slice(0, 2_000);
  const found = /\b(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:h|ms|m|s))+)\b/i.exec(text);
  return toDurationMs(found?.[1]?.toLowerCase(), nowMs);
}
