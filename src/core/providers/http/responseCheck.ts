import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject, textField } from '../jsonObject.ts';
import { ProviderError } from '../providerError.ts';
import { apiError, kindOfStatus, readApiError } from './apiError.ts';
import { type BodyReading, readBody } from './bodyReader.ts';
import { headerOf } from './exchange.ts';
import { startIdleWatch } from './idleWatch.ts';
import type { ErrorContext } from './networkError.ts';
import type { AskedWait } from './retryAfter.ts';
import { toldWait } from './toldWait.ts';

/** So much of an error's body is read when nothing else is said; the rest says nothing more. */
const defaultMaxErrorBytes = 64 * 1024;

/** So long, in ms, an error's body may take, however it trickles in. */
const maxErrorMs = 10_000;

/**
 * Returns when the response is a stream of events, and throws a `ProviderError` that says what it is
 * otherwise.
 */
export async function checkResponse(
  response: IncomingMessage,
  reading: Omit<BodyReading, 'onChunk'>,
): Promise<void> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    response.destroy();
    throw redirectError(response, reading.context);
  }
  const contentType = headerOf(response, 'content-type');
  const isStream = contentType === undefined || /^\s*text\/event-stream\b/i.test(contentType);
  const encoding = headerOf(response, 'content-encoding') ?? 'identity';
  if (status < 300 && status !== 204 && isStream && encoding === 'identity') return;
  const text = encoding === 'identity' ? await readErrorBody(response, reading) : '';
  response.destroy();
  throw errorOfBody(text, response, reading.context);
}

/** What an error's body says; nothing where it cannot be read. */
export async function readErrorBody(
  response: IncomingMessage,
  reading: Omit<BodyReading, 'onChunk'>,
): Promise<string> {
  const { maxErrorBytes = defaultMaxErrorBytes } = reading;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onChunk = (chunk: Buffer): boolean => {
    chunks.push(chunk);
    bytes += chunk.length;
    // Closes the connection at once: what goes on after this is not worth waiting for its end.
    if (bytes >= maxErrorBytes) throw new RangeError('the body of an error is too long');
    return false;
  };
  // Nothing is reported to it, so that it measures the whole time.
  const watch = startIdleWatch(reading.clock, maxErrorMs, () => response.destroy());
  try {
    await readBody(response, { ...reading, onChunk });
  } catch {
    // A body that breaks off or is too long changes nothing about what its status says.
  } finally {
    watch.stop();
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxErrorBytes);
}

/** What a response that is not what was asked for means for a person. */
export function errorOfBody(
  text: string,
  response: IncomingMessage,
  context: ErrorContext,
  expected = 'an API answer',
): ProviderError {
  const parsed = parseJson(text);
  const body = isJsonObject(parsed) ? parsed : undefined;
  const status = context.httpStatus ?? 0;
  const header = (name: string): string | undefined => headerOf(response, name);
  const wait = toldWait({ status, header, body }, Date.now());
  const isApiError = body !== undefined && (status >= 400 || isJsonObject(body.error));
  if (isApiError && speaksOfError(body, status)) {
    const requestId = context.requestId ?? textField(body, 'request_id');
    return apiError(readApiError(body), { ...context, requestId }, wait);
  }
  const kind = status >= 400 ? kindOfStatus(status) : 'protocol';
  const isPage = isWebPage(text, response);
  // A server that is too busy to speak its protocol says so in plain text, in a page of what stands
  // before it, or not at all.
  const isRefusal = kind === 'overloaded' || kind === 'rate_limit' || kind === 'quota';
  if (isRefusal) return outageError(isPage, context, wait);
  // A page in the way is no word of the API: it says nothing about the key, or about other prompts.
  if (kind === 'auth' && isPage) return firewallError(context);
  return new ProviderError(foreignAnswer(kind === 'not_found', expected, context), {
    kind,
    httpStatus: status,
    requestId: context.requestId,
    retryAfterMs: wait?.ms,
    foreign: true,
    ...(status === 403 ? { blocking: false } : {}),
    ...(status === 407 ? { retryable: false, blocking: true } : {}),
  });
}

/** A server, or what stands before it, that is overloaded or down. */
function outageError(
  isPage: boolean,
  context: ErrorContext,
  wait: AskedWait | undefined,
): ProviderError {
  // A page by something that never was an API may come from a wrong address.
  if (!isPage || context.hasAnswered?.() !== false) return apiError({}, context, wait);
  return apiError(
    { message: 'what answers is a web page, so check the base URL, too' },
    context,
    wait,
  );
}

/** Something on the way, a firewall or a login page, that objects to this request. */
function firewallError({ host, httpStatus, requestId }: ErrorContext): ProviderError {
  return new ProviderError(
    `${host} answered with a page that refuses this request (HTTP ${httpStatus}), not with an API answer. ` +
      'Change the prompt if a firewall objects to it; else check the base URL, and whether a login page stands in between.',
    { kind: 'protocol', httpStatus, requestId, retryable: false, foreign: true },
  );
}

function isWebPage(text: string, response: IncomingMessage): boolean {
  const type = headerOf(response, 'content-type') ?? '';
  return (
    /^\s*(text\/html|application\/xhtml)/i.test(type) || /^\s*<(!doctype|html|head)\b/i.test(text)
  );
}

function speaksOfError(body: JsonObject, status: number): boolean {
  if (isJsonObject(body.error) || typeof body.error === 'string' || 'message' in body) return true;
  // With 404, a bare `detail` is a web framework's: there is no such address, not no such model.
  return status !== 404 && typeof body.detail === 'string';
}

function foreignAnswer(
  isMissing: boolean,
  expected: string,
  { host, httpStatus: status }: ErrorContext,
): string {
  if (isMissing) return `${host} has no such address (HTTP ${status}). Check the base URL.`;
  if (status === 407) {
    return `The way to ${host} is blocked by a proxy (HTTP 407). Check the proxy that is set, and its user name and password.`;
  }
  return (
    `${host} answered with something that is not ${expected} (HTTP ${status}). ` +
    'Check the base URL, and whether a proxy or a login page stands in between.'
  );
}

/** Redirects are not followed. */
export function redirectError(response: IncomingMessage, context: ErrorContext): ProviderError {
  const target = headerOf(response, 'location') ?? '';
  const host = URL.canParse(target) ? new URL(target).host : context.host;
  return new ProviderError(
    `${context.host} redirects to ${host} (HTTP ${context.httpStatus}). Redirects are not ` +
      'followed, so that key and prompt stay where they belong. Set the final address as base URL.',
    {
      kind: 'protocol',
      httpStatus: context.httpStatus,
      requestId: context.requestId,
      retryable: false,
    },
  );
}

/** What is in the text, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
