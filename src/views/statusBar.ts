import * as vscode from 'vscode';
import { commands } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import { plainLines, plainText } from '../host/plainText.ts';
import type { HostRun, HostRunEvent, RunService } from '../host/runService.ts';
import { changesPhase } from './phaseChanges.ts';
import { runGlyph } from './phaseIcons.ts';
import { progressOf, progressSentence, progressText } from './runProgress.ts';
import { Throttle } from './throttle.ts';

const intervalMs = 250;
/** How long the outcome stays after the last run ends, in ms. */
const lingerMs = 8000;

/** The status bar item: progress of the active runs. Hidden when there is nothing to report. */
export class RunStatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #throttle = new Throttle(intervalMs, () => this.#show());
  readonly #disposables = new DisposableStore();
  /** Runs started since the item was last hidden. */
  readonly #shown = new Set<HostRun>();
  #linger: NodeJS.Timeout | undefined;
  #tooltipOf = '';

  constructor(runs: RunService) {
    this.#item = vscode.window.createStatusBarItem(
      'interleave.progress',
      vscode.StatusBarAlignment.Left,
    );
    this.#item.name = 'Interleave Progress';
    this.#disposables.add(this.#item);
    this.#disposables.add(this.#throttle);
    this.#disposables.add(runs.onDidEmit((event) => this.#follow(event)));
    this.#disposables.add(
      runs.onDidChangeRuns(() => {
        for (const run of this.#shown) if (runs.find(run.id) === undefined) this.#shown.delete(run);
        this.#throttle.request();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#linger);
    this.#disposables.dispose();
  }

  #follow({ run, event }: HostRunEvent): void {
    if (event.type === 'run.started' || event.type === 'run.reopened') this.#shown.add(run);
    if (!('conversation' in event) || changesPhase(event)) this.#throttle.request();
  }

  #show(): void {
    clearTimeout(this.#linger);
    const runs = [...this.#shown];
    const [newest] = runs.slice(-1);
    if (newest === undefined) {
      this.#item.hide();
      return;
    }
    const running = runs.filter(({ state }) => state.state === 'running');
    const progress = progressOf(runs.map(({ state }) => state));
    const shown = running.find(({ state }) => state.paused) ?? running.at(-1) ?? newest;
    this.#item.text = `${runGlyph(shown.state)} ${progressText(progress)}`;
    this.#showTooltip(runs);
    this.#item.accessibilityInformation = { label: `Interleave: ${progressSentence(progress)}` };
    this.#item.command = {
      title: 'Open Results',
      command: commands.openResults,
      arguments: [{ runId: shown.id }],
    };
    this.#item.show();
    if (running.length === 0) this.#linger = setTimeout(() => this.#hide(), lingerMs);
  }

  /** Set only on changes: setting a tooltip closes it while the pointer is over it. */
  #showTooltip(runs: readonly HostRun[]): void {
    const key = JSON.stringify(runs.map(({ id, state }) => [id, state.state, state.paused]));
    if (key === this.#tooltipOf) return;
    this.#tooltipOf = key;
    this.#item.tooltip = tooltip(runs);
  }

  #hide(): void {
    this.#shown.clear();
    this.#item.hide();
  }
}

/**
 * One line per run, in plain text: titles come from file names, and a Markdown tooltip could
 * contain links that run commands.
 */
function tooltip(runs: readonly HostRun[]): string {
  const lines = runs.map(({ state }) => {
    const word = state.paused === undefined ? state.state : 'paused';
    return `${plainText(state.started.title)}: ${word}`;
  });
  return plainLines([...lines, '', 'Click to open the results.'].join('\n'));
}
