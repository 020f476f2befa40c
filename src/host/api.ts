import type * as vscode from 'vscode';
import type { RunResult } from '../shared/runResult.ts';
import type { Lazy } from './lazy.ts';
import type { RunArgument } from './runArgument.ts';
import type { HostRun, RunService } from './runService.ts';

/** A run started, ended or was resumed. */
export interface RunChange {
  readonly id: string;
  readonly state: 'running' | 'finished' | 'cancelled' | 'interrupted';
}

/** A run that has started. */
export interface StartedRun {
  readonly id: string;
  /** Resolves when every conversation has ended. */
  readonly result: Promise<RunResult>;
  /** Cancels the conversations that have not ended. Existing answers are kept. */
  cancel(): void;
}

/** What `activate` returns, for other extensions. */
export interface InterleaveApi {
  /**
   * Runs prompts and resolves with the result when all conversations have ended. Resolves with undefined when
   * the user declined the run, or its token was cancelled before it started. Rejects when the argument is
   * invalid or the run cannot start; nothing was sent then.
   */
  run(argument: RunArgument): Promise<RunResult | undefined>;
  /** Like `run`, but resolves as soon as the run has started. */
  start(argument: RunArgument): Promise<StartedRun | undefined>;
  readonly onDidChangeRun: vscode.Event<RunChange>;
}

/** The part of the window that the API needs. */
export interface ApiWindow {
  readonly runs: Pick<RunService, 'onDidChangeRun'>;
  launch(argument: RunArgument): Promise<HostRun | undefined>;
}

/** Creates the API object over the window's services, which may not be there yet. */
export function createApi(window: Lazy<ApiWindow>): InterleaveApi {
  const launch = async (argument: RunArgument): Promise<HostRun | undefined> =>
    (await window.get()).launch(argument);
  return {
    run: async (argument) => (await launch(argument))?.ended(),
    start: async (argument) => {
      const run = await launch(argument);
      if (run === undefined) return undefined;
      return { id: run.id, result: run.ended(), cancel: () => run.cancel() };
    },
    onDidChangeRun: (listener, thisArgs, disposables) => {
      const subscription = new LaterSubscription(window, (run) =>
        listener.call(thisArgs, { id: run.id, state: run.state.state }),
      );
      disposables?.push(subscription);
      return subscription;
    },
  };
}

/** Hears of runs from when the window is there. No run starts before that. */
class LaterSubscription implements vscode.Disposable {
  #subscription: vscode.Disposable | undefined;
  #isDisposed = false;

  constructor(window: Lazy<ApiWindow>, listener: (run: HostRun) => void) {
    // Who opens the window tells when it cannot be opened.
    void window.get().then(
      ({ runs }) => {
        if (!this.#isDisposed) this.#subscription = runs.onDidChangeRun(listener);
      },
      () => undefined,
    );
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#subscription?.dispose();
  }
}
