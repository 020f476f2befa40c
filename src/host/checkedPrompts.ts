import * as vscode from 'vscode';

/** The prompts that are checked in the Prompts view: what *Run Checked Prompts* runs. */
export class CheckedPrompts implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #byFile = new Map<string, Set<string>>();

  readonly onDidChange = this.#changed.event;

  get size(): number {
    let size = 0;
    for (const ids of this.#byFile.values()) size += ids.size;
    return size;
  }

  has(uri: vscode.Uri, promptId: string): boolean {
    return this.#byFile.get(uri.toString())?.has(promptId) ?? false;
  }

  set(uri: vscode.Uri, promptIds: readonly string[], checked: boolean): void {
    const key = uri.toString();
    const ids = this.#byFile.get(key) ?? new Set();
    for (const id of promptIds) {
      if (checked) ids.add(id);
      else ids.delete(id);
    }
    if (ids.size > 0) this.#byFile.set(key, ids);
    else this.#byFile.delete(key);
    this.#changed.fire();
  }

  /** Identities of the checked prompts of every file that has some. */
  entries(): readonly { readonly uri: vscode.Uri; readonly ids: ReadonlySet<string> }[] {
    return [...this.#byFile].map(([uri, ids]) => ({ uri: vscode.Uri.parse(uri), ids }));
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
