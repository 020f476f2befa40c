import * as vscode from 'vscode';
import { parsePromptId } from '../shared/promptId.ts';

/**
 * The prompts checked in the Prompts view, for *Run Checked Prompts*. They are stored by file URI and slug,
 * because a prompt's id changes when a second workspace folder is opened.
 */
export class CheckedPrompts implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #byFile: Map<string, Set<string>>;
  readonly #memory: vscode.Memento | undefined;

  readonly onDidChange = this.#changed.event;

  /** `memory` is the workspace state: the checks survive a reload. */
  constructor(memory?: vscode.Memento) {
    this.#memory = memory;
    this.#byFile = readChecks(memory?.get(checksKey));
  }

  /** Number of checked prompts. */
  get size(): number {
    let size = 0;
    for (const slugs of this.#byFile.values()) size += slugs.size;
    return size;
  }

  /** Whether a prompt is checked. `promptId` may be of any form, because only its slug counts. */
  has(uri: vscode.Uri, promptId: string): boolean {
    return this.#byFile.get(uri.toString())?.has(parsePromptId(promptId).slug) ?? false;
  }

  /** Checks or unchecks prompts of a file. */
  set(uri: vscode.Uri, promptIds: readonly string[], checked: boolean): void {
    const key = uri.toString();
    const slugs = this.#byFile.get(key) ?? new Set();
    for (const id of promptIds) {
      const { slug } = parsePromptId(id);
      if (checked) slugs.add(slug);
      else slugs.delete(slug);
    }
    if (slugs.size > 0) this.#byFile.set(key, slugs);
    else this.#byFile.delete(key);
    this.#store();
  }

  /** Unchecks all prompts of a file. */
  clear(uri: vscode.Uri): void {
    if (this.#byFile.delete(uri.toString())) this.#store();
  }

  /** The slugs of the checked prompts, by file. */
  entries(): readonly { readonly uri: vscode.Uri; readonly slugs: ReadonlySet<string> }[] {
    return [...this.#byFile].map(([uri, slugs]) => ({ uri: vscode.Uri.parse(uri), slugs }));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #store(): void {
    const checks = [...this.#byFile].map(([uri, slugs]) => [uri, [...slugs]]);
    void this.#memory?.update(checksKey, checks);
    this.#changed.fire();
  }
}

const checksKey = 'interleave.checkedPrompts';

/** Reads the stored `[uri, slugs]` of each file. Earlier versions stored ids. Ignores malformed entries. */
function readChecks(kept: unknown): Map<string, Set<string>> {
  const checks = new Map<string, Set<string>>();
  for (const entry of Array.isArray(kept) ? kept : []) {
    const [uri, ids]: readonly unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof uri !== 'string' || !Array.isArray(ids)) continue;
    const texts = ids.filter((text) => typeof text === 'string');
    const slugs = texts.map((text) => parsePromptId(text).slug);
    if (slugs.length > 0) checks.set(uri, new Set(slugs));
  }
  return checks;
}
