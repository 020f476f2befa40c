import * as vscode from 'vscode';
import type { Prompt, PromptDiagnostic, PromptFile } from '../core/prompts/prompt.ts';
import type { Engine } from './engine.ts';
import type { Lazy } from './lazy.ts';
import { readPromptText } from './promptText.ts';

export type { Prompt, PromptDiagnostic, PromptFile };

/** Prompt files, by their names. */
export const promptFilePattern = '**/*.{prompt,prompts}.md';
const excluded = '**/{node_modules,.git,dist,out}/**';
/** More prompt files than this are not listed. */
const maxFiles = 2_000;

interface ParsedFile {
  readonly text: string;
  readonly file: PromptFile;
}

/** The workspace's prompt files and what is in them. */
export class PromptLibrary implements vscode.Disposable {
  readonly #engine: Lazy<Engine>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly #watcher = vscode.workspace.createFileSystemWatcher(promptFilePattern);
  /** What was parsed last, with its text: watchers lag behind, so only the text says whether it holds. */
  readonly #parsed = new Map<string, ParsedFile>();
  readonly #subscriptions: readonly vscode.Disposable[];

  /** A file changed on disk or in an editor; undefined when the list of files changed. */
  readonly onDidChange = this.#changed.event;

  constructor(engine: Lazy<Engine>) {
    this.#engine = engine;
    const forget = (uri: vscode.Uri): void => {
      this.#parsed.delete(uri.toString());
      this.#changed.fire(uri);
    };
    const relist = (uri: vscode.Uri): void => {
      this.#parsed.delete(uri.toString());
      this.#changed.fire(undefined);
    };
    this.#subscriptions = [
      this.#watcher.onDidChange(forget),
      this.#watcher.onDidCreate(relist),
      this.#watcher.onDidDelete(relist),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && isPromptFile(document.uri)) forget(document.uri);
      }),
    ];
  }

  /**
   * Prompt files of the workspace, by path. One that must not be read is among them, so that it can be
   * said why.
   */
  async files(): Promise<readonly vscode.Uri[]> {
    const found = await vscode.workspace.findFiles(promptFilePattern, excluded, maxFiles);
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /**
   * What is in a prompt file: its text in the editor if it is open there, else on disk. Rejects for a file
   * that cannot or must not be read.
   */
  async parse(uri: vscode.Uri): Promise<PromptFile> {
    const engine = await this.#engine.get();
    const text = await readPromptText(uri, engine);
    if (typeof text !== 'string') return text;
    const key = uri.toString();
    const known = this.#parsed.get(key);
    if (known?.text === text) return known.file;
    const file = engine.parsePromptFile(text, vscode.workspace.asRelativePath(uri, false));
    this.#parsed.set(key, { text, file });
    return file;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#watcher.dispose();
    this.#changed.dispose();
  }
}

/** Whether a document is a prompt file, by its name. */
export function isPromptFile(uri: vscode.Uri): boolean {
  return /\.prompts?\.md$/i.test(uri.path);
}
