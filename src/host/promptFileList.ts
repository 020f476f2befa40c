import * as vscode from 'vscode';
import { promptFileGlob } from '../shared/promptFileName.ts';
import { DisposableStore } from './disposables.ts';
import { findVirtualPromptFiles } from './virtualPromptFiles.ts';

const excludedFolders = ['node_modules', '.git', 'dist', 'out'];
const excluded = `**/{${excludedFolders.join(',')}}/**`;
const excludedPath = new RegExp(`/(?:${excludedFolders.join('|').replace('.', '\\.')})(?:/|$)`);
/** Max number of listed prompt files. */
const maxFiles = 2_000;

/**
 * The URIs of the workspace's prompt files. Searches the workspace on first use, and again only after files,
 * folders or excluded globs have changed.
 */
export class PromptFileList implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables = new DisposableStore();
  #search: Promise<readonly vscode.Uri[]> | undefined;
  /** URIs of all ancestor folders of the files that the last search found. */
  #folders = new Set<string>();

  /** The list may have changed. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    const { workspace } = vscode;
    const stale = (): void => this.#setStale();
    this.#disposables.add(this.#changed);
    const files = this.#disposables.add(
      workspace.createFileSystemWatcher(promptFileGlob, false, true, false),
    );
    this.#disposables.add(files.onDidCreate(stale));
    this.#disposables.add(files.onDidDelete(stale));
    // When a whole folder is created or deleted, VS Code reports the folder, not its files.
    const any = this.#disposables.add(workspace.createFileSystemWatcher('**', false, true, false));
    this.#disposables.add(any.onDidCreate((uri) => mayBeFolder(uri) && this.#setStale()));
    this.#disposables.add(
      any.onDidDelete((uri) => this.#folders.has(uri.toString()) && this.#setStale()),
    );
    this.#disposables.add(workspace.onDidRenameFiles(stale));
    this.#disposables.add(workspace.onDidDeleteFiles(stale));
    this.#disposables.add(workspace.onDidChangeWorkspaceFolders(stale));
    this.#disposables.add(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('files.exclude')) this.#setStale();
      }),
    );
  }

  /** The files, sorted by path. */
  async get(): Promise<readonly vscode.Uri[]> {
    if (this.#search !== undefined) return await this.#search;
    const search = this.#find();
    this.#search = search;
    try {
      return await search;
    } catch (error) {
      if (this.#search === search) this.#search = undefined;
      throw error;
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #find(): Promise<readonly vscode.Uri[]> {
    const found = await findAll();
    this.#folders = new Set(found.flatMap(foldersOf));
    return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  #setStale(): void {
    this.#search = undefined;
    this.#changed.fire();
  }
}

/** VS Code searches folders on disk. It can wait forever on a virtual file system, because few of them support search. */
async function findAll(): Promise<readonly vscode.Uri[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const virtual = folders.filter(({ scheme }) => scheme !== 'file');
  if (virtual.length === 0) {
    return await vscode.workspace.findFiles(promptFileGlob, excluded, maxFiles);
  }
  const onDisk = folders.filter(({ scheme }) => scheme === 'file');
  const found = await Promise.all([
    ...onDisk.map((folder) => {
      const pattern = new vscode.RelativePattern(folder, promptFileGlob);
      return vscode.workspace.findFiles(pattern, excluded, maxFiles);
    }),
    ...virtual.map((folder) => findVirtualPromptFiles(folder, excludedFolders)),
  ]);
  return found.flat().slice(0, maxFiles);
}

/** Whether a created path may be a folder: its name has no dot. File names usually have one. */
function mayBeFolder(uri: vscode.Uri): boolean {
  // The workspace folder itself may be in a folder with an excluded name.
  const inside = `/${vscode.workspace.asRelativePath(uri, false)}`;
  return !excludedPath.test(inside) && !inside.slice(inside.lastIndexOf('/')).includes('.');
}

/** The URIs of all ancestor folders of a file. */
function foldersOf(uri: vscode.Uri): readonly string[] {
  const folders: string[] = [];
  for (let end = uri.path.lastIndexOf('/'); end > 0; end = uri.path.lastIndexOf('/', end - 1)) {
    folders.push(uri.with({ path: uri.path.slice(0, end) }).toString());
  }
  return folders;
}
