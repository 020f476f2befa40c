import { type JsonObject, objectField, textField } from '../../../shared/json.ts';
import type { ErrorKind } from '../../../shared/outcome.ts';
import { defaultLimitValues } from '../../base/limits.ts';
import { isPolicyCode, ProviderError } from '../providerError.ts';
import { apiErrorMessage } from './apiErrorMessage.ts';
import { cleanServerMessage } from './cleanServerMessage.ts';
import { codeFromMessage } from './codeFromMessage.ts';
import { errorMessageIn, errorObjectOf } from './errorBody.ts';
import type { ErrorContext } from './networkError.ts';
import { type RefusalMeaning, refusalMeaning } from './refusalMeaning.ts';
import type { ServerDelay } from './retryAfter.ts';

/** An error as an API reports it, in a response or in an event of a stream. */
export interface ApiErrorReport {
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** The invalid field of the request, if the API names it. */
  readonly param?: string | undefined;
}

/** Reads the error in the body of a response or in the data of an event, of either API. */
export function readApiError(body: unknown): ApiErrorReport {
  const error = errorObjectOf(body);
  const type = textField(error, 'type') ?? textField(error, 'status');
  const message = errorMessageIn(body);
  return {
    type,
    code:
      codeOf(error) ??
      textField(objectField(error, 'details'), 'error_code') ??
      codeFromMessage(type, message),
    message,
    param: textField(error, 'param'),
  };
}

/** The APIs use names as codes; gateways often use the status. */
function codeOf({ code }: JsonObject): string | undefined {
  return typeof code === 'number' ? String(code) : textField({ code }, 'code');
}

/** The HTTP status in a code; undefined for a name. */
function statusOfCode(code: string | undefined): number | undefined {
  return code !== undefined && /^[45]\d\d$/.test(code) ? Number(code) : undefined;
}

/** Error kinds by the codes and types of both APIs. */
const kindsByName: Readonly<Record<string, ErrorKind>> = {
  insufficient_quota: 'quota',
  insufficient_balance: 'quota',
  credit_balance_exhausted: 'quota',
  billing_error: 'quota',
  billing_hard_limit_reached: 'quota',
  contract_spend_limit_reached: 'quota',
  enforced_spend_limit_reached: 'quota',
  linked_organization_spend_limit_reached: 'quota',
  linked_organization_billing_unavailable: 'quota',
  model_not_found: 'not_found',
  not_found_error: 'not_found',
  authentication_error: 'auth',
  permission_error: 'auth',
  invalid_api_key: 'auth',
  rate_limit_error: 'rate_limit',
  rate_limit_exceeded: 'rate_limit',
  ramp_limit_exceeded: 'rate_limit',
  overloaded_error: 'overloaded',
  server_is_overloaded: 'overloaded',
  api_error: 'overloaded',
  server_error: 'overloaded',
  internal_server_error: 'overloaded',
  timeout_error: 'overloaded',
  context_length_exceeded: 'invalid_request',
  request_too_large: 'invalid_request',
  invalid_prompt: 'invalid_request',
};

/**
 * Makes a `ProviderError` of a reported error. It is classified by code, then type, then status. The
 * message is read only where nothing else tells errors apart (`codeFromMessage`, `refusalMeaning`).
 */
export function apiError(
  report: ApiErrorReport,
  request: ErrorContext,
  delay?: ServerDelay | undefined,
): ProviderError {
  // An error within a successful response has no status of its own but may have one as its code.
  const isRefused = request.httpStatus !== undefined && request.httpStatus >= 300;
  const httpStatus = isRefused
    ? request.httpStatus
    : (statusOfCode(report.code) ?? request.httpStatus);
  const context = { ...request, httpStatus };
  const { apiKey, maxMessage = defaultLimitValues.errorCharacters } = context;
  const named = kindOfName(report.code) ?? kindOfName(report.type);
  const first = named ?? kindOfReport(report, httpStatus);
  const meaning = isAmbiguous(first, httpStatus) ? refusalMeaning(report.message) : undefined;
  const kind = kindOfMeaning(meaning, first, delay);
  const quoted = report.message ? cleanServerMessage(report.message, apiKey, maxMessage) : '';
  // A 403 blocks other requests only if the API itself calls it authentication or mentions a key.
  const isOnlyThisRequest =
    httpStatus === 403 && kind === 'auth' && named === undefined && !mentionsKey(quoted);
  return new ProviderError(apiErrorMessage({ kind, meaning, quoted, delay, maxMessage }, context), {
    maxMessage,
    kind,
    httpStatus,
    requestId: context.requestId,
    code: report.code ?? report.type,
    param: report.param,
    retryAfterMs: delay?.ms,
    ...(isOnlyThisRequest ? { blocking: false } : {}),
    ...(httpStatus === 407 ? { retryable: false, blocking: true } : {}),
  });
}

/** Whether the message of such a refusal may change its kind. */
function isAmbiguous(kind: ErrorKind, status: number | undefined): boolean {
  return kind === 'rate_limit' || status === 402 || status === 403 || status === 413;
}

function kindOfMeaning(
  meaning: RefusalMeaning | undefined,
  kind: ErrorKind,
  delay: ServerDelay | undefined,
): ErrorKind {
  if (meaning === 'too_large') return 'invalid_request';
  if (meaning === 'quota') return 'quota';
  // A used-up daily limit is worth waiting for only if the server says how long.
  return meaning === 'period' && kind === 'rate_limit' && delay === undefined ? 'quota' : kind;
}

function mentionsKey(message: string): boolean {
  return /\b(key|token|credential|permission)s?\b|\bauth(enticat|oriz|oris)/i.test(message);
}

function kindOfName(name: string | undefined): ErrorKind | undefined {
  return name !== undefined && Object.hasOwn(kindsByName, name) ? kindsByName[name] : undefined;
}

function kindOfReport(report: ApiErrorReport, status: number | undefined): ErrorKind {
  if (status !== undefined && status >= 300) return kindOfStatus(status);
  // Mid-stream errors have no status. Unless they name the request as the cause, the server failed.
  const isInvalid = report.type === 'invalid_request_error' || isPolicyCode(report.code);
  return isInvalid ? 'invalid_request' : 'overloaded';
}

/** The error kind of an HTTP status from 400 on, when nothing else is known. */
export function kindOfStatus(status: number): ErrorKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'rate_limit';
  if (status === 407) return 'network';
  if (status === 408 || status === 409 || status === 425) return 'overloaded';
  return status >= 500 && status !== 501 ? 'overloaded' : 'invalid_request';
}
