import * as vscode from 'vscode';
import { plainLines, plainText } from './plainText.ts';

/** VS Code shows no more of a notification. */
const maxMessage = 1_000;

export type Severity = 'information' | 'warning' | 'error';

/**
 * Shows a notification and resolves with the button that was chosen. VS Code makes links of what looks
 * like one in its text, and a link can run a command: the whole text is made plain, so that it may hold
 * what a server, a file or a model says.
 */
export async function showMessage(
  severity: Severity,
  text: string,
  buttons: readonly string[] = [],
): Promise<string | undefined> {
  return await show(severity)(plainText(text, maxMessage), ...buttons);
}

/** Asks a question that must be answered first; `detail` is the smaller text below it. */
export async function askModal(
  text: string,
  detail: string,
  buttons: readonly string[],
): Promise<string | undefined> {
  const options = { modal: true, detail: plainLines(detail) };
  return await show('warning')(plainText(text), options, ...buttons);
}

type Show = <O>(message: string, ...rest: readonly (O | string)[]) => Thenable<string | undefined>;

function show(severity: Severity): Show {
  const { window } = vscode;
  switch (severity) {
    case 'information':
      return window.showInformationMessage as Show;
    case 'warning':
      return window.showWarningMessage as Show;
    case 'error':
      return window.showErrorMessage as Show;
  }
}

/** Shows a short text with a codicon in the status bar for a while. */
export function flashStatus(icon: string, text: string, forMs: number): void {
  vscode.window.setStatusBarMessage(`$(${icon}) ${plainText(text)}`, forMs);
}

/** Shows a notification while something goes on that can be cancelled. */
export async function whileNotifying<T>(
  title: string,
  act: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  const options = { location, title: plainText(title), cancellable: true };
  return await vscode.window.withProgress(options, (_progress, token) => act(token));
}
