import type * as vscode from 'vscode';
import type { RunResult } from '../shared/runResult.ts';
import type { PromptLibrary } from './promptLibrary.ts';
import type { RunLauncher } from './runLauncher.ts';
import type { RunRequest } from './runRequest.ts';
import { toLaunchRequest } from './runRequest.ts';
import type { HostRun, RunService } from './runService.ts';
import { noRunsWithoutTrust, requireTrust } from './trust.ts';

/** A run changed: it started, ended or goes on again. */
export interface RunChange {
  readonly id: string;
  readonly state: 'running' | 'finished' | 'cancelled' | 'interrupted';
}

/** A run that has started. */
export interface StartedRun {
  readonly id: string;
  /** Resolves when every conversation has ended. */
  readonly result: Promise<RunResult>;
  /** Cancels what has not ended. Answers that are there stay. */
  cancel(): void;
}

/** What `activate` returns, for other extensions. */
export interface InterleaveApi {
  /**
   * Runs prompts and resolves with the result when all have ended; with undefined when the user did
   * not want the run, or its token was cancelled before it started. Rejects when the request is wrong or cannot be run; then nothing was sent.
   */
  run(request: RunRequest): Promise<RunResult | undefined>;
  /** As `run`, but resolves as soon as the run has started. */
  start(request: RunRequest): Promise<StartedRun | undefined>;
  readonly onDidChangeRun: vscode.Event<RunChange>;
}

/** Makes the API object over the window's services. */
export function createApi(
  runs: RunService,
  launcher: RunLauncher,
  library: PromptLibrary,
): InterleaveApi {
  const launch = async (request: RunRequest): Promise<HostRun | undefined> => {
    requireTrust(noRunsWithoutTrust);
    return launcher.launch(await toLaunchRequest(library, request));
  };
  return {
    run: async (request) => (await launch(request))?.ended(),
    start: async (request) => {
      const run = await launch(request);
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
