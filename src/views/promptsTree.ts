import * as vscode from 'vscode';
import type { CheckedPrompts } from '../host/checkedPrompts.ts';
import { views } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import type { PromptLibrary } from '../host/promptLibrary.ts';
import type { HostRunEvent, RunService } from '../host/runService.ts';
import { changesPhase } from './phaseChanges.ts';
import type { PromptNode, PromptsNode } from './promptNodes.ts';
import { fileItem, folderItem, promptItem } from './promptNodes.ts';
import type { PromptOutcomes } from './promptOutcomes.ts';
import { PromptsModel } from './promptsModel.ts';
import { TreeRefresh } from './treeRefresh.ts';

/** What `PromptsTree` needs. */
export interface PromptsTreeOptions {
  readonly library: PromptLibrary;
  readonly checked: CheckedPrompts;
  readonly runs: RunService;
  readonly outcomes: PromptOutcomes;
  /** Called with the error when a file cannot be read while its box is checked. */
  onError(error: unknown): void;
}

/** The *Prompts* view: the workspace's prompt files and their prompts, to check and run. */
export class PromptsTree implements vscode.TreeDataProvider<PromptsNode>, vscode.Disposable {
  readonly #options: PromptsTreeOptions;
  readonly #model: PromptsModel;
  readonly #refresh = new TreeRefresh<PromptsNode>();
  readonly #disposables = new DisposableStore();
  #isTakingClick = false;

  readonly onDidChangeTreeData = this.#refresh.onDidChangeTreeData;

  constructor(options: PromptsTreeOptions) {
    const { library, checked, runs, outcomes } = options;
    this.#options = options;
    this.#model = new PromptsModel(library, checked);
    for (const owned of [
      this.#refresh,
      this.#model,
      this.#model.onDidRead((file) => this.#refresh.mark(file)),
      library.onDidChange((uri) => this.#followFile(uri)),
      checked.onDidChange(() => {
        if (!this.#isTakingClick) this.#refresh.mark(undefined);
      }),
      runs.onDidEmit((event) => this.#followRun(event)),
      outcomes.onDidChange(() => this.#refresh.mark(undefined)),
    ]) {
      this.#disposables.add(owned);
    }
    this.#createView();
  }

  async getChildren(node?: PromptsNode): Promise<PromptsNode[]> {
    if (node === undefined) {
      return await this.#refresh.fetch(async () => [...(await this.#model.roots())]);
    }
    if (node.kind === 'folder') return [...node.children];
    return node.kind === 'file' ? [...(await this.#model.prompts(node))] : [];
  }

  getTreeItem(node: PromptsNode): vscode.TreeItem {
    const { checked, outcomes } = this.#options;
    switch (node.kind) {
      case 'folder':
        return folderItem(
          node,
          node.files.every((file) => this.#model.isFileChecked(file)),
        );
      case 'file':
        return fileItem(node, this.#model.summary(node), {
          checked: this.#model.isFileChecked(node),
          collapsed: this.#model.isLarge,
        });
      case 'prompt':
        return promptItem(
          node,
          checked.has(node.uri, node.promptId),
          outcomes.latest(node.uri.toString(), node.promptId),
        );
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #createView(): void {
    const view = vscode.window.createTreeView(views.prompts, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
      // VS Code's own handling would miss prompts of files that were never expanded.
      manageCheckboxStateManually: true,
    });
    this.#disposables.add(view);
    this.#disposables.add(
      view.onDidChangeVisibility(({ visible }) => this.#refresh.setVisible(visible)),
    );
    this.#disposables.add(
      view.onDidChangeCheckboxState(({ items }) => {
        this.#check(items).catch((error: unknown) => this.#options.onError(error));
      }),
    );
    this.#refresh.setVisible(view.visible);
  }

  async #check(
    items: readonly (readonly [PromptsNode, vscode.TreeItemCheckboxState])[],
  ): Promise<void> {
    for (const [node, state] of items) {
      const checked = state === vscode.TreeItemCheckboxState.Checked;
      if (node.kind === 'prompt') {
        this.#checkPrompt(node, checked);
        continue;
      }
      await this.#model.check(node.kind === 'folder' ? node.files : [node], checked);
      // Redraw a clicked box that has nothing to check, since VS Code shows it as clicked.
      this.#refresh.mark(undefined);
    }
  }

  /**
   * Redraws only this row, unless the file's box changes too: a click that comes while VS Code asks
   * for all nodes again would be lost. The row itself is redrawn in case an earlier refresh has
   * reset its box.
   */
  #checkPrompt(node: PromptNode, checked: boolean): void {
    const before = this.#model.isFileChecked(node.file);
    this.#isTakingClick = true;
    try {
      this.#options.checked.set(node.uri, [node.promptId], checked);
    } finally {
      this.#isTakingClick = false;
    }
    const isOwnOnly = this.#model.isFileChecked(node.file) === before;
    this.#refresh.mark(isOwnOnly ? node : undefined);
  }

  #followFile(uri: vscode.Uri | undefined): void {
    const file = uri === undefined ? undefined : this.#model.changed(uri);
    if (uri === undefined || file !== undefined) this.#refresh.mark(file);
  }

  #followRun({ run, event }: HostRunEvent): void {
    if (!('conversation' in event) || !changesPhase(event)) return;
    const conversation = run.state.conversations[event.conversation];
    const uri = conversation?.source?.uri;
    if (conversation === undefined || uri === undefined) return;
    const node = this.#model.find(uri, conversation.id);
    if (node !== undefined) this.#refresh.mark(node);
  }
}
