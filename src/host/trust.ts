import * as vscode from 'vscode';
import { HostError } from './hostError.ts';

/** Message for `requireTrust` when a run is refused. */
export const noRunsWithoutTrust =
  'Prompts cannot run in Restricted Mode, because a run sends text and files of this folder to a model. Trust the folder to run them.';

/** Throws a `HostError` with a button to trust the folder, if it is not trusted. `why` is the message. */
export function requireTrust(why: string): void {
  if (vscode.workspace.isTrusted) return;
  throw new HostError(why, [
    { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
  ]);
}
