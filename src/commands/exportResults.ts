import * as vscode from 'vscode';
import { fileColumn } from '../host/fileColumn.ts';
import { HostError } from '../host/hostError.ts';
import { showMessage } from '../host/messages.ts';
import { saveFile } from '../host/saveFile.ts';
import { withoutPromptEnding } from '../shared/promptFileName.ts';
import { messageOf } from '../shared/thrown.ts';
import { answered, declined } from './answered.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

/** Saves the results of a run in a file that the user selects. The file extension determines the format. */
export function exportResults(
  services: Pick<CommandServices, 'history' | 'engine'>,
): CommandHandler {
  return async (argument) => {
    const run = await runOf(services, argument);
    const result = run.result();
    const { exportFormats, formatOfFile } = (await services.engine.get()).exporting;
    const formats = Object.values(exportFormats);
    const target = await vscode.window.showSaveDialog({
      title: 'Export Results',
      defaultUri: defaultTarget(run.state.started.title),
      filters: Object.fromEntries(formats.map(({ label, extension }) => [label, [extension]])),
    });
    if (target === undefined) return answered(argument, declined, () => undefined);
    const text = [...formatOfFile(target.path).pieces(result, run.state.started.title)].join('');
    await write(target, text);
    void offerToOpen(target);
    // The notification names the file.
    return answered(argument, { ok: true }, () => target);
  };
}

async function write(target: vscode.Uri, text: string): Promise<void> {
  try {
    await saveFile(target, text);
  } catch (error) {
    throw new HostError(`Could not save the results to ${target.fsPath}: ${messageOf(error)}`);
  }
}

async function offerToOpen(target: vscode.Uri): Promise<void> {
  const open = 'Open';
  const choice = await showMessage('information', `Saved ${target.fsPath}`, [open]);
  if (choice === open) await vscode.window.showTextDocument(target, { viewColumn: fileColumn() });
}

function defaultTarget(title: string): vscode.Uri {
  const name = withoutPromptEnding(title.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-'));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
  return vscode.Uri.joinPath(folder, `${name || 'results'}.results.json`);
}
