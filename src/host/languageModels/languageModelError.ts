import * as vscode from 'vscode';
import { messageOf } from '../../core/base/errors.ts';
import { ProviderError } from '../../core/providers/providerError.ts';
import type { ErrorKind } from '../../shared/conversationEvents.ts';

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
};

const selectModel = 'Choose another one with "Interleave: Select Model…".';

/** What a request to one of VS Code's models was ended by, for a person. */
export function toLanguageModelError(error: unknown, model: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const kind = kindOf(error);
  const words = wordsOf(error);
  return new ProviderError(`${leadOf(kind, model)}${words === '' ? '.' : `: ${words}`}`, {
    kind,
    code: codeOf(error),
    cause: error,
  });
}

/** No such model, or none any more. */
export function modelIsGone(model: string): ProviderError {
  return new ProviderError(`VS Code offers no model ${model}. ${selectModel}`, {
    kind: 'not_found',
    code: 'NotFound',
  });
}

/** The names come first: what an extension throws arrives with its name, its class is lost. */
function kindOf(error: unknown): ErrorKind {
  const cause = error instanceof Error ? error.cause : undefined;
  for (const name of [nameOf(error), codeOf(error), nameOf(cause), codeOf(cause)]) {
    const kind = name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined) return kind;
  }
  // Of all else nothing is known but that there is no proper answer: that is worth a few attempts.
  return 'protocol';
}

function leadOf(kind: ErrorKind, model: string): string {
  switch (kind) {
    case 'auth':
      return `VS Code does not let Interleave use ${model}. Run again and allow it, or see "Manage Language Model Access"`;
    case 'rate_limit':
      return `VS Code holds back requests to ${model} for now`;
    case 'quota':
      return `What you may use of ${model} is used up`;
    case 'not_found':
      return `VS Code offers no model ${model}. ${selectModel.slice(0, -1)}`;
    default:
      return `${model} failed`;
  }
}

function wordsOf(error: unknown): string {
  const words = messageOf(error)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return words === nameOf(error) || words === codeOf(error) ? '' : words.toWellFormed();
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof vscode.LanguageModelError) return error.code || undefined;
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
