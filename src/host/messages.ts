import * as vscode from 'vscode';
import { plainLines, plainText } from './plainText.ts';

/** Max length of a notification in UTF-16 units. VS Code cuts off the rest. */
const maxMessage = 1_000;

/** The kind of a notification. */
export type Severity = 'information' | 'warning' | 'error';

/**
 * Shows a notification and resolves with the selected button. VS Code renders Markdown links in the text, and a
 * link can run a command. The text is made plain, so that it may contain text of a server, a file or a model.
 */
export async function showMessage(
  severity: Severity,
  text: string,
  buttons: readonly string[] = [],
): Promise<string | undefined> {
  return await show(severity)(plainText(text, maxMessage), ...buttons);
}

/** Shows a modal question and resolves with the selected button. `detail` is the smaller text below. */
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

/** Shows a short text with a codicon in the status bar for `forMs` ms. */
export function flashStatus(icon: string, text: string, forMs: number): void {
  vscode.window.setStatusBarMessage(`$(${icon}) ${plainText(text)}`, forMs);
}

/** Shows a progress notification with *Cancel* while `act` runs. */
export async function whileNotifying<T>(
  title: string,
  act: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  const options = { location, title: plainText(title), cancellable: true };
  return await vscode.window.withProgress(options, (_progress, token) => act(token));
}
