import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { copyToClipboard } from '../host/clipboard.ts';
import { commands, resultsPanelType } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import { showMessage } from '../host/messages.ts';
import type { Notices } from '../host/notices.ts';
import { plainTitle } from '../host/plainText.ts';
import type { HostRun } from '../host/runService.ts';
import type { RunEvent } from '../shared/conversationEvents.ts';
import type { PanelAnswer, ToPanel } from '../shared/panelProtocol.ts';
import { startWords } from '../shared/runWords.ts';
import { PanelFeed } from './panelFeed.ts';
import { openNamedFile } from './panelFiles.ts';
import { openLink } from './panelLinks.ts';
import type { PanelEffects } from './panelMessages.ts';
import { handlePanelMessage } from './panelMessages.ts';
import { resultsHtml } from './resultsHtml.ts';

/** What `ResultsPanel` needs. */
export interface ResultsPanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly run: HostRun;
  readonly notices: Pick<Notices, 'all' | 'onDidChange'>;
  /** Where to open a new panel, or a panel that VS Code restored after a reload. */
  readonly place: PanelPlace | vscode.WebviewPanel;
}

/** Where a new panel opens, and whether the editor keeps the focus. */
export interface PanelPlace {
  readonly viewColumn: vscode.ViewColumn;
  readonly preserveFocus: boolean;
}

/** One run's results in an editor tab: a view of the run that can be closed at any time. */
export class ResultsPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  #run: HostRun;
  readonly #feed: PanelFeed;
  readonly #notices: ResultsPanelOptions['notices'];
  /** Whether the page shows some. */
  #hasNotices = false;
  readonly #disposables = new DisposableStore();

  readonly onDidDispose: vscode.Event<void>;
  /** It may have become the active editor, or have been it. */
  readonly onDidChangeActive: vscode.Event<unknown>;

  constructor({ extensionUri, run, place, notices }: ResultsPanelOptions) {
    this.#notices = notices;
    this.#panel = 'webview' in place ? place : createPanel(run, place);
    this.#run = run;
    const { webview } = this.#panel;
    webview.options = webviewOptions(extensionUri);
    this.#panel.iconPath = new vscode.ThemeIcon('list-ordered');
    this.#panel.title = titleOf(run);
    this.onDidDispose = this.#panel.onDidDispose;
    this.onDidChangeActive = this.#panel.onDidChangeViewState;
    // VS Code copies the message before the call returns. A hidden page needs no message.
    this.#feed = new PanelFeed(run.state, (message) => void webview.postMessage(message));
    this.#disposables.add(this.#panel);
    this.#disposables.add(notices.onDidChange(() => this.#postNotices()));
    this.#disposables.add(this.#feed);
    this.#disposables.add(
      webview.onDidReceiveMessage(
        (message: unknown) => void handlePanelMessage(message, this.#run, this.#effects()),
      ),
    );
    this.#disposables.add(
      this.#panel.onDidChangeViewState(() => {
        if (!this.#panel.visible) this.#feed.hidden();
      }),
    );
    this.#disposables.add(this.#panel.onDidDispose(() => this.#disposables.dispose()));
    webview.html = pageOf(webview, distOf(extensionUri));
  }

  /** The editor column of the panel, if it has one. */
  get column(): vscode.ViewColumn | undefined {
    return this.#panel.viewColumn;
  }

  /** Whether it is the active editor. */
  get isActive(): boolean {
    return this.#panel.active;
  }

  get isVisible(): boolean {
    return this.#panel.visible;
  }

  /** Shows the current run object. It changes when another window has resumed the run. */
  update(run: HostRun): void {
    if (run.state === this.#run.state) return;
    this.#run = run;
    this.#feed.replace(run.state);
  }

  /** Passes an event of the run to the page. */
  accept(event: RunEvent): void {
    this.#feed.accept(event);
  }

  /** Brings the panel to the front with focus, and reveals a conversation if one is given. */
  show(conversation?: number): void {
    this.#panel.reveal(undefined, false);
    if (conversation !== undefined) this.#feed.reveal(conversation);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #effects(): PanelEffects {
    return {
      ready: () => {
        this.#feed.ready();
        this.#postNotices();
      },
      answerNotice: (notice, choice) =>
        vscode.commands.executeCommand(commands.answerNotice, { notice, choice }),
      execute: (command, target) => {
        const answers = { answers: true };
        return typeof target === 'string'
          ? vscode.commands.executeCommand(command, target, answers)
          : vscode.commands.executeCommand(command, { ...target, interactive: true, ...answers });
      },
      copy: copyToClipboard,
      openLink,
      openFile: openNamedFile,
      answer: (answer) => this.#answer(answer),
    };
  }

  /** A hidden page asks for them when it is shown again. */
  #postNotices(): void {
    const notices = this.#notices.all.filter(({ runId }) => runId !== this.#run.id);
    const isNews = notices.length > 0 || this.#hasNotices;
    if (!this.#panel.visible || !isNews) return;
    this.#hasNotices = notices.length > 0;
    void this.#panel.webview.postMessage({ type: 'notices', notices } satisfies ToPanel);
  }

  /** A hidden page has been unloaded and gets no answers, so failures are shown as a notification. */
  #answer(answer: PanelAnswer): void {
    if (!this.#feed.answer(answer) && !answer.ok && answer.message !== undefined) {
      void showMessage('warning', answer.message);
    }
  }
}

/** `math.prompts.md (run 3, 14:02)`: tabs of runs of the same file stay apart. */
function titleOf({ state }: HostRun): string {
  const { title, number, startedAt } = state.started;
  return `${plainTitle(title)} (run ${number}, ${startWords(startedAt)})`;
}

function createPanel(run: HostRun, place: PanelPlace): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(resultsPanelType, titleOf(run), place, {
    retainContextWhenHidden: false,
    enableFindWidget: false,
  });
}

/** Also set on restored panels, since the extension's folder may have changed. */
function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableForms: false,
    enableCommandUris: false,
    localResourceRoots: [distOf(extensionUri)],
  };
}

function distOf(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist');
}

function pageOf(webview: vscode.Webview, dist: vscode.Uri): string {
  const address = (...path: readonly string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(dist, ...path)).toString();
  return resultsHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('hex'),
    script: address('results.js'),
    style: address('results.css'),
    codicons: address('codicons', 'codicon.css'),
  });
}
