import type { ErrorKind } from '../../shared/conversationEvents.ts';
import { defaultLimitValues } from '../base/limits.ts';
import { redactSecrets } from '../base/redact.ts';
import { clipEnd } from '../base/text.ts';

export interface ProviderErrorDetails {
  readonly kind: ErrorKind;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
  /** The API's own name for the error (`context_length_exceeded`) or Node's (`ECONNREFUSED`). */
  readonly code?: string | undefined;
  /** The request's field that the API objects to, by its own name. */
  readonly param?: string | undefined;
  /** How long the server asks to wait, in ms; absent when it does not say. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the same request may succeed later. Follows from `kind` unless given. */
  readonly retryable?: boolean | undefined;
  /** Whether it holds for every further request until a person mends it. Follows from `kind` unless given. */
  readonly blocking?: boolean | undefined;
  /** Whether what answered is no API: a proxy, a login page. */
  readonly foreign?: boolean | undefined;
  /** What happened, in a few words, where the kind says too little: `no data for 60 s`. */
  readonly brief?: string | undefined;
  /** UTF-16 units that the message may have; 500 when absent. */
  readonly maxMessage?: number | undefined;
  readonly cause?: unknown;
}

const transientKinds: ReadonlySet<ErrorKind> = new Set([
  'rate_limit',
  'overloaded',
  'network',
  'protocol',
]);

/** UTF-16 units of an error's message where nothing else is said. */
const maxErrorMessage = defaultLimitValues.errorCharacters;
/** UTF-16 units of the id that a server gives a request. */
const maxRequestId = 200;

/**
 * A model request that failed. The message is fit for a person, without secrets, and at most 500
 * characters long where nothing else is said.
 */
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
    const maxMessage = details.maxMessage ?? maxErrorMessage;
    super(clipEnd(redactSecrets(clipEnd(message, 4 * maxMessage)), maxMessage), {
      cause: details.cause,
    });
    this.kind = details.kind;
    this.httpStatus = details.httpStatus;
    this.requestId = details.requestId === undefined ? undefined : safeRequestId(details.requestId);
    this.code = details.code;
    this.param = details.param;
    this.retryAfterMs = details.retryAfterMs;
    this.retryable = details.retryable ?? transientKinds.has(details.kind);
    this.blocking = details.blocking ?? (details.kind === 'auth' || details.kind === 'quota');
    this.foreign = details.foreign ?? false;
    this.brief = details.brief;
  }
}

/** The id a server gave a request, as far as it may be shown: a server can put anything there. */
export function safeRequestId(requestId: string): string {
  return clipEnd(redactSecrets(clipEnd(requestId, 2 * maxRequestId)), maxRequestId);
}

/** What Node says when no connection comes about. */
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

/** Whether nothing answered at all: the network is gone, or the server is. */
export function isUnreachable({ kind, code, httpStatus }: ProviderError): boolean {
  if (kind !== 'network' || httpStatus !== undefined) return false;
  return code !== undefined && unreachableCodes.has(code);
}

const overflowCodes: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'request_too_large',
  'model_context_window_exceeded',
]);

/** Whether the request was longer than the model or the server takes. */
export function isContextOverflow({ kind, code, httpStatus }: ProviderError): boolean {
  if (kind !== 'invalid_request') return false;
  return httpStatus === 413 || (code !== undefined && overflowCodes.has(code));
}

/** Names by which servers say that their rules forbid an answer. */
const policyCodes =
  /^(invalid_prompt|content_filter|content_policy_violation|responsible_ai_policy_violation|prompt_blocked|moderation_blocked|safety|.*_policy(_violation)?)$/i;

/** Whether an API's name for an error means that its rules forbid an answer. */
export function isPolicyCode(code: string | undefined): boolean {
  return code !== undefined && policyCodes.test(code);
}

/** Whether the server refuses to answer such a request: no fault, and no better for trying again. */
export function isPolicyRefusal({ kind, code }: ProviderError): boolean {
  return kind === 'invalid_request' && isPolicyCode(code);
}

/** Whether the server does not take back thinking that it gave: what it was bound to has changed. */
export function isThinkingRefusal({ kind, code, message }: ProviderError): boolean {
  if (kind !== 'invalid_request') return false;
  return (
    code === 'invalid_encrypted_content' ||
    /\b(redacted_)?thinking\b|\bsignature\b|\breasoning\b|\bencrypted[_ ]content\b/i.test(message)
  );
}

const overloadCodes: ReadonlySet<string> = new Set(['overloaded_error', 'server_is_overloaded']);

/** Whether the server says that it has too much to do, and not only that something went wrong. */
export function isOverload({ kind, code, httpStatus }: ProviderError): boolean {
  if (kind !== 'overloaded') return false;
  return (
    httpStatus === 529 || httpStatus === 503 || (code !== undefined && overloadCodes.has(code))
  );
}
