import * as vscode from 'vscode';
import { views } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import type { Notices } from '../host/notices.ts';
import type { RunScope } from '../host/runScope.ts';
import { foldersOf } from '../host/runScope.ts';
import type { HostRun, HostRunEvent, ListedRun, RunService } from '../host/runService.ts';
import { isListing } from '../host/runService.ts';
import type { Notice } from '../shared/notice.ts';
import { plural } from '../shared/quantities.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import { changesPhase, isPieceOfTurn } from './phaseChanges.ts';
import type { ListingNode, NoticeNode, OlderNode, RunNode, RunsNode } from './runNodes.ts';
import {
  conversationItem,
  listingItem,
  listingNode,
  noticeItem,
  olderItem,
  runItem,
  runNode,
} from './runNodes.ts';
import { progressOf, progressText } from './runProgress.ts';
import { Throttle } from './throttle.ts';
import { TreeRefresh } from './treeRefresh.ts';

/** Min time between updates of the view's description and badge, in ms. */
const summaryIntervalMs = 200;

/** What `RunsTree` needs. */
export interface RunsTreeOptions {
  readonly runs: RunService;
  readonly scope: RunScope;
  readonly notices: Pick<Notices, 'all' | 'onDidChange'>;
  /** Opens a saved run. Rejects with an error for the user when it cannot be opened. */
  open(runId: string): Promise<HostRun>;
  /** Called when the view is shown or hidden. */
  onVisible(isVisible: boolean): void;
  /** Called with the error when a run cannot be opened. */
  onError(error: unknown): void;
}

/** A listed run with its node and the throttle of its row. */
interface Row {
  readonly listed: ListedRun;
  readonly node: RunNode | ListingNode;
  readonly throttle: Throttle;
}

/**
 * The *Runs* view: the runs of the window and the saved ones, newest first, with their conversations in prompt
 * order. Expanding the row of a saved run opens it.
 */
