import * as vscode from 'vscode';
import type { Approvals, ApprovalsWish, RequestGroup } from '../host/approvals.ts';
import { views } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import type { RunService } from '../host/runService.ts';
import { personWaitWords } from '../shared/question.ts';
import type { ApprovalGroupNode, ApprovalNode } from './approvalNodes.ts';
import { approvalItem, approvalTooltip, callNode, groupNode, nodesBelow } from './approvalNodes.ts';
import { withTooltip } from './plainItem.ts';
import { Throttle } from './throttle.ts';
import { TreeRefresh } from './treeRefresh.ts';

/** Min time between two looks at what waits, in ms. */
const intervalMs = 200;

interface ApprovalsTreeOptions {
  readonly approvals: Approvals;
  readonly runs: Pick<RunService, 'find'>;
}

/**
 * The *Approvals* view: every tool call of the window that waits for a decision and every question that waits for an
 * answer, equal ones in one row with their conversations below.
 */
export class ApprovalsTree implements vscode.TreeDataProvider<ApprovalNode>, vscode.Disposable {
  readonly #options: ApprovalsTreeOptions;
  readonly #refresh = new TreeRefresh<ApprovalNode>();
  readonly #throttle = new Throttle(intervalMs, () => this.#update());
  /** By the groups' keys, in their order. */
  #nodes = new Map<string, ApprovalGroupNode>();
  #made = 0;
  readonly #view: vscode.TreeView<ApprovalNode>;
  readonly #disposables = new DisposableStore();

  readonly onDidChangeTreeData = this.#refresh.onDidChangeTreeData;

  constructor(options: ApprovalsTreeOptions) {
    const { approvals } = options;
    this.#options = options;
    this.#disposables.add(this.#refresh);
    this.#disposables.add(this.#throttle);
    this.#disposables.add(approvals.onDidChange(() => this.#throttle.request()));
    this.#disposables.add(approvals.onDidWish((wish) => void this.#show(wish)));
    this.#view = this.#disposables.add(
      vscode.window.createTreeView(views.approvals, {
        treeDataProvider: this,
        showCollapseAll: true,
      }),
    );
    this.#disposables.add(
      this.#view.onDidChangeVisibility(({ visible }) => this.#refresh.setVisible(visible)),
    );
    this.#disposables.add(
      this.#view.onDidChangeSelection(({ selection }) => {
        approvals.selected = selection.flatMap(selectedRequests);
      }),
    );
    // The window keeps the badge of an extension host that has crashed until it gets another one.
    this.#view.badge = { value: 0, tooltip: '' };
    this.#refresh.setVisible(this.#view.visible);
    this.#update();
  }

  /** Whether the user sees it now. */
  get isVisible(): boolean {
    return this.#view.visible;
  }

  getChildren(node?: ApprovalNode): ApprovalNode[] {
    if (node === undefined) {
      this.#refresh.fetching();
      return [...this.#nodes.values()];
    }
    return node.kind === 'approvalGroup' ? nodesBelow(node) : [];
  }

  getParent(node: ApprovalNode): ApprovalNode | undefined {
    return node.kind === 'approvalGroup' ? undefined : node.parent;
  }

  getTreeItem(node: ApprovalNode): vscode.TreeItem {
    return approvalItem(node, this.#options.runs);
  }

  resolveTreeItem(item: vscode.TreeItem, node: ApprovalNode): vscode.TreeItem {
    return withTooltip(item, approvalTooltip(node, this.#options.runs));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #update(): void {
    const { approvals } = this.#options;
    const before = this.#nodes;
    this.#nodes = new Map(approvals.groups().map((group) => [group.key, this.#node(group)]));
    // Rows that stay are told of one by one: the others may have many rows below.
    if (!hasSame([...before.keys()], [...this.#nodes.keys()])) this.#refresh.mark(undefined);
    const { size } = approvals;
    const waiting = personWaitWords(approvals.counts);
    this.#view.badge = size === 0 ? undefined : { value: size, tooltip: waiting };
  }

  /** The row of a group, as it is now. */
  #node(group: RequestGroup): ApprovalGroupNode {
    const known = this.#nodes.get(group.key);
    if (known === undefined) return groupNode(group, `approvals-${++this.#made}`);
    if (!hasSame(known.requests, group.requests)) {
      known.requests = group.requests;
      this.#refresh.mark(known);
    }
    return known;
  }

  /** Shows the view with the focus, and selects the first row that the wish is about. */
  async #show({ runId, conversation }: ApprovalsWish): Promise<void> {
    this.#update();
    await vscode.commands.executeCommand(`${views.approvals}.focus`);
    if (runId === undefined) return;
    for (const parent of this.#nodes.values()) {
      const request = parent.requests.find(
        (one) =>
          one.runId === runId && (conversation === undefined || one.conversation === conversation),
      );
      if (request === undefined) continue;
      const node = conversation === undefined ? parent : callNode(request, parent);
      // A row may be gone by now.
      const revealed = this.#view.reveal(node, { select: true, focus: true, expand: true });
      await revealed.then(undefined, () => undefined);
      return;
    }
  }
}

function selectedRequests(node: ApprovalNode) {
  if (node.kind === 'approvalPart') return [];
  return node.kind === 'approvalCall' ? [node.request] : node.requests;
}

function hasSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((item, at) => item === others[at]);
}
