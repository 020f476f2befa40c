import type { ErrorKind } from '../../../shared/outcome.ts';
import { clipEnd } from '../../base/text.ts';
import { cleanServerMessage } from './cleanServerMessage.ts';
import type { ErrorContext } from './networkError.ts';
import type { RefusalMeaning } from './refusalMeaning.ts';
import type { ServerDelay } from './retryAfter.ts';

/** A classified error of an API. */
export interface ClassifiedError {
  readonly kind: ErrorKind;
  readonly meaning: RefusalMeaning | undefined;
  /** The server's message, cleaned; empty without one. */
  readonly quoted: string;
  readonly delay: ServerDelay | undefined;
  readonly maxMessage: number;
}

/** The message for people: what happened, the server's words as far as they fit, and what to do. */
export function apiErrorMessage(
  { kind, meaning, quoted, delay, maxMessage }: ClassifiedError,
  context: ErrorContext,
): string {
  const wording = wordingOf(kind, meaning);
  const remedy = `${quotedDelay(delay)}${wording.remedy(context)}`;
  const lead = wording.lead(context);
  const room = maxMessage - lead.length - remedy.length - ': . '.length;
  return `${sentenceOf(lead, clipEnd(quoted, Math.max(0, room)))} ${remedy}`;
}

/** Quotes a header whose unit had to be guessed, so that people can check it. */
function quotedDelay(delay: ServerDelay | undefined): string {
  return delay?.guessedFrom === undefined
    ? ''
    : `It said "${cleanServerMessage(delay.guessedFrom, undefined, 80)}". `;
}

function sentenceOf(lead: string, quoted: string): string {
  if (quoted === '') return `${lead}.`;
  return `${lead}: ${quoted}${/[.!?…]$/.test(quoted) ? '' : '.'}`;
}

/** What happened and where, and what to do. */
interface Wording {
  lead(context: ErrorContext): string;
  remedy(context: ErrorContext): string;
}

const rejected: Wording = {
  lead: (context) => `${context.host} rejected the request${statusOf(context)}`,
  remedy: () => 'Change what it objects to, and retry.',
};

const wordings: { readonly [K in ErrorKind]: Wording } = {
  auth: {
    lead: ({ host, apiKey, httpStatus }) => {
      if (httpStatus === 403) return `${host} does not allow this with the key it was given`;
      return apiKey === undefined ? `${host} asks for a key` : `The key was refused by ${host}`;
    },
    remedy: ({ apiKey, httpStatus }) => {
      if (httpStatus === 403) return 'Check what the key is allowed to do, or set another one.';
      return `${apiKey === undefined ? 'Set one' : 'Set another key'}, and retry.`;
    },
  },
  quota: {
    lead: ({ host }) => `The spending limit or credit at ${host} is used up`,
    remedy: () => 'Raise the limit or add credit there, and retry.',
  },
  rate_limit: {
    lead: ({ host }) => `The rate limit of ${host} is reached`,
    remedy: () => 'Retry later, or lower interleave.concurrency.',
  },
  not_found: {
    lead: ({ host, model }) => `The model ${model} is not offered by ${host}`,
    remedy: () => 'Choose another model, and run again.',
  },
  overloaded: {
    lead: (context) => `${context.host} is overloaded or has an internal error${statusOf(context)}`,
    remedy: () => 'Retry later, or lower interleave.concurrency.',
  },
  network: {
    lead: (context) => `The way to ${context.host} is blocked${statusOf(context)}`,
    remedy: () => 'Check the proxy that is set, and its user name and password.',
  },
  invalid_request: rejected,
  protocol: rejected,
  approval: rejected,
  internal: rejected,
};

const tooLarge: Wording = {
  lead: ({ host }) => `The request has more tokens than ${host} takes in a minute`,
  remedy: () => 'Shorten the prompt, lower interleave.maxTokens, or have the limit raised there.',
};

const periodUsedUp: Wording = {
  lead: ({ host }) => `The limit of a day or month at ${host} is used up`,
  remedy: () => 'Continue when it resets, or have it raised there.',
};

function wordingOf(kind: ErrorKind, meaning: RefusalMeaning | undefined): Wording {
  if (meaning === 'too_large') return tooLarge;
  return meaning === 'period' && kind === 'quota' ? periodUsedUp : wordings[kind];
}

function statusOf({ httpStatus }: ErrorContext): string {
  return httpStatus === undefined || httpStatus < 300 ? '' : ` (HTTP ${httpStatus})`;
}
