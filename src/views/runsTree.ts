import * as vscode from 'vscode';
import { views } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import type { HostRun, HostRunEvent, RunService } from '../host/runService.ts';
import { plural } from '../shared/quantities.ts';
import type { RunNode, RunsNode } from './runNodes.ts';
import { conversationItem, runItem, runNode } from './runNodes.ts';
import { changesPhase, isPieceOfTurn, progressOf, progressText } from './runWords.ts';
import { Throttle } from './throttle.ts';
import { TreeRefresh } from './treeRefresh.ts';

/** How often the view's title and badge are brought up to date, in ms. */
const summaryIntervalMs = 200;

/** A run of the list, and what keeps its own row up to date. */
interface ListedRun {
  readonly node: RunNode;
  readonly row: Throttle;
}

/** The *Runs* view: the window's runs, newest first, with their conversations in prompt order. */
export class RunsTree implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  readonly #runs: RunService;
  readonly #refresh = new TreeRefresh<RunsNode>();
  readonly #summary = new Throttle(summaryIntervalMs, () => this.#showSummary());
  readonly #listed = new Map<string, ListedRun>();
  readonly #view: vscode.TreeView<RunsNode>;
  readonly #disposables = new DisposableStore();

  readonly onDidChangeTreeData = this.#refresh.onDidChangeTreeData;

  /** `onShown` is called whenever the view becomes visible. */
  constructor(runs: RunService, onShown: () => void) {
    this.#runs = runs;
    this.#disposables.add(this.#refresh);
    this.#disposables.add(this.#summary);
    this.#disposables.add(runs.onDidEmit((event) => this.#follow(event)));
    this.#disposables.add(runs.onDidChangeRuns(() => this.#relist()));
    this.#view = this.#disposables.add(
      vscode.window.createTreeView(views.runs, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#disposables.add(
      this.#view.onDidChangeVisibility(({ visible }) => {
        this.#refresh.setVisible(visible);
        if (visible) onShown();
      }),
    );
    // The window keeps the badge of an extension host that has crashed until it gets another one.
    this.#view.badge = { value: 0, tooltip: '' };
    this.#refresh.setVisible(this.#view.visible);
    if (this.#view.visible) onShown();
    this.#showSummary();
  }

  getChildren(node?: RunsNode): RunsNode[] {
    if (node === undefined) return this.#runs.runs.map((run) => this.#list(run).node);
    return node.kind === 'run' ? [...node.conversations] : [];
  }

  getParent(node: RunsNode): RunsNode | undefined {
    return node.kind === 'run' ? undefined : this.#listed.get(node.runId)?.node;
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    return node.kind === 'run' ? runItem(node) : conversationItem(node);
  }

  dispose(): void {
    for (const { row } of this.#listed.values()) row.dispose();
    this.#disposables.dispose();
  }

  #follow({ run, event }: HostRunEvent): void {
    if (event.type === 'run.started' || isPieceOfTurn(event)) return;
    const listed = this.#list(run);
    if ('conversation' in event) {
      const node = listed.node.conversations[event.conversation];
      if (node !== undefined) this.#refresh.mark(node);
      if (!changesPhase(event)) return;
    }
    listed.row.request();
    this.#summary.request();
  }

  #relist(): void {
    for (const [id, { row }] of this.#listed) {
      if (this.#runs.find(id) !== undefined) continue;
      row.dispose();
      this.#listed.delete(id);
    }
    this.#refresh.mark(undefined);
    this.#summary.request();
  }

  #list(run: HostRun): ListedRun {
    const known = this.#listed.get(run.id);
    if (known !== undefined) return known;
    const node = runNode(run);
    const row = new Throttle(rowIntervalMs(node), () => this.#refresh.mark(node));
    const listed: ListedRun = { node, row };
    this.#listed.set(run.id, listed);
    return listed;
  }

  #showSummary(): void {
    const running = this.#runs.runs.map(({ state }) => state).filter(isRunning);
    const progress = progressOf(running);
    this.#view.description = running.length === 0 ? '' : progressText(progress);
    this.#view.badge =
      progress.active === 0
        ? undefined
        : {
            value: progress.active,
            tooltip: `${plural(progress.active, 'conversation')} running`,
          };
  }
}

function isRunning({ state }: HostRun['state']): boolean {
  return state === 'running';
}

/** VS Code asks for all rows below a row that changed, so a run's own row changes less often. */
function rowIntervalMs({ conversations }: RunNode): number {
  return Math.min(5000, Math.max(1000, conversations.length * 5));
}
