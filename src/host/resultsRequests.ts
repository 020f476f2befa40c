import * as vscode from 'vscode';

/** A wish to see the results of a run, and perhaps one conversation of it. */
export interface ResultsRequest {
  readonly runId: string;
  /** Index in prompt order. */
  readonly conversation?: number;
  /** Whether the focus stays where it is. */
  readonly keepsFocus?: boolean;
}

/** Carries the wish from the command to the results panel, which know nothing of one another. */
export class ResultsRequests implements vscode.Disposable {
  readonly #requested = new vscode.EventEmitter<ResultsRequest>();

  readonly onDidRequest = this.#requested.event;

  show(request: ResultsRequest): void {
    this.#requested.fire(request);
  }

  dispose(): void {
    this.#requested.dispose();
  }
}