export class RunsTree implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  readonly #options: RunsTreeOptions;
  readonly #refresh = new TreeRefresh<RunsNode>();
  readonly #summary = new Throttle(summaryIntervalMs, () => this.#showSummary());
  readonly #rows = new Map<string, Row>();
  /** The runs whose rows are expanded, by id. */
  readonly #expanded = new Set<string>();
  readonly #view: vscode.TreeView<RunsNode>;
  readonly #older: OlderNode = { kind: 'older', runs: [] };
  readonly #disposables = new DisposableStore();

  readonly onDidChangeTreeData = this.#refresh.onDidChangeTreeData;

  constructor(options: RunsTreeOptions) {
    const { runs, scope, onVisible } = options;
    this.#options = options;
    for (const owned of [
      this.#refresh,
      this.#summary,
      runs.onDidEmit((event) => this.#follow(event)),
      runs.onDidChangeRuns(() => this.#relist()),
      runs.onDidChangeListings(() => this.#updateListings()),
      scope.onDidChange(() => this.#relist()),
      options.notices.onDidChange(() => this.#refresh.mark(undefined)),
    ]) {
      this.#disposables.add(owned);
    }
    this.#view = this.#disposables.add(
      vscode.window.createTreeView(views.runs, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#disposables.add(
      this.#view.onDidChangeVisibility(({ visible }) => {
        this.#refresh.setVisible(visible);
        onVisible(visible);
      }),
    );
    this.#disposables.add(
      this.#view.onDidExpandElement(({ element }) => this.#fold(element, true)),
    );
    this.#disposables.add(
      this.#view.onDidCollapseElement(({ element }) => this.#fold(element, false)),
    );
    // Resets the badge: after a crash of the extension host, VS Code keeps the old one.
    this.#view.badge = { value: 0, tooltip: '' };
    this.#refresh.setVisible(this.#view.visible);
    if (this.#view.visible) onVisible(true);
    this.#showSummary();
  }

  /** Whether the user sees the conversations of this run. */
  isShowing(runId: string): boolean {
    return this.#view.visible && this.#expanded.has(runId);
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node === undefined) {
      this.#refresh.fetching();
      return this.#topLevel();
    }
    if (node.kind === 'conversation' || node.kind === 'notice') return [];
    if (node.kind === 'older') return node.runs.map((listed) => this.#row(listed).node);
    // Also the only sign of a row that was expanded before a crash of the extension host.
    if (!this.#expanded.has(node.runId)) this.#fold(node, true);
    return [...(node.kind === 'run' ? node : await this.#open(node)).conversations];
  }

  getParent(node: RunsNode): RunsNode | undefined {
    if (node.kind === 'conversation') return this.#rows.get(node.runId)?.node;
    if (node.kind === 'older' || node.kind === 'notice') return undefined;
    const isOlder = this.#older.runs.some(({ id }) => id === node.runId);
    return isOlder ? this.#older : undefined;
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    switch (node.kind) {
      case 'conversation':
        return conversationItem(node);
      case 'notice':
        return noticeItem(node);
      case 'older':
        return olderItem(node);
      case 'listing':
        return listingItem(node, this.#origin(node.listing));
      case 'run':
        return runItem(node, this.#origin(node.run));
    }
  }

  get isVisible(): boolean {
    return this.#view.visible;
  }

  dispose(): void {
    for (const { throttle } of this.#rows.values()) throttle.dispose();
    this.#disposables.dispose();
  }

  /** The newest runs, those that need the user, and older ones in a row of their own. */
  #topLevel(): RunsNode[] {
    const shown = this.#shown();
    const recent = shown.filter((run, at) => at < maxRecent || isActive(run));
    const older = shown.filter((run) => !recent.includes(run));
    const questions = this.#options.notices.all.map(noticeNode);
    const rows = [...questions, ...recent.map((listed) => this.#row(listed).node)];
    this.#older.runs = older;
    return older.length === 0 ? rows : [...rows, this.#older];
  }

  #shown(): readonly ListedRun[] {
    const { runs, scope } = this.#options;
    return runs.listed.filter((run) => scope.shows(run));
  }

  /** The folders of a run that belongs to another window; undefined for a run of this window. */
  #origin(run: ListedRun): readonly OriginFolder[] | undefined {
    return this.#options.scope.isOwn(run) ? undefined : foldersOf(run);
  }

  /** Opens a saved run. Its `RunNode` replaces the `ListingNode`. */
  async #open({ runId }: ListingNode): Promise<Pick<RunNode, 'conversations'>> {
    try {
      const { node } = this.#row(await this.#options.open(runId));
      if (node.kind === 'run') return node;
    } catch (error) {
      this.#options.onError(error);
    }
    return { conversations: [] };
  }

  #fold(node: RunsNode, isExpanded: boolean): void {
    if (node.kind !== 'run' && node.kind !== 'listing') return;
    if (isExpanded) this.#expanded.add(node.runId);
    else this.#expanded.delete(node.runId);
    const row = this.#rows.get(node.runId);
    if (row !== undefined)
      this.#rows.set(node.runId, { ...row, throttle: this.#throttle(row.node) });
    row?.throttle.dispose();
  }

  #throttle(node: RunNode | ListingNode): Throttle {
    const isOpen = this.#expanded.has(node.runId) || (node.kind === 'run' && node.open);
    return new Throttle(rowIntervalMs(node, isOpen), () => this.#refresh.mark(node));
  }

  #follow({ run, event }: HostRunEvent): void {
    if (event.type === 'run.started' || isPieceOfTurn(event)) return;
    const { node, throttle } = this.#row(run);
    if ('conversation' in event) {
      const conversation = node.kind === 'run' ? node.conversations[event.conversation] : undefined;
      const isExpanded = this.#expanded.has(run.id);
      if (conversation !== undefined && isExpanded) this.#refresh.mark(conversation);
      if (!changesPhase(event)) return;
    }
    throttle.request();
    this.#summary.request();
  }

  #relist(): void {
    const shown = new Set(this.#shown());
    for (const [id, row] of this.#rows) {
      if (shown.has(row.listed)) continue;
      row.throttle.dispose();
      this.#rows.delete(id);
    }
    this.#refresh.mark(undefined);
    this.#summary.request();
  }

  /** Redraws only the changed rows if no row was added or removed, because there may be many. */
  #updateListings(): void {
    const shown = this.#shown();
    const isSame = this.#rows.size === shown.length && shown.every(({ id }) => this.#rows.has(id));
    if (!isSame) {
      this.#relist();
      return;
    }
    for (const listed of shown) {
      const row = this.#rows.get(listed.id);
      if (row?.node.kind !== 'listing' || !isListing(listed) || row.listed === listed) continue;
      row.node.listing = listed;
      this.#rows.set(listed.id, { ...row, listed });
      this.#refresh.mark(row.node);
    }
    this.#summary.request();
  }

  #row(listed: ListedRun): Row {
    const known = this.#rows.get(listed.id);
    if (known?.listed === listed) return known;
    known?.throttle.dispose();
    const node = isListing(listed) ? listingNode(listed) : runNode(listed);
    const row: Row = { listed, node, throttle: this.#throttle(node) };
    this.#rows.set(listed.id, row);
    return row;
  }

  #showSummary(): void {
    const { runs } = this.#options;
    const running = runs.runs.map(({ state }) => state).filter(isRunning);
    const progress = progressOf(running);
    this.#view.description = running.length === 0 ? this.#hiddenText() : progressText(progress);
    // The badge of the Approvals view counts what waits for a decision.
    const value = progress.active - progress.undecided;
    this.#view.badge =
      value === 0 ? undefined : { value, tooltip: `${plural(value, 'conversation')} running` };
  }

  /** `3 runs of other folders hidden`. */
  #hiddenText(): string {
    const hidden = this.#options.runs.listed.length - this.#shown().length;
    return hidden === 0 ? '' : `${plural(hidden, 'run')} of other folders hidden`;
  }
}

function isRunning({ state }: HostRun['state']): boolean {
  return state === 'running';
}

function noticeNode({ id, text }: Notice): NoticeNode {
  return { kind: 'notice', notice: id, text };
}

/** How many of the newest runs are not folded. */
const maxRecent = 10;

/** Whether a run goes on, or can: it is never folded. */
function isActive(run: ListedRun): boolean {
  const state = isListing(run) ? run.state : run.state.state;
  return state === 'running' || state === 'interrupted';
}

/** Like the status bar. VS Code redraws all children of an expanded row, so one with many is updated less often. */
function rowIntervalMs(node: RunNode | ListingNode, isExpanded: boolean): number {
  const below = isExpanded && node.kind === 'run' ? node.conversations.length : 0;
  return Math.min(5000, Math.max(250, below * 5));
}
