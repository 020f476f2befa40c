import type { ErrorKind } from '../../../shared/conversationEvents.ts';
import { clipEnd } from '../../base/text.ts';
import type { ErrorContext } from './networkError.ts';
import type { RefusalMeaning } from './refusalMeaning.ts';
import type { RetryDelay } from './retryAfter.ts';
import { cleanServerMessage } from './serverMessage.ts';

/** A classified error of an API. */
export interface ClassifiedError {
  readonly kind: ErrorKind;
  readonly meaning: RefusalMeaning | undefined;
  /** The server's message, cleaned; empty without one. */
  readonly quoted: string;
  readonly delay: RetryDelay | undefined;
  readonly maxMessage: number;
}

/** The message for people: what happened, the server's words as far as they fit, and what to do. */
export function apiErrorMessage(
  { kind, meaning, quoted, delay, maxMessage }: ClassifiedError,
  context: ErrorContext,
): string {
  const remedy = `${quotedDelay(delay)}${remedyFor(kind, context, meaning)}`;
  const lead = leadOf(kind, context, meaning);
  const room = maxMessage - lead.length - remedy.length - ': . '.length;
  return `${sentenceOf(lead, clipEnd(quoted, Math.max(0, room)))} ${remedy}`;
}

/** Quotes a header whose unit had to be guessed, so that people can check it. */
function quotedDelay(delay: RetryDelay | undefined): string {
  return delay?.guessedFrom === undefined
    ? ''
    : `It said "${cleanServerMessage(delay.guessedFrom, undefined, 80)}". `;
}

function sentenceOf(lead: string, quoted: string): string {
  if (quoted === '') return `${lead}.`;
  return `${lead}: ${quoted}${/[.!?…]$/.test(quoted) ? '' : '.'}`;
}

/** What happened, and where. */
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

/** What to do. */
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
      return 'Retry later, or lower interleave.concurrency.';
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
