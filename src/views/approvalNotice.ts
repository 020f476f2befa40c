import type * as vscode from 'vscode';
import type { ApprovalRequest, Approvals } from '../host/approvals.ts';
import { callWords, waitedFor } from '../host/approvalWords.ts';
import { DisposableStore } from '../host/disposables.ts';
import { showMessage } from '../host/messages.ts';
import { plainText } from '../host/plainText.ts';
import type { RunService } from '../host/runService.ts';
import { Throttle } from './throttle.ts';

const intervalMs = 250;
/** Longest title in a notification, in UTF-16 units: what follows it must be seen, too. */
const maxTitle = 120;

export interface ApprovalNoticeOptions {
  readonly approvals: Approvals;
  readonly runs: Pick<RunService, 'find'>;
  /** Whether the user sees already that calls of this run wait. */
  isSeen(runId: string): boolean;
}

/**
 * Says once for each run that a call waits for a decision, where neither the *Approvals* view nor the run's results
 * are visible. The focus stays where it is.
 */
export class ApprovalNotice implements vscode.Disposable {
  readonly #options: ApprovalNoticeOptions;
  readonly #told = new Set<string>();
  readonly #throttle = new Throttle(intervalMs, () => this.#look());
  readonly #disposables = new DisposableStore();

  constructor(options: ApprovalNoticeOptions) {
    this.#options = options;
    this.#disposables.add(this.#throttle);
    this.#disposables.add(options.approvals.onDidChange(() => this.#throttle.request()));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #look(): void {
    const { approvals, isSeen } = this.#options;
    for (const request of approvals.requests()) {
      const { runId } = request;
      if (this.#told.has(runId) || isSeen(runId)) continue;
      this.#told.add(runId);
      void this.#tell(request);
    }
  }

  async #tell(request: ApprovalRequest): Promise<void> {
    const { approvals, runs } = this.#options;
    const { runId } = request;
    const title = plainText(runs.find(runId)?.state.started.title ?? 'A run', maxTitle);
    const text = `${title} waits for ${waitedFor(request)}: ${callWords(request)}`;
    if ((await showMessage('information', text, [review])) === review) approvals.show({ runId });
  }
}

const review = 'Review Approvals';
