import * as vscode from 'vscode';
import { runTarget } from '../host/commandTargets.ts';
import { resultsPanelType } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import { isResultsTab } from '../host/fileColumn.ts';
import type { ResultsRequest, ResultsRequests } from '../host/resultsRequests.ts';
import type { HostRun, HostRunEvent, RunService } from '../host/runService.ts';
import type { ResultsPanelOptions } from './resultsPanel.ts';
import { ResultsPanel } from './resultsPanel.ts';

/** What `ResultsPanels` needs. */
export interface ResultsPanelsOptions {
  readonly extensionUri: vscode.Uri;
  readonly runs: RunService;
  readonly requests: ResultsRequests;
  readonly notices: ResultsPanelOptions['notices'];
  /** The previous extension host crashed: its panels are still open. */
  readonly hasCrashed: boolean;
  /** Finds a run of this window or an earlier one by id. */
  findRun(runId: string): Promise<HostRun | undefined>;
}

/** The open results panels, at most one per run. New panels open beside the editor. */
export class ResultsPanels implements vscode.Disposable {
  readonly #options: ResultsPanelsOptions;
  readonly #runs: RunService;
  readonly #panels = new Map<string, ResultsPanel>();
  readonly #shown = new Set<string>();
  readonly #disposables = new DisposableStore();

  constructor(options: ResultsPanelsOptions) {
    const { requests, runs } = options;
    this.#options = options;
    this.#runs = runs;
    this.#disposables.add(runs.onDidEmit((event) => this.#follow(event)));
    this.#disposables.add(runs.onDidChangeRuns(() => this.#closeDeleted()));
    this.#disposables.add(runs.onDidChangeListings(() => this.#closeDeleted()));
    this.#disposables.add(requests.onDidRequest((request) => this.#show(request)));
    if (options.hasCrashed) closeOrphans();
    this.#disposables.add(
      vscode.window.registerWebviewPanelSerializer(resultsPanelType, {
        deserializeWebviewPanel: (panel, state) => this.#restore(panel, state),
      }),
    );
  }

  /** Whether the user sees the results of this run now. */
  isVisible(runId: string): boolean {
    return this.#panels.get(runId)?.isVisible === true;
  }

  /** Whether there is a panel of this run, visible or not. */
  has(runId: string): boolean {
    return this.#panels.has(runId);
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const panel of [...this.#panels.values()]) panel.dispose();
  }

  /** Whether the results of this run have been open in this window. */
  wasShown(runId: string): boolean {
    return this.#shown.has(runId);
  }

  #followFront(): void {
    const [front] = [...this.#panels].find(([, panel]) => panel.isActive) ?? [];
    this.#options.requests.inFront = front;
  }

  #follow({ run, event }: HostRunEvent): void {
    this.#panels.get(run.id)?.accept(event);
  }

  #show({ runId, conversation, keepsFocus = false }: ResultsRequest): void {
    const run = this.#runs.find(runId);
    if (run === undefined) return;
    const panel = this.#panels.get(runId) ?? this.#open(run, keepsFocus);
    panel.update(run);
    if (!keepsFocus) panel.show(conversation);
  }

  #open(run: HostRun, preserveFocus: boolean): ResultsPanel {
    return this.#add(run, { viewColumn: this.#column(), preserveFocus });
  }

  /** Restores a panel after a reload. `state` comes from its page and is not trusted. */
  async #restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const runId = runTarget(state)?.runId;
    const run = runId === undefined ? undefined : await this.#options.findRun(runId);
    // The user may have opened another panel of the run meanwhile.
    if (run === undefined || this.#panels.has(run.id)) panel.dispose();
    else this.#add(run, panel);
  }

  #add(run: HostRun, place: ResultsPanelOptions['place']): ResultsPanel {
    const panel = new ResultsPanel({ ...this.#options, run, place });
    this.#panels.set(run.id, panel);
    this.#shown.add(run.id);
    panel.onDidChangeActive(() => this.#followFront());
    panel.onDidDispose(() => {
      this.#panels.delete(run.id);
      this.#followFront();
    });
    this.#followFront();
    return panel;
  }

  /** The column of the results of other runs, else beside the editor. */
  #column(): vscode.ViewColumn {
    for (const { column } of this.#panels.values()) if (column !== undefined) return column;
    return vscode.ViewColumn.Beside;
  }

  #closeDeleted(): void {
    for (const [id, panel] of this.#panels) {
      if (this.#runs.findListed(id) === undefined) panel.dispose();
    }
  }
}

/**
 * Closes the panels of a crashed extension host. They are disconnected: their clock still counts, and their buttons
 * do nothing.
 */
function closeOrphans(): void {
  const orphans = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => isResultsTab(input));
  if (orphans.length > 0) void vscode.window.tabGroups.close(orphans, true);
}
