import * as vscode from 'vscode';
import type { ConversationTarget } from '../host/commandTargets.ts';
import { conversationTarget } from '../host/commandTargets.ts';
import { transcriptScheme } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import { inertMarkdown } from '../host/plainText.ts';
import type { HostRun, HostRunEvent, RunService } from '../host/runService.ts';
import { isPieceOfTurn } from './phaseChanges.ts';
import { Throttle } from './throttle.ts';

/** Min time between updates of an open transcript, in ms. */
const intervalMs = 1000;

/** Finds a run of this window or a saved run by id. */
type FindRun = (runId: string) => Promise<HostRun | undefined>;

/** Shows conversations as read-only Markdown documents that update while the conversation runs. */
export class TranscriptDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #findRun: FindRun;
  readonly #render: (run: HostRun, conversation: number) => Promise<string>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** The transcripts that are open, by their URIs: an event looks at nothing else. */
  readonly #open = new Map<string, vscode.Uri>();
  readonly #stale = new Map<string, vscode.Uri>();
  readonly #throttle = new Throttle(intervalMs, () => this.#flush());
  readonly #disposables = new DisposableStore();

  readonly onDidChange = this.#changed.event;

  constructor(
    runs: Pick<RunService, 'onDidEmit'>,
    findRun: FindRun,
    render: (run: HostRun, conversation: number) => Promise<string>,
  ) {
    this.#findRun = findRun;
    this.#render = render;
    this.#disposables.add(this.#changed);
    this.#disposables.add(this.#throttle);
    this.#disposables.add(runs.onDidEmit((event) => this.#follow(event)));
    this.#disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#open.delete(uri.toString())),
    );
    this.#disposables.add(
      vscode.workspace.registerTextDocumentContentProvider(transcriptScheme, this),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    this.#open.set(uri.toString(), uri);
    const target = transcriptTarget(uri);
    const run = target === undefined ? undefined : await this.#findRun(target.runId);
    if (target === undefined || run === undefined) {
      return 'This conversation no longer exists, because its run was deleted.\n';
    }
    return inertMarkdown(await this.#render(run, target.conversation));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #follow({ run, event }: HostRunEvent): void {
    if (this.#open.size === 0 || !('conversation' in event) || isPieceOfTurn(event)) return;
    for (const uri of this.#open.values()) {
      const target = transcriptTarget(uri);
      if (target?.runId !== run.id || target.conversation !== event.conversation) continue;
      this.#stale.set(uri.toString(), uri);
      this.#throttle.request();
    }
  }

  #flush(): void {
    for (const uri of this.#stale.values()) this.#changed.fire(uri);
    this.#stale.clear();
  }
}

/** The conversation named in the JSON query of a transcript URI, if any. */
function transcriptTarget({ query }: vscode.Uri): ConversationTarget | undefined {
  try {
    return conversationTarget(JSON.parse(query));
  } catch {
    return undefined;
  }
}
