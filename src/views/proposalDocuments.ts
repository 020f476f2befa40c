import * as vscode from 'vscode';
import { proposalScheme } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import type { ProposalDocument } from '../host/proposals/proposalDocument.ts';
import { proposalDocument } from '../host/proposals/proposalDocument.ts';

/** The text of a document of a review; undefined when it is gone. */
type TextOf = (document: ProposalDocument) => Promise<string | undefined>;

/** Shows what files would be, as read-only documents. */
export class ProposalDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #textOf: TextOf;
  readonly #disposables = new DisposableStore();

  constructor(textOf: TextOf) {
    this.#textOf = textOf;
    this.#disposables.add(
      vscode.workspace.registerTextDocumentContentProvider(proposalScheme, this),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const document = proposalDocument(uri);
    const text = document === undefined ? undefined : await this.#textOf(document);
    return text ?? 'This proposal is gone: its run was deleted, or the conversation ran again.\n';
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
