import type * as vscode from 'vscode';

/** Returns a signal that aborts when the token is cancelled. */
export function abortOnCancel(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new Error('cancelled'));
  if (token.isCancellationRequested) abort();
  token.onCancellationRequested(abort);
  return controller.signal;
}
