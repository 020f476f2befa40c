import * as vscode from 'vscode';
import { folderKey } from '../core/base/pathKey.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { ListedRun } from './runService.ts';
import { isListing } from './runService.ts';
import { SavedRun } from './savedRun.ts';

const showsAllKey = 'interleave.showsAllRuns';

/**
 * Which runs the window shows: those of its own folders, or all. A run belongs to every window in which one
 * of its folders is open. A run without folders belongs to windows without folders. A run of an earlier
 * version, which did not save its folders, belongs to every window.
 */
export class RunScope implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #open: ReadonlySet<string>;
  /** Ids of the runs that were started here. */
  readonly #started = new Set<string>();

  /** The set of visible runs may have changed. */
  readonly onDidChange = this.#changed.event;

  /** `memory` is the workspace state: the choice survives a reload. */
  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#open = openFolders();
    this.#subscription = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      this.#open = openFolders();
      this.#changed.fire();
    });
  }

  /** Whether runs of other folders are shown, too. */
  get showsAll(): boolean {
    return this.#memory.get(showsAllKey) === true;
  }

  /** Sets which runs the *Runs* view shows. Survives a reload. */
  async show(which: 'all' | 'own'): Promise<void> {
    await this.#memory.update(showsAllKey, which === 'all' ? true : undefined);
    this.#changed.fire();
  }

  /** Whether the *Runs* view shows a run. */
  shows(run: ListedRun): boolean {
    return this.showsAll || this.isOwn(run);
  }

  /** Whether a run belongs to this window. */
  isOwn(run: ListedRun): boolean {
    const folders = foldersOf(run);
    // A run started in this window belongs here even after its folders were closed, or it was released.
    if (!isKept(run)) this.#started.add(run.id);
    if (folders === undefined || this.#started.has(run.id)) return true;
    if (folders.length === 0) return this.#open.size === 0;
    return folders.some(({ path }) => this.#open.has(folderKey(path)));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

/** The folders that were open when the run started; undefined for runs of earlier versions. */
export function foldersOf(run: ListedRun): readonly OriginFolder[] | undefined {
  return isListing(run) ? run.folders : run.state.started.origin?.folders;
}

function isKept(run: ListedRun): boolean {
  return isListing(run) || run instanceof SavedRun;
}

function openFolders(): ReadonlySet<string> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return new Set(
    folders.map(({ uri }) => folderKey(uri.scheme === 'file' ? uri.fsPath : uri.toString())),
  );
}
