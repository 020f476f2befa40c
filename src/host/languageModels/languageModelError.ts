import * as vscode from 'vscode';
import { codeOf } from '../../core/base/errors.ts';
import { clipEnd } from '../../core/base/text.ts';
import { ProviderError } from '../../core/providers/providerError.ts';
import type { ErrorKind } from '../../shared/outcome.ts';
import { messageOf } from '../../shared/thrown.ts';

/**
 * Error names and codes of VS Code and of the extensions that provide models. `Blocked` is temporary, so it
 * counts as a rate limit.
 */
const kinds: Readonly<Record<string, ErrorKind>> = {
  NoPermissions: 'auth',
  Blocked: 'rate_limit',
  NotFound: 'not_found',
  ChatRateLimited: 'rate_limit',
  ChatQuotaExceeded: 'quota',
  // The user closed the question whether the model may be used.
  Canceled: 'auth',
};

/** Backoff after a block, in ms. VS Code does not say how long a block lasts. */
const blockedMs = 10_000;

const selectModel = 'select another model with "Interleave: Select Model…"';

/** Converts an error of a request to a model in VS Code into a `ProviderError` with a message for the user. */
export function toLanguageModelError(error: unknown, model: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const kind = kindOf(error);
  const [lead, remedy] = messageParts(kind, model);
  const detail = detailOf(error);
  const room = maxMessage - lead.length - remedy.length;
  const sentence = detail === '' ? lead : `${lead}: ${clipEnd(detail, Math.max(0, room))}`;
  const end = /[.!?…]$/.test(sentence) ? '' : '.';
  return new ProviderError(`${sentence}${end} ${remedy}`, {
    kind,
    code: modelErrorCode(error),
    cause: error,
    // A missing model holds back every conversation that uses it.
    ...(kind === 'not_found' ? { blocking: true } : {}),
    ...(kind === 'rate_limit' ? { retryAfterMs: blockedMs } : {}),
  });
}

/** Max length of a message in UTF-16 units, less some for the punctuation that joins its parts. */
const maxMessage = 490;

/** The error for a model that VS Code does not offer, or no longer. */
export function modelIsGone(model: string): ProviderError {
  const [lead, remedy] = messageParts('not_found', model);
  const details = { kind: 'not_found', code: 'NotFound', blocking: true } as const;
  return new ProviderError(`${lead}. ${remedy}`, details);
}

/** Checks names first: VS Code keeps the name of an error that an extension throws, but not its class. */
function kindOf(error: unknown): ErrorKind {
  const cause = error instanceof Error ? error.cause : undefined;
  for (const name of [nameOf(error), modelErrorCode(error), nameOf(cause), modelErrorCode(cause)]) {
    const kind = name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined) return kind;
  }
  // An unknown error is retried a few times.
  return 'protocol';
}

/** What happened, and what to do. */
function messageParts(kind: ErrorKind, model: string): readonly [string, string] {
  switch (kind) {
    case 'auth':
      return [
        `VS Code does not let Interleave use ${model}`,
        `Allow it when VS Code asks again or in "Manage Language Model Access", or ${selectModel}.`,
      ];
    case 'rate_limit':
      return [
        `VS Code is limiting requests to ${model}`,
        'Retry later, or lower interleave.concurrency.',
      ];
    case 'quota':
      return [`The quota for ${model} is used up`, `Wait until it is renewed, or ${selectModel}.`];
    case 'not_found':
      return [
        `VS Code offers no model ${model}`,
        `Resume when its extension offers it again, or ${selectModel} and run again.`,
      ];
    default:
      return [`${model} failed`, `Retry, or ${selectModel}.`];
  }
}

function detailOf(error: unknown): string {
  const detail = messageOf(error)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return detail === nameOf(error) || detail === modelErrorCode(error) ? '' : detail.toWellFormed();
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}

function modelErrorCode(error: unknown): string | undefined {
  return error instanceof vscode.LanguageModelError ? error.code || undefined : codeOf(error);
}
