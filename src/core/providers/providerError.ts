import { errorKindTable } from '../../shared/errorKinds.ts';
import type { ErrorKind } from '../../shared/outcome.ts';
import { defaultLimitValues } from '../base/limits.ts';
import { redactSecrets } from '../base/redact.ts';
import { clipEnd } from '../base/text.ts';

/** The details of a `ProviderError`. */
export interface ProviderErrorDetails {
  readonly kind: ErrorKind;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
  /** The API's error code (`context_length_exceeded`) or Node's (`ECONNREFUSED`). */
  readonly code?: string | undefined;
  /** The name of the request field that the API rejects. */
  readonly param?: string | undefined;
  /** The delay that the server asks for, in ms. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the same request may succeed later. Default: by `kind`. */
  readonly retryable?: boolean | undefined;
  /** Whether every further request fails too until the user fixes the cause. Default: by `kind`. */
  readonly blocking?: boolean | undefined;
  /** Whether the response came from something other than the API, such as a proxy or a login page. */
  readonly foreign?: boolean | undefined;
  /** What happened in a few words, when the kind says too little: `no data for 60 s`. */
  readonly brief?: string | undefined;
  /** Max length of the message in UTF-16 units. Default: `errorCharacters` of the limits. */
  readonly maxMessage?: number | undefined;
  readonly cause?: unknown;
}

const defaultMaxMessage = defaultLimitValues.errorCharacters;
/** In UTF-16 units. */
const maxRequestId = 200;

/** A failed model request. The message is written for people, clipped, and free of secrets. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ErrorKind;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly code: string | undefined;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  readonly blocking: boolean;
  readonly foreign: boolean;
  readonly brief: string | undefined;

  constructor(message: string, details: ProviderErrorDetails) {
    const maxMessage = details.maxMessage ?? defaultMaxMessage;
    super(clipEnd(redactSecrets(clipEnd(message, 4 * maxMessage)), maxMessage), {
      cause: details.cause,
    });
    this.kind = details.kind;
    this.httpStatus = details.httpStatus;
    this.requestId = details.requestId === undefined ? undefined : safeRequestId(details.requestId);
    this.code = details.code;
    this.param = details.param;
    this.retryAfterMs = details.retryAfterMs;
    this.retryable = details.retryable ?? errorKindTable[details.kind].retryable;
    this.blocking = details.blocking ?? errorKindTable[details.kind].blocking;
    this.foreign = details.foreign ?? false;
    this.brief = details.brief;
  }
}

/** A server's request id without secrets, clipped: a server can put anything there. */
export function safeRequestId(requestId: string): string {
  return clipEnd(redactSecrets(clipEnd(requestId, 2 * maxRequestId)), maxRequestId);
}

/** Node's error codes for connections that could not be established. */
const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
]);

/** Whether no connection was established: the network or the server is down. */
export function isUnreachable({ kind, code, httpStatus }: ProviderError): boolean {
  if (kind !== 'network' || httpStatus !== undefined) return false;
  return code !== undefined && unreachableCodes.has(code);
}

const overflowCodes: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'request_too_large',
  'model_context_window_exceeded',
]);

/** Whether the request was too long for the model or the server. */
export function isContextOverflow({ kind, code, httpStatus }: ProviderError): boolean {
  if (kind !== 'invalid_request') return false;
  return httpStatus === 413 || (code !== undefined && overflowCodes.has(code));
}

/** Error codes of content policies. */
const policyCodes =
  /^(invalid_prompt|content_filter|content_policy_violation|responsible_ai_policy_violation|prompt_blocked|moderation_blocked|safety|.*_policy(_violation)?)$/i;

/** Whether an error code means that a content policy forbids an answer. */
export function isPolicyCode(code: string | undefined): boolean {
  return code !== undefined && policyCodes.test(code);
}

/** Whether a content policy forbids an answer. A retry would not help. */
export function isPolicyRefusal({ kind, code }: ProviderError): boolean {
  return kind === 'invalid_request' && isPolicyCode(code);
}

/** Whether the server rejects thinking that it produced itself, because its context has changed. */
export function isThinkingRefusal({ kind, code, message }: ProviderError): boolean {
  if (kind !== 'invalid_request') return false;
  return (
    code === 'invalid_encrypted_content' ||
    /\b(redacted_)?thinking\b|\bsignature\b|\breasoning\b|\bencrypted[_ ]content\b/i.test(message)
  );
}

const overloadCodes: ReadonlySet<string> = new Set(['overloaded_error', 'server_is_overloaded']);

/** Whether the server reports overload, not just any internal error. */
export function isOverload({ kind, code, httpStatus }: ProviderError): boolean {
  if (kind !== 'overloaded') return false;
  return (
    httpStatus === 529 || httpStatus === 503 || (code !== undefined && overloadCodes.has(code))
  );
}
