import * as vscode from 'vscode';
import { commands } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import { plainLines, plainText } from '../host/plainText.ts';
import type { HostRun, HostRunEvent, RunService } from '../host/runService.ts';
import { runGlyph } from './phaseIcons.ts';
import { changesPhase, progressOf, progressSentence, progressText } from './runWords.ts';
import { Throttle } from './throttle.ts';

const intervalMs = 250;
/** How long the outcome stays after the last run has ended, in ms. */
const lingerMs = 8000;

/** The status bar item: how far the runs under way have come. It is there only while it has news. */
export class RunStatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #throttle = new Throttle(intervalMs, () => this.#show());
  readonly #disposables = new DisposableStore();
  /** Runs since there was last nothing to do. */
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
    const telling = running.find(({ state }) => state.paused) ?? running.at(-1) ?? newest;
    this.#item.text = `${runGlyph(telling.state)} ${progressText(progress)}`;
    this.#showTooltip(runs);
    this.#item.accessibilityInformation = { label: `Interleave: ${progressSentence(progress)}` };
    this.#item.command = {
      title: 'Open Results',
      command: commands.openResults,
      arguments: [{ runId: telling.id }],
    };
    this.#item.show();
    if (running.length === 0) this.#linger = setTimeout(() => this.#hide(), lingerMs);
  }

  /** Set only when it changes: setting it closes the tooltip under the pointer. */
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
 * A line a run, as plain text: a title comes from a file name, and a tooltip in Markdown could hold
 * links that run commands.
 */
function tooltip(runs: readonly HostRun[]): string {
  const lines = runs.map(({ state }) => {
    const word = state.paused === undefined ? state.state : 'paused';
    return `${plainText(state.started.title)}: ${word}`;
  });
  return plainLines([...lines, '', 'Click to open the results.'].join('\n'));
}
