import * as vscode from 'vscode';

/** A request to show the results of a run, optionally one conversation of it. */
export interface ResultsRequest {
  readonly runId: string;
  /** Index in prompt order. */
  readonly conversation?: number;
  /** Shows the panel without moving the focus to it. */
  readonly keepsFocus?: boolean;
}

/** Passes requests from commands to the results panel, which do not depend on each other. */
export class ResultsRequests implements vscode.Disposable {
  readonly #requested = new vscode.EventEmitter<ResultsRequest>();

  readonly onDidRequest = this.#requested.event;

  /** The run whose results are in the active editor; undefined where there are none. */
  inFront: string | undefined;

  /** Requests that results are shown. */
  show(request: ResultsRequest): void {
    this.#requested.fire(request);
  }

  dispose(): void {
    this.#requested.dispose();
  }
}
