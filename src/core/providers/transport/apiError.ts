import type { ErrorKind } from '../../../shared/conversationEvents.ts';
import { type JsonObject, objectField, textField } from '../../base/jsonObject.ts';
import { defaultLimitValues } from '../../base/limits.ts';
import { clipEnd } from '../../base/text.ts';
import { isPolicyCode, ProviderError } from '../providerError.ts';
import { errorObjectOf, wordsOfError } from './errorBody.ts';
import type { ErrorContext } from './networkError.ts';
import { meaningOfRefusal, type RefusalMeaning } from './refusalWords.ts';
import type { AskedWait } from './retryAfter.ts';
import { cleanServerMessage } from './serverMessage.ts';
import { nameOfUnnamed } from './unnamedErrors.ts';

/** An error as an API reports it: as a response, or as an event in the middle of a stream. */
export interface ApiErrorReport {
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** The request's field that is at fault, where the API names it. */
  readonly param?: string | undefined;
}

/** Reads the error of either API, or of a server like them; `body` is what the response or the event holds. */
export function readApiError(body: unknown): ApiErrorReport {
  const error = errorObjectOf(body);
  const type = textField(error, 'type') ?? textField(error, 'status');
  const message = wordsOfError(body);
  return {
    type,
    code:
      codeOf(error) ??
      textField(objectField(error, 'details'), 'error_code') ??
      nameOfUnnamed(type, message),
    message,
    param: textField(error, 'param'),
  };
}

/** A code is a name with the APIs, and often a status with servers that pass on what others said. */
function codeOf({ code }: JsonObject): string | undefined {
  return typeof code === 'number' ? String(code) : textField({ code }, 'code');
}

/** The status that a code stands for; undefined for a name. */
function statusOfCode(code: string | undefined): number | undefined {
  return code !== undefined && /^[45]\d\d$/.test(code) ? Number(code) : undefined;
}

/** Names that say what kind of error it is, as a code or as a type, in either API. */
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
 * Classifies by code, then type, then status; the server's text is shown, and read only where it is the one
 * thing that tells an error from others (`nameOfUnnamed`, `meaningOfRefusal`).
 */
export function apiError(
  report: ApiErrorReport,
  told: ErrorContext,
  wait?: AskedWait | undefined,
): ProviderError {
  // In an answer that began well, the code is all that tells how it ended.
  const isRefused = told.httpStatus !== undefined && told.httpStatus >= 300;
  const httpStatus = isRefused ? told.httpStatus : (statusOfCode(report.code) ?? told.httpStatus);
  const context = { ...told, httpStatus };
  const { apiKey, maxMessage = defaultLimitValues.errorCharacters } = context;
  const named = kindOfName(report.code) ?? kindOfName(report.type);
  const first = named ?? kindOfReport(report, httpStatus);
  const meaning = readsWords(first, httpStatus) ? meaningOfRefusal(report.message) : undefined;
  const kind = kindOfMeaning(meaning, first, wait);
  const remedy = `${oddWords(wait)}${remedyFor(kind, context, meaning)}`;
  const lead = leadOf(kind, context, meaning);
  const room = maxMessage - lead.length - remedy.length - ': . '.length;
  const words = report.message ? cleanServerMessage(report.message, apiKey, maxMessage) : '';
  // Only what the API itself calls authentication holds for everyone.
  const isOwn = httpStatus === 403 && kind === 'auth' && named === undefined && !speaksOfKey(words);
  return new ProviderError(`${sentenceOf(lead, clipEnd(words, Math.max(0, room)))} ${remedy}`, {
    maxMessage,
    kind,
    httpStatus,
    requestId: context.requestId,
    code: report.code ?? report.type,
    param: report.param,
    retryAfterMs: wait?.ms,
    ...(isOwn ? { blocking: false } : {}),
    ...(httpStatus === 407 ? { retryable: false, blocking: true } : {}),
  });
}

/** Whether the words of such a refusal may mean something else than its kind. */
function readsWords(kind: ErrorKind, status: number | undefined): boolean {
  return kind === 'rate_limit' || status === 402 || status === 403 || status === 413;
}

