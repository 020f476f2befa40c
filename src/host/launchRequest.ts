import type * as vscode from 'vscode';
import type { PlannedPrompt } from '../core/runner/planRun.ts';
import type { RunOverrides } from './configuration.ts';

/** One prompt of a run: its identity, its text, and what it wants otherwise. */
export type LaunchPrompt = PlannedPrompt;

/** Prompts to run, as a command or another extension asks for it. */
export interface LaunchRequest {
  readonly title: string;
  readonly prompts: readonly LaunchPrompt[];
  /** Settings that differ from the configured ones. */
  readonly options?: RunOverrides;
  /**
   * Whether a person asked for it, who confirms a large run first and can mend what pauses it; a
   * program gets the failures instead.
   */
  readonly interactive: boolean;
  /** Cancels the run. */
  readonly token?: vscode.CancellationToken;
}
