import * as vscode from 'vscode';
import { commands } from '../host/contributionIds.ts';
import type { Remedy } from '../host/hostError.ts';
import type { Log } from '../host/log.ts';
import { showMessage } from '../host/messages.ts';
import type { RequestAnswer } from '../shared/panelProtocol.ts';
import { messageOf } from '../shared/thrown.ts';
import { declined, refused } from './answered.ts';

/** What to tell a person of an error. */
interface ToldError {
  readonly text: string;
  readonly remedies: readonly Remedy[];
}

/** Shows what went wrong, with the remedies there are; what is not for people goes to the log too. */
export async function showError(error: unknown, log: Log): Promise<void> {
  await show(toldError(error, log));
}

/**
 * The answer to a view whose request failed. The view shows what went wrong; where there are remedies, VS Code
 * shows it instead, with a button for each.
 */
export function answerOfError(error: unknown, log: Log): RequestAnswer {
  const told = toldError(error, log);
  if (told.remedies.length === 0) return refused(told.text);
  void show(told);
  return declined;
}

function toldError(error: unknown, log: Log): ToldError {
  const forPeople = error instanceof Error && error.name === 'UserError';
  if (!forPeople) log.error(error);
  const message = log.safe(messageOf(error));
  if (forPeople) return { text: message, remedies: remediesOf(error) };
  return { text: `Interleave failed: ${message}`, remedies: [showLog] };
}

async function show({ text, remedies }: ToldError): Promise<void> {
  const titles = remedies.map(({ title }) => title);
  const chosen = await showMessage('error', text, titles);
  const remedy = remedies.find(({ title }) => title === chosen);
  if (remedy !== undefined) await runRemedy(remedy);
}

/** Does what the button of a remedy says. */
export async function runRemedy({ command, args = [] }: Remedy): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

const showLog: Remedy = { title: 'Show Log', command: commands.showLog };

function remediesOf(error: Error): readonly Remedy[] {
  return 'remedies' in error && Array.isArray(error.remedies) ? error.remedies : [];
}
