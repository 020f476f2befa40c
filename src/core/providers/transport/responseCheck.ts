import type { IncomingMessage } from 'node:http';
import type { ErrorKind } from '../../../shared/conversationEvents.ts';
import { isJsonObject, textField } from '../../base/jsonObject.ts';
import { visibleText } from '../../base/text.ts';
import { parseJson } from '../http/parseJson.ts';
import { ProviderError } from '../providerError.ts';
import { apiError, kindOfStatus, readApiError } from './apiError.ts';
import { type BodyReading, readBody } from './bodyReader.ts';
import { canUnpack, compressionError, contentCodingOf } from './contentCoding.ts';
import { errorObjectOf, isErrorBody, wordsOfError } from './errorBody.ts';
import { headerOf } from './exchange.ts';
import { startIdleWatch } from './idleTimer.ts';
import type { ErrorContext } from './networkError.ts';
import type { AskedWait } from './retryAfter.ts';
import { toldWait } from './retryDelay.ts';

/** So much of an error's body is read when nothing else is said; the rest says nothing more. */
const defaultMaxErrorBytes = 64 * 1024;

/** So long, in ms, an error's body may take, however it trickles in. */
const maxErrorMs = 10_000;

/**
 * Returns when the status says that an answer follows, and throws a `ProviderError` that says what it is
 * otherwise. What the body is, the body shows: content types are not to be relied on.
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
  const coding = contentCodingOf(response);
  const isAnswer = status < 300 && status !== 204;
  if (isAnswer && canUnpack(coding)) return;
  if (isAnswer) {
    response.destroy();
    throw compressionError(`(${visibleText(coding).slice(0, 40)})`, reading.context);
  }
  const text = await readErrorBody(response, reading);
  response.destroy();
  throw errorOfBody(text, response, reading.context);
}

/** What an error's body says; nothing where it cannot be read. */
export async function readErrorBody(
  response: IncomingMessage,
  reading: Omit<BodyReading, 'onChunk'>,
): Promise<string> {
  if (!canUnpack(contentCodingOf(response))) return '';
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
  const status = context.httpStatus ?? 0;
  const header = (name: string): string | undefined => headerOf(response, name);
  const body = isJsonObject(parsed) ? parsed : undefined;
  const wait = toldWait({ status, header, body }, Date.now());
  if (speaksOfError(parsed, status)) {
    const requestId = context.requestId ?? textField(errorObjectOf(parsed), 'request_id');
    return apiError(readApiError(parsed), { ...context, requestId }, wait);
  }
  const kind = status >= 400 ? kindOfStatus(status) : 'protocol';
  const isPage = isWebPage(text, response);
  const words = isPage ? undefined : plainWords(text);
  const understood = errorOfWords(kind, { words, isPage }, context, wait);
  if (understood !== undefined) return understood;
  return new ProviderError(foreignAnswer(kind === 'not_found', expected, context, response), {
    kind,
    httpStatus: status,
    requestId: context.requestId,
    retryAfterMs: wait?.ms,
    foreign: true,
    ...(status === 403 ? { blocking: false } : {}),
    ...(status === 407 ? { retryable: false, blocking: true } : {}),
    // A whole JSON answer in another form was paid for, and comes again in the same form.
    ...(status < 300 && parsed !== undefined ? { retryable: false } : {}),
  });
}

/** What an answer says besides its status: plain words, or a web page. */
interface PlainAnswer {
  readonly words: string | undefined;
  readonly isPage: boolean;
}

/** The error that words or a page of this kind stand for; undefined when they do not tell. */
function errorOfWords(
  kind: ErrorKind,
  { words, isPage }: PlainAnswer,
  context: ErrorContext,
  wait: AskedWait | undefined,
): ProviderError | undefined {
  // A server that is too busy to speak its protocol says so in plain text, in a page of what stands
  // before it, or not at all.
  const isRefusal = kind === 'overloaded' || kind === 'rate_limit' || kind === 'quota';
  if (isRefusal) return outageError({ words, isPage }, context, wait);
  if (words !== undefined && kind === 'invalid_request') {
    return apiError({ message: words }, context, wait);
  }
  // A page in the way is no word of the API: it says nothing about the key, or about other prompts.
  return kind === 'auth' && isPage ? firewallError(context) : undefined;
}

/** Plain text of an error, as far as it is words. */
function plainWords(text: string): string | undefined {
  const words = text.trim();
  return words === '' || /^[[{<]/.test(words) ? undefined : words.slice(0, 2000);
}

/** A server, or what stands before it, that is overloaded or down. */
function outageError(
  { words, isPage }: PlainAnswer,
  context: ErrorContext,
  wait: AskedWait | undefined,
): ProviderError {
  // A page by something that never was an API may come from a wrong address.
  if (!isPage || context.hasAnswered?.() !== false)
    return apiError({ message: words }, context, wait);
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

function speaksOfError(parsed: unknown, status: number): boolean {
  if (status < 400) return isErrorBody(parsed);
  // With 404, a bare `detail` is a web framework's: there is no such address, not no such model.
  const isBare = isJsonObject(parsed) && typeof parsed.detail === 'string';
  if (status === 404 && isBare && !isErrorBody(parsed) && !('message' in parsed)) return false;
  return isErrorBody(parsed) || wordsOfError(parsed) !== undefined;
}

function foreignAnswer(
  isMissing: boolean,
  expected: string,
  { host, httpStatus: status }: ErrorContext,
  response: IncomingMessage,
): string {
  if (isMissing) return `${host} has no such address (HTTP ${status}). Check the base URL.`;
  if (status === 407) {
    return `The way to ${host} is blocked by a proxy (HTTP 407). Check the proxy that is set, and its user name and password.`;
  }
  const type = visibleText(headerOf(response, 'content-type') ?? '').slice(0, 60);
  const isNamed = type !== '' && !type.startsWith('text/html') && (status ?? 0) < 300;
  const named = isNamed ? `, ${type}` : '';
  return (
    `${host} answered with something that is not ${expected} (HTTP ${status}${named}). ` +
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
