import * as vscode from 'vscode';
import type { Prompt, PromptFile } from '../core/prompts/prompt.ts';
import { isPromptFileName, promptFileGlob } from '../shared/promptFileName.ts';
import type { Engine } from './engine.ts';
import type { Lazy } from './lazy.ts';
import { idFile } from './promptFileId.ts';
import { PromptFileList } from './promptFileList.ts';
import { readPromptText } from './promptText.ts';

export type { Prompt, PromptFile };

interface ParsedFile {
  readonly text: string;
  readonly file: PromptFile;
}

/** The workspace's prompt files and their prompts. */
export class PromptLibrary implements vscode.Disposable {
  readonly #engine: Lazy<Engine>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly #list = new PromptFileList();
  /** Parsed files by URI, with their text. Watchers lag, so only an equal text proves that an entry is current. */
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
   * Prompt files of the workspace, sorted by path. Includes files that must not be read, so that a view can say
   * why.
   */
  async files(): Promise<readonly vscode.Uri[]> {
    return await this.#list.get();
  }

  /**
   * Parses a prompt file: the text in the editor if it is open, else the file on disk. A file that must not be
   * read has an error and no prompts. Rejects for a file that cannot be read.
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

/** Whether a URI has the name of a prompt file. */
export function isPromptFile(uri: vscode.Uri): boolean {
  return isPromptFileName(uri.path);
}

/**
 * Whether a document is an editable prompt file: on disk, untitled, or in a workspace folder of another file
 * system. Others, such as the left side of a diff (`git:`), are not.
 */
export function isPromptDocument(uri: vscode.Uri): boolean {
  return isEditable(uri) && isPromptFile(uri);
}

/** The same of any file. */
export function isEditable({ scheme }: vscode.Uri): boolean {
  return (
    scheme === 'file' ||
    scheme === 'untitled' ||
    (vscode.workspace.workspaceFolders ?? []).some((folder) => folder.uri.scheme === scheme)
  );
}
