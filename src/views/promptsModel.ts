import * as vscode from 'vscode';
import type { CheckedPrompts } from '../host/checkedPrompts.ts';
import type { PromptLibrary } from '../host/promptLibrary.ts';
import { parsePromptId } from '../shared/promptId.ts';
import { nestFiles } from './promptFolders.ts';
import type { FileNode, FileSummary, FolderNode, PromptNode } from './promptNodes.ts';
import { summarize } from './promptNodes.ts';

/** With more files than this, the Prompts view shows files collapsed. */
const maxExpandedFiles = 20;

/**
 * The nodes of the Prompts view with the summaries of their files. Reads a file when something asks
 * for its summary, one file at a time.
 */
export class PromptsModel implements vscode.Disposable {
  readonly #library: PromptLibrary;
  readonly #checked: CheckedPrompts;
  readonly #read = new vscode.EventEmitter<FileNode>();
  readonly #files = new Map<string, FileNode>();
  readonly #summaries = new Map<string, FileSummary>();
  readonly #stale = new Set<string>();
  readonly #prompts = new Map<string, readonly PromptNode[]>();
  readonly #toRead = new Set<FileNode>();
  #reading = false;

  /** Fires when a file has been read. */
  readonly onDidRead = this.#read.event;

  constructor(library: PromptLibrary, checked: CheckedPrompts) {
    this.#library = library;
    this.#checked = checked;
  }

  /** Whether there are so many files that they should be collapsed. */
  get isLarge(): boolean {
    return this.#files.size > maxExpandedFiles;
  }

  /** The top-level folders and files. */
  async roots(): Promise<readonly (FolderNode | FileNode)[]> {
    const uris = await this.#library.files();
    this.#forgetAllBut(new Set(uris.map(String)));
    return nestFiles(uris.map((uri) => this.#file(uri)));
  }

  /** The prompts of a file; reads it if it has changed. Rejects when the file cannot be read. */
  async prompts(file: FileNode): Promise<readonly PromptNode[]> {
    const key = file.uri.toString();
    this.#stale.delete(key);
    const parsed = await this.#library.parse(file.uri);
    const known = new Map(this.#prompts.get(key)?.map((node) => [node.promptId, node]));
    const nodes = parsed.prompts.map((prompt): PromptNode => {
      const before = known.get(prompt.id);
      if (before?.prompt === prompt) return before;
      return { kind: 'prompt', uri: file.uri, promptId: prompt.id, prompt, file };
    });
    this.#prompts.set(key, nodes);
    const summary = summarize(parsed);
    this.#keepChecks(file, this.#summaries.get(key), summary);
    this.#summaries.set(key, summary);
    return nodes;
  }

  /** The known summary of a file. Schedules reading it when it is unread or has changed. */
  summary(file: FileNode): FileSummary | undefined {
    const key = file.uri.toString();
    const summary = this.#summaries.get(key);
    if (summary === undefined || this.#stale.has(key)) {
      this.#toRead.add(file);
      void this.#readOn();
    }
    return summary;
  }

  /** Marks a file as changed; returns its node if the view lists it. */
  changed(uri: vscode.Uri): FileNode | undefined {
    const key = uri.toString();
    this.#stale.add(key);
    return this.#files.get(key);
  }

  /** The node of a prompt, if the view shows it. */
  find(uri: string, promptId: string): PromptNode | undefined {
    const { slug } = parsePromptId(promptId);
    return this.#prompts.get(uri)?.find((node) => parsePromptId(node.promptId).slug === slug);
  }

  /** Whether all prompts that run with the file are checked. */
  isFileChecked(file: FileNode): boolean {
    const runnable = this.#summaries.get(file.uri.toString())?.runnable ?? [];
    return runnable.length > 0 && runnable.every((id) => this.#checked.has(file.uri, id));
  }

  /** Checks all prompts that run with the files, or unchecks all prompts of the files. */
  async check(files: readonly FileNode[], checked: boolean): Promise<void> {
    for (const file of files) {
      await this.prompts(file);
      const summary = this.#summaries.get(file.uri.toString());
      const ids = (checked ? summary?.runnable : summary?.ids) ?? [];
      if (ids.length > 0) this.#checked.set(file.uri, ids, checked);
    }
  }

  dispose(): void {
    this.#toRead.clear();
    this.#read.dispose();
  }

  #file(uri: vscode.Uri): FileNode {
    const key = uri.toString();
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const node: FileNode = { kind: 'file', uri };
    this.#files.set(key, node);
    return node;
  }

  #forgetAllBut(listed: ReadonlySet<string>): void {
    for (const [key, { uri }] of this.#files) {
      if (listed.has(key)) continue;
      this.#files.delete(key);
      this.#prompts.delete(key);
      const summary = this.#summaries.get(key);
      this.#summaries.delete(key);
      if (summary !== undefined) this.#uncheck(uri, summary.ids);
    }
  }

  async #readOn(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    for (const file of this.#toRead) {
      this.#toRead.delete(file);
      // An unreadable file has no count here; opening it shows the error.
      const read = await this.prompts(file).catch(() => undefined);
      if (read !== undefined) this.#read.fire(file);
    }
    this.#reading = false;
  }

  /** Keeps the check of prompts renamed in place, and unchecks prompts that were removed. */
  #keepChecks(file: FileNode, before: FileSummary | undefined, after: FileSummary): void {
    if (before === undefined) return;
    const now = new Set(after.ids);
    const gone = before.ids.filter((id) => !now.has(id) && this.#checked.has(file.uri, id));
    if (gone.length === 0) return;
    const sameLength = before.ids.length === after.ids.length;
    const renamed = sameLength ? gone.map((id) => after.ids[before.ids.indexOf(id)] ?? id) : [];
    this.#uncheck(file.uri, gone);
    const fresh = renamed.filter((id) => !before.ids.includes(id));
    if (fresh.length > 0) this.#checked.set(file.uri, fresh, true);
  }

  #uncheck(uri: vscode.Uri, ids: readonly string[]): void {
    const checked = ids.filter((id) => this.#checked.has(uri, id));
    if (checked.length > 0) this.#checked.set(uri, checked, false);
  }
}
