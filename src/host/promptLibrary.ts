import * as vscode from 'vscode';
import type { Prompt, PromptDiagnostic, PromptFile } from '../core/prompts/prompt.ts';
import { isPromptFileName, promptFileGlob } from '../shared/promptFileName.ts';
import type { Engine } from './engine.ts';
import type { Lazy } from './lazy.ts';
import { idFile } from './promptFileId.ts';
import { PromptFileList } from './promptFileList.ts';
import { readPromptText } from './promptText.ts';

export type { Prompt, PromptDiagnostic, PromptFile };

interface ParsedFile {
  readonly text: string;
  readonly file: PromptFile;
}

/** The workspace's prompt files and what is in them. */
export class PromptLibrary implements vscode.Disposable {
  readonly #engine: Lazy<Engine>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly #list = new PromptFileList();
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
    const watcher = vscode.workspace.createFileSystemWatcher(promptFileGlob, true, false, true);
    this.#subscriptions = [
      this.#list,
      watcher,
      watcher.onDidChange(forget),
      this.#list.onDidChange(() => {
        this.#parsed.clear();
        this.#changed.fire(undefined);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && isPromptDocument(document.uri)) forget(document.uri);
      }),
    ];
  }

  /**
   * Prompt files of the workspace, by path; searched for only after something has changed. One that must
   * not be read is among them, so that it can be said why.
   */
  async files(): Promise<readonly vscode.Uri[]> {
    return await this.#list.get();
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
    const file = engine.parsePromptFile(text, idFile(uri));
    this.#parsed.set(key, { text, file });
    return file;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

/** Whether a document is a prompt file, by its name. */
export function isPromptFile(uri: vscode.Uri): boolean {
  return isPromptFileName(uri.path);
}

/**
 * Whether a document is a prompt file that a person writes here: one on disk, one not saved yet, or one of
 * a workspace folder elsewhere. The old side of a diff (`git:`), an output or settings are none.
 */
export function isPromptDocument(uri: vscode.Uri): boolean {
  const { scheme } = uri;
  const isWritten =
    scheme === 'file' ||
    scheme === 'untitled' ||
    (vscode.workspace.workspaceFolders ?? []).some((folder) => folder.uri.scheme === scheme);
  return isWritten && isPromptFile(uri);
}
