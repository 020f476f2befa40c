import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { InterleaveApi } from '../../../src/host/api.ts';
import type { RunArgument } from '../../../src/host/runArgument.ts';
import type { RunResult } from '../../../src/shared/runResult.ts';
import { poll } from '../../e2e/support/poll.ts';

const timeoutMs = 60_000;

/** The extension as VS Code knows it, active or not. */
export function findExtension(): vscode.Extension<InterleaveApi> {
  const extension = vscode.extensions.getExtension<InterleaveApi>('interleave.interleave');
  assert.ok(extension, 'the extension is not installed');
  return extension;
}

/** The API for other extensions. */
export async function activateApi(): Promise<InterleaveApi> {
  return await findExtension().activate();
}

/** Runs a request and returns the result; fails when the run does not start. */
export async function runToEnd(request: RunArgument): Promise<RunResult> {
  const result = await (await activateApi()).run(request);
  assert.ok(result, 'the run was not started');
  return result;
}

/** The error with which a promise rejects. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<Error> {
  const outcome = await Promise.allSettled([promise]).then(([settled]) => settled);
  assert.equal(outcome.status, 'rejected', 'it did not reject');
  assert.ok(outcome.reason instanceof Error, `it rejects with ${String(outcome.reason)}`);
  return outcome.reason;
}

/** Waits for a condition that the window fulfils asynchronously. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  await poll(async () => ((await holds()) ? true : undefined), {
    timeoutMs,
    explain: async () => `Timed out waiting until ${what}.`,
  });
}

/** The URI of a file of the workspace. */
export function workspaceFile(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Writes a file of the workspace, which is a temporary copy. */
export async function writeWorkspaceFile(name: string, text: string): Promise<vscode.Uri> {
  const uri = workspaceFile(name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** Runs a function with other user settings, named without the section, and restores them. */
export async function withUserSettings<T>(
  settings: Readonly<Record<string, unknown>>,
  act: () => Promise<T>,
): Promise<T> {
  const update = async (name: string, value: unknown): Promise<void> =>
    await vscode.workspace
      .getConfiguration('interleave')
      .update(name, value, vscode.ConfigurationTarget.Global);
  for (const [name, value] of Object.entries(settings)) await update(name, value);
  try {
    return await act();
  } finally {
    for (const name of Object.keys(settings)) await update(name, undefined);
  }
}

/** Closes all editors and results panels. */
export async function closeEverything(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** The commands of this extension's code lenses in a file, from the top, with plain spaces in their titles. */
export async function lensesOf(uri: vscode.Uri): Promise<readonly vscode.Command[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    100,
  );
  const ours = lenses.filter(({ command }) => command?.command.startsWith('interleave.'));
  const inOrder = ours.toSorted((a, b) => a.range.start.line - b.range.start.line);
  return inOrder
    .flatMap(({ command }) => (command === undefined ? [] : [command]))
    .map((command) => ({ ...command, title: command.title.replaceAll('\u00a0', ' ') }));
}

/** Runs texts with the demo model to the end. */
export async function runDemo(...texts: readonly string[]): Promise<RunResult> {
  return await runToEnd({
    prompts: texts.map((text) => ({ text })),
    options: { provider: 'demo' },
  });
}
