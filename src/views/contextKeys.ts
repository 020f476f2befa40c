import * as vscode from 'vscode';
import type { Approvals } from '../host/approvals.ts';
import type { ArgumentEdits } from '../host/argumentEdits.ts';
import type { CheckedPrompts } from '../host/checkedPrompts.ts';
import { contextKeys } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import type { LastRun } from '../host/lastRun.ts';
import type { RunScope } from '../host/runScope.ts';
import type { RunService } from '../host/runService.ts';

type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

interface ContextKeysOptions {
  readonly runs: RunService;
  readonly scope: RunScope;
  readonly checked: CheckedPrompts;
  readonly lastRun: LastRun;
  readonly approvals: Approvals;
  readonly argumentEdits: ArgumentEdits;
}

/** Keeps the context keys in step with the window's runs and checked prompts. */
export class ContextKeys implements vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #current = new Map<ContextKey, boolean>();

  constructor({ runs, scope, checked, lastRun, approvals, argumentEdits }: ContextKeysOptions) {
    const followListed = (): void => {
      const { listed } = runs;
      this.#set(
        contextKeys.hasRuns,
        listed.some((run) => scope.shows(run)),
      );
      this.#set(
        contextKeys.hasOtherRuns,
        listed.some((run) => !scope.isOwn(run)),
      );
      this.#set(contextKeys.showsAllRuns, scope.showsAll);
    };
    const followRuns = (): void => {
      followListed();
      this.#set(
        contextKeys.running,
        runs.runs.some(({ state }) => state.state === 'running'),
      );
    };
    const followChecked = (): void => this.#set(contextKeys.hasChecked, checked.size > 0);
    const followLast = (): void => this.#set(contextKeys.hasLastRun, lastRun.exists);
    this.#disposables.add(lastRun.onDidChange(followLast));
    followLast();
    this.#disposables.add(runs.onDidChangeRuns(followRuns));
    this.#disposables.add(runs.onDidChangeListings(followListed));
    this.#disposables.add(scope.onDidChange(followListed));
    this.#disposables.add(checked.onDidChange(followChecked));
    const followApprovals = (): void => {
      this.#set(contextKeys.hasApprovals, approvals.size > 0);
      this.#set(contextKeys.hasQuestions, approvals.counts.questions > 0);
    };
    this.#disposables.add(approvals.onDidChange(followApprovals));
    const followEdits = (): void =>
      this.#set(contextKeys.editsArguments, argumentEdits.current() !== undefined);
    this.#disposables.add(argumentEdits.onDidChange(followEdits));
    followRuns();
    followChecked();
    followApprovals();
    followEdits();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #set(key: ContextKey, value: boolean): void {
    // Always set a key once: after a crash of the extension host, VS Code keeps the old values.
    if (this.#current.get(key) === value) return;
    this.#current.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
