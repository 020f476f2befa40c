import * as vscode from 'vscode';
import { HostError } from '../host/hostError.ts';
import { showMessage } from '../host/messages.ts';
import { saveFile } from '../host/saveFile.ts';
import { answered, declined } from './answered.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { runOf } from './runOf.ts';

/** Saves a run's results where the user says: JSON in the published format, or a Markdown report. */
export function exportResults(
  services: Pick<CommandServices, 'history' | 'engine'>,
): CommandHandler {
  return async (argument) => {
    const run = await runOf(services, argument);
    const result = run.result();
    const target = await vscode.window.showSaveDialog({
      title: 'Export Results',
      defaultUri: defaultTarget(run.state.started.title),
      filters: { 'JSON (complete)': ['json'], 'Markdown (report)': ['md'] },
    });
    if (target === undefined) return answered(argument, declined, () => undefined);
    const markdown = target.path.toLowerCase().endsWith('.md');
    const text = markdown
      ? (await services.engine.get()).toMarkdown(result, run.state.started.title)
      : `${JSON.stringify(result, null, 2)}\n`;
    await write(target, text);
    void offerToOpen(target);
    // The notification says where.
    return answered(argument, { ok: true }, () => target);
  };
}

async function write(target: vscode.Uri, text: string): Promise<void> {
  try {
    await saveFile(target, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HostError(`The results could not be saved to ${target.fsPath}: ${reason}`);
  }
}

async function offerToOpen(target: vscode.Uri): Promise<void> {
  const open = 'Open';
  const choice = await showMessage('information', `Saved ${target.fsPath}`, [open]);
  if (choice === open) await vscode.window.showTextDocument(target);
}

function defaultTarget(title: string): vscode.Uri {
  const name = title.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-').replace(/(\.prompts?\.md)$/i, '');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
  return vscode.Uri.joinPath(folder, `${name || 'results'}.results.json`);
}
