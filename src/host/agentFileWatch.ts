import * as vscode from 'vscode';
import { agentFileGlob, isAgentFileName } from '../shared/agentFileName.ts';
import { DisposableStore } from './disposables.ts';
import { isEditable } from './promptLibrary.ts';

/** Whether a document is an editable agent file. */
export function isAgentDocument(uri: vscode.Uri): boolean {
  return isAgentFileName(uri.path) && isEditable(uri);
}

/** Tells when agent files change: those of the workspace, and others that are saved in an editor. */
export class AgentFileWatch implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables = new DisposableStore();

  readonly onDidChange = this.#changed.event;

  constructor() {
    const { workspace } = vscode;
    const fire = (): void => this.#changed.fire();
    const files = workspace.createFileSystemWatcher(agentFileGlob);
    const listeners = [
      ...[files.onDidCreate(fire), files.onDidChange(fire), files.onDidDelete(fire)],
      workspace.onDidSaveTextDocument(({ uri }) => isAgentDocument(uri) && fire()),
      workspace.onDidChangeWorkspaceFolders(fire),
    ];
    for (const one of [this.#changed, files, ...listeners]) this.#disposables.add(one);
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
