import { ProviderError } from '../providerError.ts';

/** What every error of a turn can say about where it happened. */
export interface ErrorContext {
  readonly host: string;
  readonly apiKey: string | undefined;
  readonly model: string;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
  /** UTF-16 units of a message with the server's own words; 500 when absent. */
  readonly maxMessage?: number | undefined;
  /** Whether a request to this server has ever worked. */
  readonly hasAnswered?: (() => boolean) | undefined;
}

/**
 * What a failed connection means for a person, judged by its code. `cause` is whatever Node reported,
 * or undefined when a connection closed without a word.
 */
export function describeNetworkError(cause: unknown, context: ErrorContext): ProviderError {
  if (cause instanceof ProviderError) return cause;
  const code = codeOf(cause);
  const { httpStatus, requestId } = context;
  const details = { httpStatus, requestId, cause, code: code || undefined };
  if (code.startsWith('HPE_')) {
    return new ProviderError(`${context.host} did not answer in HTTP. Check the base URL.`, {
      ...details,
      kind: 'protocol',
    });
  }
  const [what, remedy] = wordsOf(code, context.host);
  // A certificate that is not trusted now will not be trusted in a moment, whoever asks.
  const isFinal = isCertificateCode(code) || isHandshakeCode(code);
  return new ProviderError(`${what}. ${remedy}${code && ` (${code})`}.`, {
    ...details,
    kind: 'network',
    ...(isFinal ? { retryable: false, blocking: true } : {}),
  });
}

/** What happened, and what can be done. */
function wordsOf(code: string, host: string): readonly [string, string] {
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
  if (isCertificateCode(code)) {
    return [
      `The certificate of ${host} is not trusted here`,
      'Check the base URL, or have the certificate installed on this computer',
    ];
  }
  return [`The connection to ${host} broke off`, 'Check the network connection, and retry'];
}

function isCertificateCode(code: string): boolean {
  return /CERT|^UNABLE_TO_|^ERR_TLS_/.test(code);
}

function isHandshakeCode(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error) || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}
