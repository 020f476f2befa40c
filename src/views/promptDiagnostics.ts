import * as vscode from 'vscode';
import { DisposableStore } from '../host/disposables.ts';
import { plainText } from '../host/plainText.ts';
import type { PromptDiagnostic, PromptLibrary } from '../host/promptLibrary.ts';
import { isPromptDocument } from '../host/promptLibrary.ts';

/** Files are checked after no edits for this long, in ms. */
const restMs = 250;
/** Max length of a message, in UTF-16 units. */
const maxMessage = 1_000;

const severities: {
  readonly [S in PromptDiagnostic['severity']]: keyof typeof vscode.DiagnosticSeverity;
} = { error: 'Error', warning: 'Warning', information: 'Information' };

/** Shows the problems of prompt files that are open in editors. */
export class PromptDiagnostics implements vscode.Disposable {
  readonly #library: PromptLibrary;
  readonly #collection = vscode.languages.createDiagnosticCollection('interleave');
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #disposables = new DisposableStore();

  constructor(library: PromptLibrary) {
    const { workspace } = vscode;
    this.#library = library;
    this.#disposables.add(this.#collection);
    for (const listener of [
      workspace.onDidOpenTextDocument((document) => this.#schedule(document, 0)),
      workspace.onDidChangeTextDocument(({ document }) => this.#schedule(document, restMs)),
      workspace.onDidCloseTextDocument(({ uri }) => this.#clear(uri)),
      workspace.onDidDeleteFiles(({ files }) => {
        for (const uri of files) this.#clear(uri);
      }),
    ]) {
      this.#disposables.add(listener);
    }
    this.#checkOpen();
    this.#disposables.add(workspace.onDidGrantWorkspaceTrust(() => this.#checkOpen()));
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#disposables.dispose();
  }

  #checkOpen(): void {
    for (const document of vscode.workspace.textDocuments) this.#schedule(document, 0);
  }

  #schedule(document: vscode.TextDocument, delayMs: number): void {
    // In Restricted Mode, prompt files are listed but not checked.
    if (!vscode.workspace.isTrusted || !isPromptDocument(document.uri)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        void this.#check(document);
      }, delayMs),
    );
  }

  #clear(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#collection.delete(uri);
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    try {
      const { diagnostics } = await this.#library.parse(document.uri);
      // A changed document is already scheduled for another check.
      if (document.isClosed || document.version !== version) return;
      this.#collection.set(document.uri, diagnostics.map(toDiagnostic));
    } catch {
      // An unreadable file has no place for a diagnostic. Running it reports the error.
      this.#collection.delete(document.uri);
    }
  }
}

function toDiagnostic({ severity, code, message, range }: PromptDiagnostic): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(range.line, range.column, range.endLine, range.endColumn),
    plainText(message, maxMessage),
    vscode.DiagnosticSeverity[severities[severity]],
  );
  diagnostic.source = 'Interleave';
  diagnostic.code = code;
  return diagnostic;
}
