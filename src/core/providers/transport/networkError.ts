import type { IncomingMessage } from 'node:http';
import { codeOf } from '../../base/errors.ts';
import { clipEnd, visibleText } from '../../base/text.ts';
import { ProviderError } from '../providerError.ts';
import { headerOf } from './exchange.ts';

/** Facts about a request that its error messages use. */
export interface ErrorContext {
  readonly host: string;
  readonly apiKey: string | undefined;
  readonly model: string;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
  /** Max length of messages that quote the server, in UTF-16 units. Default: see `ProviderError`. */
  readonly maxMessage?: number | undefined;
  /** Whether any request to this server has succeeded before. */
  readonly hasAnswered?: (() => boolean) | undefined;
}

/** Adds what the head of a response says to the context of its request. */
export function withResponse(context: ErrorContext, response: IncomingMessage): ErrorContext {
  const requestId = headerOf(response, 'request-id') ?? headerOf(response, 'x-request-id');
  return { ...context, httpStatus: response.statusCode ?? 0, requestId };
}

/**
 * Describes a failed connection for people, by its error code. `cause` is Node's error; undefined when
 * the connection closed without one.
 */
export function describeNetworkError(
  cause: unknown,
  context: Pick<ErrorContext, 'host' | 'httpStatus' | 'requestId'>,
): ProviderError {
  if (cause instanceof ProviderError) return cause;
  const code = codeOf(cause) ?? '';
  const { httpStatus, requestId } = context;
  const details = { httpStatus, requestId, cause, code: code || undefined };
  if (code.startsWith('HPE_')) {
    return new ProviderError(`${context.host} did not answer in HTTP. Check the base URL.`, {
      ...details,
      kind: 'protocol',
    });
  }
  const [what, remedy] = wordsOf(code, context.host, cause);
  // A retry does not make a certificate valid, and every other request fails the same way.
  const isLasting = isCertificateCode(code) || isHandshakeCode(code);
  return new ProviderError(`${what}. ${remedy}${code && ` (${code})`}.`, {
    ...details,
    kind: 'network',
    ...(isLasting ? { retryable: false, blocking: true } : {}),
  });
}

/** What happened, and what to do. */
function wordsOf(code: string, host: string, cause: unknown): readonly [string, string] {
  switch (code) {
    case 'ECONNREFUSED':
      return [
        `Nothing answers at ${host}`,
        'Check that the server runs and that the base URL is right',
      ];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`${host} cannot be found`, 'Check the network connection and the base URL'];
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return [`${host} cannot be reached`, 'Check the network connection'];
  }
  if (isHandshakeCode(code)) {
    return [`No encrypted connection to ${host} could be made`, 'Check https:// in the base URL'];
  }
  if (isCertificateCode(code)) return certificateWords(code, host, cause);
  return [`The connection to ${host} broke off`, 'Check the network connection, and retry'];
}

/** Why a certificate was rejected, and what to do. */
function certificateWords(code: string, host: string, cause: unknown): readonly [string, string] {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return [
        `The certificate of ${host} has expired`,
        "Have it renewed, or set this computer's clock if that is wrong",
      ];
    case 'CERT_NOT_YET_VALID':
      return [`The certificate of ${host} is not valid yet`, "Check this computer's clock"];
    case 'CERT_REVOKED':
      return [`The certificate of ${host} was revoked`, 'Ask whoever runs the server'];
    case 'HOSTNAME_MISMATCH':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        `The certificate of ${host} is for another name${namesIn(cause)}`,
        'Use that name in the base URL, or have a certificate made for this one',
      ];
    default:
      return [
        `The certificate of ${host} is not trusted here`,
        "Check the base URL. If the certificate is your company's, install its root certificate on this computer; on the command line, set NODE_EXTRA_CA_CERTS to its file, or NODE_OPTIONS=--use-system-ca",
      ];
  }
}

/** The names that a certificate is valid for, if Node reports them. */
function namesIn(cause: unknown): string {
  if (!(cause instanceof Error) || !('cert' in cause)) return '';
  const names = (cause.cert as { readonly subjectaltname?: unknown } | undefined)?.subjectaltname;
  if (typeof names !== 'string' || names === '') return '';
  return ` (${clipEnd(visibleText(names), 100)})`;
}

function isCertificateCode(code: string): boolean {
  return (
    /CERT|^UNABLE_TO_|^ERR_TLS_|CRL_|^INVALID_(?:CA|PURPOSE|NON_CA)$/.test(code) ||
    code === 'HOSTNAME_MISMATCH' ||
    code === 'PATH_LENGTH_EXCEEDED'
  );
}

function isHandshakeCode(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}
