import type * as vscode from 'vscode';
import type { RunResult } from '../shared/runResult.ts';
import type { RunArgument } from './runArgument.ts';
import type { RunLauncher } from './runLauncher.ts';
import type { RunRequests } from './runRequests.ts';
import type { HostRun, RunService } from './runService.ts';
import { noRunsWithoutTrust, requireTrust } from './trust.ts';

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

/** Creates the API object over the window's services. */
export function createApi(
  runs: RunService,
  launcher: RunLauncher,
  requests: RunRequests,
): InterleaveApi {
  const launch = async (argument: RunArgument): Promise<HostRun | undefined> => {
    requireTrust(noRunsWithoutTrust);
    return launcher.launch(await requests.from(argument), argument.token);
  };
  return {
    run: async (argument) => (await launch(argument))?.ended(),
    start: async (argument) => {
      const run = await launch(argument);
      if (run === undefined) return undefined;
      return { id: run.id, result: run.ended(), cancel: () => run.cancel() };
    },
    onDidChangeRun: (listener, thisArgs, disposables) =>
      runs.onDidChangeRun(
        (run) => listener.call(thisArgs, { id: run.id, state: run.state.state }),
        undefined,
        disposables,
      ),
  };
}
