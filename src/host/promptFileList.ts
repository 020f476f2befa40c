import * as vscode from 'vscode';
import { promptFileGlob } from '../shared/promptFileName.ts';
import { DisposableStore } from './disposables.ts';
import { findVirtualPromptFiles } from './virtualPromptFiles.ts';

const excludedFolders = ['node_modules', '.git', 'dist', 'out'];
const excluded = `**/{${excludedFolders.join(',')}}/**`;
const excludedPath = new RegExp(`/(?:${excludedFolders.join('|').replace('.', '\\.')})(?:/|$)`);
/** More prompt files than this are not listed. */
const maxFiles = 2_000;

/**
 * The addresses of the workspace's prompt files. The workspace is searched when the list is asked for,
 * and again only after files, folders or what is excluded have changed.
 */
export class PromptFileList implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables = new DisposableStore();
  #search: Promise<readonly vscode.Uri[]> | undefined;
  /** The folders that files of the last search are in, however deep. */
  #folders = new Set<string>();

  /** The list may be another one now. */
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
    // Of a folder that comes or goes as a whole, VS Code does not name the files.
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

  /** The files, by path. */
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

/** On disk, VS Code searches. On a virtual file system it may wait forever: few of them bring a search. */
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

/** Whether what was created may be a folder, by its name: those of files have a dot as a rule. */
function mayBeFolder(uri: vscode.Uri): boolean {
  // The workspace folder itself may be in a folder of such a name.
  const inside = `/${vscode.workspace.asRelativePath(uri, false)}`;
  return !excludedPath.test(inside) && !inside.slice(inside.lastIndexOf('/')).includes('.');
}

/** The addresses of all folders that a file is in. */
function foldersOf(uri: vscode.Uri): readonly string[] {
  const folders: string[] = [];
  for (let end = uri.path.lastIndexOf('/'); end > 0; end = uri.path.lastIndexOf('/', end - 1)) {
    folders.push(uri.with({ path: uri.path.slice(0, end) }).toString());
  }
  return folders;
}
