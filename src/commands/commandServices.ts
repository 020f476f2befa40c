import type * as vscode from 'vscode';
import type { Approvals } from '../host/approvals.ts';
import type { ArgumentEdits } from '../host/argumentEdits.ts';
import type { CheckedPrompts } from '../host/checkedPrompts.ts';
import type { Configuration } from '../host/configuration.ts';
import type { Credentials } from '../host/credentials.ts';
import type { Engine } from '../host/engine.ts';
import type { KeyRenewal } from '../host/keyRenewal.ts';
import type { LastRun } from '../host/lastRun.ts';
import type { Lazy } from '../host/lazy.ts';
import type { Log } from '../host/log.ts';
import type { Notices } from '../host/notices.ts';
import type { PromptLibrary } from '../host/promptLibrary.ts';
import type { ResultsRequests } from '../host/resultsRequests.ts';
import type { RunHistory } from '../host/runHistory.ts';
import type { RunLauncher } from '../host/runLauncher.ts';
import type { RunRequests } from '../host/runRequests.ts';
import type { RunScope } from '../host/runScope.ts';
import type { RunService } from '../host/runService.ts';

/** Services for command handlers. Each handler picks the ones it needs. */
export interface CommandServices {
  readonly approvals: Approvals;
  readonly argumentEdits: ArgumentEdits;
  readonly checked: CheckedPrompts;
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  readonly engine: Lazy<Engine>;
  readonly history: RunHistory;
  readonly extensionUri: vscode.Uri;
  readonly keyRenewal: KeyRenewal;
  readonly lastRun: LastRun;
  readonly launcher: RunLauncher;
  readonly library: PromptLibrary;
  readonly log: Log;
  readonly notices: Notices;
  readonly requests: RunRequests;
  readonly results: ResultsRequests;
  readonly runs: RunService;
  readonly scope: RunScope;
}

/** Handles a command. Its return value is the result of `executeCommand`. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;
