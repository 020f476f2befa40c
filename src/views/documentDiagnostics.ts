import * as vscode from 'vscode';
import { DisposableStore } from '../host/disposables.ts';
import { plainText } from '../host/plainText.ts';

/** Files are checked after no edits for this long, in ms. */
const restMs = 250;
/** Max length of a message, in UTF-16 units. */
const maxMessage = 1_000;

/** A problem in a document. Lines and columns count from 0; the end is exclusive. */
export interface DocumentProblem {
  readonly severity: 'error' | 'warning' | 'information';
  /** Names the kind of problem. */
  readonly code?: string;
  readonly message: string;
  readonly range: {
    readonly line: number;
    readonly column: number;
    readonly endLine: number;
    readonly endColumn: number;
  };
}

const severities: {
  readonly [S in DocumentProblem['severity']]: keyof typeof vscode.DiagnosticSeverity;
} = { error: 'Error', warning: 'Warning', information: 'Information' };

/** Which documents are checked, and how. */
export interface DocumentCheck {
  /** Names the collection of problems. */
  readonly name: string;
  isChecked(uri: vscode.Uri): boolean;
  /** Rejects for a document that cannot be read. */
  check(document: vscode.TextDocument): Promise<readonly DocumentProblem[]>;
  /** Fires when other files changed that the problems depend on. */
  readonly onDidChange?: vscode.Event<void>;
}

/** Shows the problems of files of one kind that are open in editors. */
export class DocumentDiagnostics implements vscode.Disposable {
  readonly #of: DocumentCheck;
  readonly #collection: vscode.DiagnosticCollection;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #disposables = new DisposableStore();

  constructor(of: DocumentCheck) {
    const { workspace } = vscode;
    this.#of = of;
    this.#collection = vscode.languages.createDiagnosticCollection(of.name);
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
    this.#checkOpen(0);
    this.#disposables.add(workspace.onDidGrantWorkspaceTrust(() => this.#checkOpen(0)));
    const others = of.onDidChange?.(() => this.#checkOpen(restMs));
    if (others !== undefined) this.#disposables.add(others);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#disposables.dispose();
  }

  #checkOpen(delayMs: number): void {
    for (const document of vscode.workspace.textDocuments) this.#schedule(document, delayMs);
  }

  #schedule(document: vscode.TextDocument, delayMs: number): void {
    // Nothing is checked in Restricted Mode.
    if (!vscode.workspace.isTrusted || !this.#of.isChecked(document.uri)) return;
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
      const problems = await this.#of.check(document);
      // A changed document is already scheduled for another check.
      if (document.isClosed || document.version !== version) return;
      this.#collection.set(document.uri, problems.map(toDiagnostic));
    } catch {
      // An unreadable file has no place for a diagnostic. Running it reports the error.
      this.#collection.delete(document.uri);
    }
  }
}

function toDiagnostic({ severity, code, message, range }: DocumentProblem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(range.line, range.column, range.endLine, range.endColumn),
    plainText(message, maxMessage),
    vscode.DiagnosticSeverity[severities[severity]],
  );
  diagnostic.source = 'Interleave';
  if (code !== undefined) diagnostic.code = code;
  return diagnostic;
}