function kindOfMeaning(
  meaning: RefusalMeaning | undefined,
  kind: ErrorKind,
  wait: AskedWait | undefined,
): ErrorKind {
  if (meaning === 'too_large') return 'invalid_request';
  if (meaning === 'quota') return 'quota';
  // Where it is known when the limit is whole again, that is waited for.
  return meaning === 'period' && kind === 'rate_limit' && wait === undefined ? 'quota' : kind;
}

function speaksOfKey(words: string): boolean {
  return /\b(key|token|credential|permission)s?\b|\bauth(enticat|oriz|oris)/i.test(words);
}

/** A header that was read in another unit than the usual one is quoted, so that it can be checked. */
function oddWords(wait: AskedWait | undefined): string {
  return wait?.odd === undefined
    ? ''
    : `It said "${cleanServerMessage(wait.odd, undefined, 80)}". `;
}

/** What happened, and the server's own words for it. */
function sentenceOf(lead: string, words: string): string {
  if (words === '') return `${lead}.`;
  return `${lead}: ${words}${/[.!?…]$/.test(words) ? '' : '.'}`;
}

function kindOfName(name: string | undefined): ErrorKind | undefined {
  return name !== undefined && Object.hasOwn(kindsByName, name) ? kindsByName[name] : undefined;
}

function kindOfReport(report: ApiErrorReport, status: number | undefined): ErrorKind {
  if (status !== undefined && status >= 300) return kindOfStatus(status);
  // In mid-stream there is no status; what is not the request's fault is the server's.
  const isOwn = report.type === 'invalid_request_error' || isPolicyCode(report.code);
  return isOwn ? 'invalid_request' : 'overloaded';
}

/** The kind of an HTTP status of 400 and more, when nothing more is known. */
export function kindOfStatus(status: number): ErrorKind {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'rate_limit';
  if (status === 407) return 'network';
  if (status === 408 || status === 409 || status === 425) return 'overloaded';
  return status >= 500 && status !== 501 ? 'overloaded' : 'invalid_request';
}

/** How the message begins: what happened, where, and what can be done. */
function leadOf(
  kind: ErrorKind,
  context: ErrorContext,
  meaning: RefusalMeaning | undefined,
): string {
  const { host, model } = context;
  if (meaning === 'too_large') return `The request has more tokens than ${host} takes in a minute`;
  switch (kind) {
    case 'auth':
      if (context.httpStatus === 403)
        return `${host} does not allow this with the key it was given`;
      return context.apiKey === undefined
        ? `${host} asks for a key`
        : `The key was refused by ${host}`;
    case 'quota':
      if (meaning === 'period') return `The limit of a day or month at ${host} is used up`;
      return `The spending limit or credit at ${host} is used up`;
    case 'rate_limit':
      return `The rate limit of ${host} is reached`;
    case 'not_found':
      return `The model ${model} is not offered by ${host}`;
    case 'overloaded':
      return `${host} is overloaded or has an internal error${statusOf(context)}`;
    case 'network':
      return `The way to ${host} is blocked${statusOf(context)}`;
    case 'invalid_request':
    case 'protocol':
    case 'approval':
    case 'internal':
      return `${host} rejected the request${statusOf(context)}`;
  }
}

function statusOf({ httpStatus }: ErrorContext): string {
  return httpStatus === undefined || httpStatus < 300 ? '' : ` (HTTP ${httpStatus})`;
}

const loadRemedy = 'Retry later, or lower interleave.concurrency.';

function remedyFor(
  kind: ErrorKind,
  { httpStatus, apiKey }: ErrorContext,
  meaning: RefusalMeaning | undefined,
): string {
  if (meaning === 'too_large')
    return 'Shorten the prompt, lower interleave.maxTokens, or have the limit raised there.';
  switch (kind) {
    case 'auth':
      if (httpStatus === 403) return 'Check what the key is allowed to do, or set another one.';
      return `${apiKey === undefined ? 'Set one' : 'Set another key'}, and retry.`;
    case 'quota':
      if (meaning === 'period') return 'Go on when it is whole again, or have it raised there.';
      return 'Raise the limit or add credit there, and retry.';
    case 'rate_limit':
    case 'overloaded':
      return loadRemedy;
    case 'not_found':
      return 'Choose another model, and run again.';
    case 'network':
      return 'Check the proxy that is set, and its user name and password.';
    case 'invalid_request':
    case 'protocol':
    case 'approval':
    case 'internal':
      return 'Change what it objects to, and retry.';
  }
}
