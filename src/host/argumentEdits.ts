import * as vscode from 'vscode';
import { exactJson } from '../shared/exactJson.ts';
import type { ApprovalRequest } from './approvals.ts';
import { DisposableStore } from './disposables.ts';
import { fileColumn } from './fileColumn.ts';

/** The unsaved documents in which the user edits arguments of calls that wait. */
export class ArgumentEdits implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** The requests by the addresses of their documents. */
  readonly #requests = new Map<string, ApprovalRequest>();
  readonly #disposables = new DisposableStore();

  /** Another document is in front, or one was opened or closed. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#disposables.add(this.#changed);
    this.#disposables.add(vscode.window.onDidChangeActiveTextEditor(() => this.#changed.fire()));
    this.#disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (this.#requests.delete(uri.toString())) this.#changed.fire();
      }),
    );
  }

  /** Opens the arguments of a call to edit them. */
  async open(request: ApprovalRequest): Promise<void> {
    const content = `${exactJson(request.input, 2)}\n`;
    const document = await vscode.workspace.openTextDocument({ language: 'json', content });
    this.#requests.set(document.uri.toString(), request);
    await vscode.window.showTextDocument(document, {
      preview: false,
      viewColumn: fileColumn(),
    });
    this.#changed.fire();
  }

  /** The call whose arguments are in front, with their text as it is now. */
  current(): { readonly request: ApprovalRequest; readonly text: string } | undefined {
    const document = vscode.window.activeTextEditor?.document;
    const request = document && this.#requests.get(document.uri.toString());
    return request && { request, text: document.getText() };
  }

  /** Closes the document in front, which needs no saving. */
  async close(): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
