import * as vscode from 'vscode';
import { commands } from '../host/contributionIds.ts';
import type { Remedy } from '../host/hostError.ts';
import type { Log } from '../host/log.ts';
import { type Severity, showMessage } from '../host/messages.ts';
import type { RequestAnswer } from '../shared/panelProtocol.ts';
import { messageOf } from '../shared/thrown.ts';
import { declined, refused } from './answered.ts';

/** Shows an error with its buttons. Also logs an error that is not a `UserError`. */
export async function showError(error: unknown, log: Log): Promise<void> {
  const { message, remedies } = describe(error, log);
  await showWithRemedies('error', message, remedies);
}

/**
 * The answer to a view whose request failed. The view shows the message. An error with buttons is shown as a
 * notification instead.
 */
export function answerOfError(error: unknown, log: Log): RequestAnswer {
  const { message, remedies } = describe(error, log);
  if (remedies.length === 0) return refused(message);
  void showWithRemedies('error', message, remedies);
  return declined;
}

/** The message for the user and its buttons. */
function describe(
  error: unknown,
  log: Log,
): { readonly message: string; readonly remedies: readonly Remedy[] } {
  const isForUser = error instanceof Error && error.name === 'UserError';
  if (!isForUser) log.error(error);
  const message = log.safe(messageOf(error));
  if (isForUser) return { message, remedies: remediesOf(error) };
  return { message: `Interleave failed: ${message}`, remedies: [showLog] };
}

/** Shows a notification with a button for each remedy and runs the command of the selected one. */
export async function showWithRemedies(
  severity: Severity,
  message: string,
  remedies: readonly Remedy[],
): Promise<void> {
  const titles = remedies.map(({ title }) => title);
  const chosen = await showMessage(severity, message, titles);
  const remedy = remedies.find(({ title }) => title === chosen);
  if (remedy !== undefined) await runRemedy(remedy);
}

/** Runs the command of a remedy. */
export async function runRemedy({ command, args = [] }: Remedy): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

const showLog: Remedy = { title: 'Show Log', command: commands.showLog };

function remediesOf(error: Error): readonly Remedy[] {
  return 'remedies' in error && Array.isArray(error.remedies) ? error.remedies : [];
}
