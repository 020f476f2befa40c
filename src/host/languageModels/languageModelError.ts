import * as vscode from 'vscode';
import { codeOf } from '../../core/base/errors.ts';
import { clipEnd } from '../../core/base/text.ts';
import { ProviderError } from '../../core/providers/providerError.ts';
import type { ErrorKind } from '../../shared/conversationEvents.ts';
import { messageOf } from '../../shared/thrown.ts';

/**
 * Names and codes by which VS Code and the extensions that provide models say what went wrong. An
 * extension may block requests for a while, so a block is a rate limit; a used-up quota has a name of
 * its own.
 */
const kinds: Readonly<Record<string, ErrorKind>> = {
  NoPermissions: 'auth',
  Blocked: 'rate_limit',
  NotFound: 'not_found',
  ChatRateLimited: 'rate_limit',
  ChatQuotaExceeded: 'quota',
  // The question whether the model may be used was closed without an answer.
  Canceled: 'auth',
};

/** VS Code does not say how long a block lasts. Nobody asks again before, in ms. */
const blockedMs = 10_000;

const selectModel = 'choose another one with "Interleave: Select Model…"';

/** What a request to one of VS Code's models was ended by, for a person. */
export function toLanguageModelError(error: unknown, model: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const kind = kindOf(error);
  const [lead, remedy] = wordsFor(kind, model);
  const said = wordsOf(error);
  const room = maxWords - lead.length - remedy.length;
  const sentence = said === '' ? lead : `${lead}: ${clipEnd(said, Math.max(0, room))}`;
  const end = /[.!?…]$/.test(sentence) ? '' : '.';
  return new ProviderError(`${sentence}${end} ${remedy}`, {
    kind,
    code: modelErrorCode(error),
    cause: error,
    // Without a model, no conversation that was to use it gets any further.
    ...(kind === 'not_found' ? { blocking: true } : {}),
    ...(kind === 'rate_limit' ? { retryAfterMs: blockedMs } : {}),
  });
}

/** UTF-16 units of a message, less some for what joins its parts. */
const maxWords = 490;

/** No such model, or none any more. */
export function modelIsGone(model: string): ProviderError {
  const [lead, remedy] = wordsFor('not_found', model);
  const details = { kind: 'not_found', code: 'NotFound', blocking: true } as const;
  return new ProviderError(`${lead}. ${remedy}`, details);
}

/** The names come first: what an extension throws arrives with its name, its class is lost. */
function kindOf(error: unknown): ErrorKind {
  const cause = error instanceof Error ? error.cause : undefined;
  for (const name of [nameOf(error), modelErrorCode(error), nameOf(cause), modelErrorCode(cause)]) {
    const kind = name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined) return kind;
  }
  // Of all else nothing is known but that there is no proper answer: that is worth a few attempts.
  return 'protocol';
}

/** What happened, and what can be done. */
function wordsFor(kind: ErrorKind, model: string): readonly [string, string] {
  switch (kind) {
    case 'auth':
      return [
        `VS Code does not let Interleave use ${model}`,
        `Allow it when VS Code asks again or in "Manage Language Model Access", or ${selectModel}.`,
      ];
    case 'rate_limit':
      return [
        `VS Code holds back requests to ${model} for now`,
        'Retry later, or lower interleave.concurrency.',
      ];
    case 'quota':
      return [
        `What you may use of ${model} is used up`,
        `Wait until it is renewed, or ${selectModel}.`,
      ];
    case 'not_found':
      return [
        `VS Code offers no model ${model}`,
        `Go on when its extension offers it again, or ${selectModel} and run again.`,
      ];
    default:
      return [`${model} failed`, `Retry, or ${selectModel}.`];
  }
}

function wordsOf(error: unknown): string {
  const words = messageOf(error)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return words === nameOf(error) || words === modelErrorCode(error) ? '' : words.toWellFormed();
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}

function modelErrorCode(error: unknown): string | undefined {
  return error instanceof vscode.LanguageModelError ? error.code || undefined : codeOf(error);
}
