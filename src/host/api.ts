import type * as vscode from 'vscode';
import type { RunResult } from '../shared/runResult.ts';
import type { PromptLibrary } from './promptLibrary.ts';
import type { RunLauncher } from './runLauncher.ts';
import type { RunRequest } from './runRequest.ts';
import { toLaunchRequest } from './runRequest.ts';
import type { RunService } from './runService.ts';
import { noRunsWithoutTrust, requireTrust } from './trust.ts';

/** A run changed: it started, ended or goes on again. */
export interface RunChange {
  readonly id: string;
  readonly state: 'running' | 'finished' | 'cancelled' | 'interrupted';
}

/** What `activate` returns, for other extensions. */
export interface InterleaveApi {
  /**
   * Runs prompts and resolves with the result when all have ended; with undefined when the user did
   * not want the run. Rejects when the request is wrong or cannot be run; then nothing was sent.
   */
  run(request: RunRequest): Promise<RunResult | undefined>;
  readonly onDidChangeRun: vscode.Event<RunChange>;
}

/** Makes the API object over the window's services. */
export function createApi(
  runs: RunService,
  launcher: RunLauncher,
  library: PromptLibrary,
): InterleaveApi {
  return {
    run: async (request) => {
      requireTrust(noRunsWithoutTrust);
      return launcher.run(await toLaunchRequest(library, request));
    },
    onDidChangeRun: (listener, thisArgs, disposables) =>
      runs.onDidChangeRun(
        (run) => listener.call(thisArgs, { id: run.id, state: run.state.state }),
        undefined,
        disposables,
      ),
  };
}
