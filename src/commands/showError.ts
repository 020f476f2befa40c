import * as vscode from 'vscode';
import { commands } from '../host/contributionIds.ts';
import type { Remedy } from '../host/hostError.ts';
import type { Log } from '../host/log.ts';
import { showMessage } from '../host/messages.ts';
import { messageOf } from '../shared/thrown.ts';

/** Shows what went wrong, with the remedies there are; what is not for people goes to the log too. */
export async function showError(error: unknown, log: Log): Promise<void> {
  const forPeople = error instanceof Error && error.name === 'UserError';
  if (!forPeople) log.error(error);
  const message = log.safe(messageOf(error));
  const remedies = forPeople ? remediesOf(error) : [showLog];
  const text = forPeople ? message : `Interleave failed: ${message}`;
  const chosen = await showMessage(
    'error',
    text,
    remedies.map(({ title }) => title),
  );
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
