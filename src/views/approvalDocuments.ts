import * as vscode from 'vscode';
import type { ApprovalRequest, Approvals } from '../host/approvals.ts';
import { callCount, conversationName, requestLines } from '../host/approvalWords.ts';
import { approvalScheme } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import { inertMarkdown } from '../host/plainText.ts';
import type { RunService } from '../host/runService.ts';
import { isJsonObject, parseJson } from '../shared/json.ts';
import { Throttle } from './throttle.ts';

const intervalMs = 250;

/** Shows tool calls that wait for a decision as read-only documents: their arguments whole, and why they wait. */
export class ApprovalDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #approvals: Approvals;
  readonly #runs: Pick<RunService, 'find'>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** What open documents show, by address: it stays when the calls do not wait any more. */
  readonly #shown = new Map<string, readonly ApprovalRequest[]>();
  readonly #throttle = new Throttle(intervalMs, () => this.#refresh());
  readonly #disposables = new DisposableStore();

  readonly onDidChange = this.#changed.event;

  constructor(approvals: Approvals, runs: Pick<RunService, 'find'>) {
    this.#approvals = approvals;
    this.#runs = runs;
    const { workspace } = vscode;
    for (const owned of [
      this.#changed,
      this.#throttle,
      approvals.onDidChange(() => this.#throttle.request()),
      workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri.toString())),
      workspace.registerTextDocumentContentProvider(approvalScheme, this),
    ]) {
      this.#disposables.add(owned);
    }
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const shown = this.#shown.get(uri.toString()) ?? this.#named(uri);
    this.#shown.set(uri.toString(), shown);
    return inertMarkdown(`${this.#lines(shown).join('\n')}\n`);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** The request that an address names, and all that ask for the same if it wants them. */
  #named(uri: vscode.Uri): readonly ApprovalRequest[] {
    const query = parseJson(uri.query);
    const { id, equal } = isJsonObject(query) ? query : {};
    if (equal !== true) return this.#approvals.requests().filter((request) => request.id === id);
    const groups = this.#approvals.groups();
    const group = groups.find(({ requests }) => requests.some((request) => request.id === id));
    return group?.requests ?? [];
  }

  #lines(shown: readonly ApprovalRequest[]): readonly string[] {
    const [first] = shown;
    if (first === undefined) return ['This call does not wait for a decision any more.'];
    const still = new Set(this.#approvals.requests().map(({ id }) => id));
    const conversations = shown.map((request) => {
      const name = conversationName(this.#runs, request);
      return `  ${name}, turn ${request.turn}${still.has(request.id) ? '' : ' (does not wait any more)'}`;
    });
    return [...requestLines(first), '', `Asked for by ${callCount(shown)}:`, ...conversations];
  }

  #refresh(): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === approvalScheme) this.#changed.fire(uri);
    }
  }
}
