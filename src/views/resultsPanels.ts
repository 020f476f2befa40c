import * as vscode from 'vscode';
import { resultsPanelType } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import type { ResultsRequest, ResultsRequests } from '../host/resultsRequests.ts';
import type { HostRun, HostRunEvent, RunService } from '../host/runService.ts';
import { ResultsPanel } from './resultsPanel.ts';

/** The open results panels, at most one a run. A run that starts opens one beside the editor. */
export class ResultsPanels implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #runs: RunService;
  readonly #panels = new Map<string, ResultsPanel>();
  readonly #disposables = new DisposableStore();

  constructor(extensionUri: vscode.Uri, runs: RunService, requests: ResultsRequests) {
    this.#extensionUri = extensionUri;
    this.#runs = runs;
    this.#disposables.add(runs.onDidEmit((event) => this.#follow(event)));
    this.#disposables.add(runs.onDidChangeRuns(() => this.#closeDeleted()));
    this.#disposables.add(requests.onDidRequest((request) => this.#show(request)));
    closeOrphans();
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const panel of [...this.#panels.values()]) panel.dispose();
  }

  #follow({ run, event }: HostRunEvent): void {
    if (event.type === 'run.started') this.#open(run, true);
    else this.#panels.get(run.id)?.accept(event);
  }

  #show({ runId, conversation }: ResultsRequest): void {
    const run = this.#runs.find(runId);
    if (run === undefined) return;
    const panel = this.#panels.get(runId) ?? this.#open(run, false);
    panel.show(conversation);
  }

  #open(run: HostRun, preserveFocus: boolean): ResultsPanel {
    const panel = new ResultsPanel({
      extensionUri: this.#extensionUri,
      run,
      column: this.#column(),
      preserveFocus,
    });
    this.#panels.set(run.id, panel);
    panel.onDidDispose(() => this.#panels.delete(run.id));
    return panel;
  }

  /** Where the results of other runs already are, else beside the editor. */
  #column(): vscode.ViewColumn {
    for (const { column } of this.#panels.values()) if (column !== undefined) return column;
    return vscode.ViewColumn.Beside;
  }

  #closeDeleted(): void {
    for (const [id, panel] of this.#panels) {
      if (this.#runs.find(id) === undefined) panel.dispose();
    }
  }
}

/**
 * Closes the panels of an extension host that has crashed: their runs no longer go on, but they would
 * count the seconds for ever, with buttons that do nothing.
 */
function closeOrphans(): void {
  const orphans = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    // VS Code puts something of its own before the type of a panel.
    .filter(({ input }) => input instanceof vscode.TabInputWebview && isOurs(input.viewType));
  if (orphans.length > 0) void vscode.window.tabGroups.close(orphans, true);
}

function isOurs(viewType: string): boolean {
  return viewType === resultsPanelType || viewType.endsWith(`-${resultsPanelType}`);
}
