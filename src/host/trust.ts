import * as vscode from 'vscode';
import { HostError } from './hostError.ts';

/** Why nothing is run in Restricted Mode. */
export const noRunsWithoutTrust =
  'Prompts are not run in Restricted Mode: a run sends text and files of this folder to a model. Trust the folder to run them.';

/** Throws an error with the remedy when the folder is not trusted; `why` says what is not done then. */
export function requireTrust(why: string): void {
  if (vscode.workspace.isTrusted) return;
  throw new HostError(why, [
    { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
  ]);
}
