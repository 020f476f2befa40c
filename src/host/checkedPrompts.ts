import * as vscode from 'vscode';

/** The prompts that are checked in the Prompts view: what *Run Checked Prompts* runs. */
export class CheckedPrompts implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #byFile: Map<string, Set<string>>;
  readonly #memory: vscode.Memento | undefined;

  readonly onDidChange = this.#changed.event;

  /** `memory` is the workspace's, which keeps the checks for later windows; without one they are not kept. */
  constructor(memory?: vscode.Memento) {
    this.#memory = memory;
    this.#byFile = readChecks(memory?.get(checksKey));
  }

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
    this.#keep();
    this.#changed.fire();
  }

  /** Identities of the checked prompts of every file that has some. */
  entries(): readonly { readonly uri: vscode.Uri; readonly ids: ReadonlySet<string> }[] {
    return [...this.#byFile].map(([uri, ids]) => ({ uri: vscode.Uri.parse(uri), ids }));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #keep(): void {
    const checks = [...this.#byFile].map(([uri, ids]) => [uri, [...ids]]);
    void this.#memory?.update(checksKey, checks);
  }
}

const checksKey = 'interleave.checkedPrompts';

/** Reads what was kept: `[uri, ids]` of each file. Anything else is left out. */
function readChecks(kept: unknown): Map<string, Set<string>> {
  const checks = new Map<string, Set<string>>();
  for (const entry of Array.isArray(kept) ? kept : []) {
    const [uri, ids]: readonly unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof uri !== 'string' || !Array.isArray(ids)) continue;
    const known = ids.filter((id) => typeof id === 'string');
    if (known.length > 0) checks.set(uri, new Set(known));
  }
  return checks;
}
