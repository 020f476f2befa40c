import type { IncomingMessage } from 'node:http';
import { isJsonObject, parseJson, textField } from '../../../shared/json.ts';
import type { ErrorKind } from '../../../shared/outcome.ts';
import { visibleText } from '../../base/text.ts';
import { ProviderError } from '../providerError.ts';
import { apiError, kindOfStatus, readApiError } from './apiError.ts';
import { type BodyOptions, readBody } from './bodyReader.ts';
import { collectBody } from './bodyText.ts';
import { canDecompress, compressionError, contentCodingOf } from './contentCoding.ts';
import { errorMessageIn, errorObjectOf, isErrorBody } from './errorBody.ts';
import { headerOf } from './exchange.ts';
import { startIdleTimer } from './idleTimer.ts';
import type { ErrorContext } from './networkError.ts';
import type { ServerDelay } from './retryAfter.ts';
import { serverDelay } from './serverDelay.ts';

/** Max bytes of an error body that are read. */
const defaultMaxErrorBytes = 64 * 1024;

/** Time to read an error body, in ms, however slowly it arrives. */
const errorBodyTimeoutMs = 10_000;

/**
 * Returns when the status announces an answer; throws a `ProviderError` for every other response. Content
 * types are not checked here: they are unreliable, so the body itself decides later.
 */
export async function checkResponse(
  response: IncomingMessage,
  reading: BodyOptions,
): Promise<void> {
  refuseRedirect(response, reading.context);
  const status = response.statusCode ?? 0;
  const coding = contentCodingOf(response);
  const isAnswer = status < 300 && status !== 204;
  if (isAnswer && canDecompress(coding)) return;
  if (isAnswer) {
    response.destroy();
    throw compressionError(`(${visibleText(coding).slice(0, 40)})`, reading.context);
  }
  const text = await readErrorBody(response, reading);
  response.destroy();
  throw errorOfBody(text, response, reading.context);
}

/** The text of an error body, as far as it can be read. */
export async function readErrorBody(
  response: IncomingMessage,
  reading: BodyOptions,
): Promise<string> {
  if (!canDecompress(contentCodingOf(response))) return '';
  const { maxErrorBytes = defaultMaxErrorBytes } = reading;
  // Closes the connection at once instead of waiting for the end of the body.
  const body = collectBody(maxErrorBytes, () => new RangeError('the body of an error is too long'));
  // Never reset, so it limits the total time.
  const timer = startIdleTimer(reading.clock, errorBodyTimeoutMs, () => response.destroy());
  try {
    await readBody(response, { ...reading, onChunk: body.onChunk });
  } catch {
    // The status counts even if the body breaks off or is too long.
  } finally {
    timer.stop();
  }
  return body.text();
}

/** The error for a response that is not the requested one, with the text of its body. */
export function errorOfBody(
  text: string,
  response: IncomingMessage,
  context: ErrorContext,
): ProviderError {
  const parsed = parseJson(text);
  const status = context.httpStatus ?? 0;
  const header = (name: string): string | undefined => headerOf(response, name);
  const body = isJsonObject(parsed) ? parsed : undefined;
  const delay = serverDelay({ status, header, body }, Date.now());
  if (isApiError(parsed, status)) {
    const requestId = context.requestId ?? textField(errorObjectOf(parsed), 'request_id');
    return apiError(readApiError(parsed), { ...context, requestId }, delay);
  }
  const kind = status >= 400 ? kindOfStatus(status) : 'protocol';
  const isPage = isWebPage(text, response);
  const message = isPage ? undefined : plainMessage(text);
  const known = errorOfPlainAnswer(kind, { message, isPage }, context, delay);
  if (known !== undefined) return known;
  return new ProviderError(foreignMessage(kind === 'not_found', context, response), {
    kind,
    httpStatus: status,
    requestId: context.requestId,
    retryAfterMs: delay?.ms,
    foreign: true,
    ...(status === 403 ? { blocking: false } : {}),
    ...(status === 407 ? { retryable: false, blocking: true } : {}),
    // Complete JSON in an unknown form was paid for, and a retry would get the same form.
    ...(status < 300 && parsed !== undefined ? { retryable: false } : {}),
  });
}

/** An error body that is not the API's: plain text, or a web page. */
interface PlainAnswer {
  readonly message: string | undefined;
  readonly isPage: boolean;
}

/** The error for plain text or a web page; undefined when they do not explain the status. */
function errorOfPlainAnswer(
  kind: ErrorKind,
  { message, isPage }: PlainAnswer,
  context: ErrorContext,
  delay: ServerDelay | undefined,
): ProviderError | undefined {
  // An overloaded server, or the gateway before it, answers with plain text, a page, or no body.
  const isRefusal = kind === 'overloaded' || kind === 'rate_limit' || kind === 'quota';
  if (isRefusal) return outageError({ message, isPage }, context, delay);
  if (message !== undefined && kind === 'invalid_request') {
    return apiError({ message }, context, delay);
  }
  // A page does not come from the API, so it says nothing about the key or about other prompts.
  return kind === 'auth' && isPage ? firewallError(context) : undefined;
}

/** The message in a plain-text error; undefined for markup and JSON. */
function plainMessage(text: string): string | undefined {
  const message = text.trim();
  return message === '' || /^[[{<]/.test(message) ? undefined : message.slice(0, 2000);
}

/** The server, or the gateway before it, is overloaded or down. */
function outageError(
  { message, isPage }: PlainAnswer,
  context: ErrorContext,
  delay: ServerDelay | undefined,
): ProviderError {
  // If the API has never answered, a page may mean that the base URL is wrong.
  const isDoubtful = isPage && context.hasAnswered?.() === false;
  const doubt = 'what answers is a web page, so check the base URL, too';
  return apiError({ message: isDoubtful ? doubt : message }, context, delay);
}

/** A firewall or a login page on the way rejects this request. */
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

function isApiError(parsed: unknown, status: number): boolean {
  if (status < 400) return isErrorBody(parsed);
  // A 404 with only `detail` comes from a web framework: the URL is unknown, not the model.
  const isBare = isJsonObject(parsed) && typeof parsed.detail === 'string';
  if (status === 404 && isBare && !isErrorBody(parsed) && !('message' in parsed)) return false;
  return isErrorBody(parsed) || errorMessageIn(parsed) !== undefined;
}

function foreignMessage(
  isMissing: boolean,
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
    `${host} answered with something that is not an API answer (HTTP ${status}${named}). ` +
    'Check the base URL, and whether a proxy or a login page stands in between.'
  );
}

/** Closes and throws for a redirect. Redirects are never followed. */
export function refuseRedirect(response: IncomingMessage, context: ErrorContext): void {
  const status = response.statusCode ?? 0;
  if (status < 300 || status >= 400) return;
  response.destroy();
  const target = headerOf(response, 'location') ?? '';
  const host = URL.canParse(target) ? new URL(target).host : context.host;
  throw new ProviderError(
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
