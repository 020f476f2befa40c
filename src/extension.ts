import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { CommandServices } from './commands/commandServices.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { showError } from './commands/showError.ts';
import { isProcessAlive } from './core/base/isProcessAlive.ts';
import { Redactor } from './core/base/redact.ts';
import type { InterleaveApi } from './host/api.ts';
import { createApi } from './host/api.ts';
import { CheckedPrompts } from './host/checkedPrompts.ts';
import { Configuration } from './host/configuration.ts';
import { Credentials } from './host/credentials.ts';
import type { Engine } from './host/engine.ts';
import { HostEnd } from './host/hostEnd.ts';
import { offerInterrupted } from './host/interruptedOffer.ts';
import { KeyRenewal } from './host/keyRenewal.ts';
import { LastRun } from './host/lastRun.ts';
import { Lazy } from './host/lazy.ts';
import { Log } from './host/log.ts';
import { showMessage } from './host/messages.ts';
import { PauseNotice } from './host/pauseNotice.ts';
import { PromptLibrary } from './host/promptLibrary.ts';
import { ResultsRequests } from './host/resultsRequests.ts';
import { RunHistory } from './host/runHistory.ts';
import { RunLauncher } from './host/runLauncher.ts';
import { RunRequests } from './host/runRequests.ts';
import { RunScope } from './host/runScope.ts';
import type { HostRun } from './host/runService.ts';
import { RunService } from './host/runService.ts';
import { ContextKeys } from './views/contextKeys.ts';
import { PromptCodeLenses } from './views/promptCodeLenses.ts';
import { PromptDiagnostics } from './views/promptDiagnostics.ts';
import { PromptOutcomes } from './views/promptOutcomes.ts';
import { PromptsTree } from './views/promptsTree.ts';
import { ResultsPanels } from './views/resultsPanels.ts';
import { RunsTree } from './views/runsTree.ts';
import { RunStatusBar } from './views/statusBar.ts';
import { TranscriptDocuments } from './views/transcriptDocuments.ts';

/** Makes the window's services and views and connects them; the rest is loaded when it is needed. */
export function activate(context: vscode.ExtensionContext): InterleaveApi {
  const services = createServices(context);
  const { engine, history, launcher, log, requests, runs, scope } = services;
  const storagePath = context.globalStorageUri.fsPath;
  const hostEnd = new HostEnd(
    context.workspaceState,
    storagePath,
    { pid: process.pid, parent: process.ppid },
    isProcessAlive,
  );
  context.subscriptions.push(
    ...createViews(services, hostEnd.hasCrashed),
    registerCommands(services),
  );
  // Not part of activation: it looks at the disk, and at most asks.
  const offer = (): void =>
    void offerInterrupted({ history, runs, scope, storagePath }).catch((error: unknown) =>
      log.error(error),
    );
  setTimeout(offer, interruptedCheckMs);
  context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(offer));
  close = async () => {
    hostEnd.mark();
    // First, so that what requests make of their end is not kept.
    runs.abandon();
    await engine.started?.then((started) => started.dispose());
  };
  return createApi(runs, launcher, requests);
}

/** What is behind commands and views. */
function createServices(context: vscode.ExtensionContext): CommandServices {
  const { extensionUri, globalState, secrets, subscriptions, workspaceState } = context;
  const redactor = new Redactor();
  const log = new Log(redactor);
  const credentials = new Credentials(secrets, {
    onKey: (key) => redactor.add(key),
    onTrouble: (message) => void showMessage('warning', log.safe(message)),
  });
  const configuration = new Configuration((problem) => log.note(problem));
  const engine = new Lazy(() => loadEngine(context, { configuration, credentials, log, redactor }));
  const runs = new RunService();
  const scope = new RunScope(workspaceState);
  const checked = new CheckedPrompts(workspaceState);
  const lastRun = new LastRun(engine, workspaceState);
  const library = new PromptLibrary(engine);
  const requests = new RunRequests({ configuration, engine, library });
  const results = new ResultsRequests();
  const shared = { engine, runs, configuration, log };
  const launcher = new RunLauncher({ ...shared, results, last: lastRun, memory: globalState });
  const storagePath = context.globalStorageUri.fsPath;
  const history = new RunHistory({ ...shared, scope, storagePath });
  const onError = (error: unknown): void => log.error(error);
  const keyRenewal = new KeyRenewal({ credentials, engine, runs, onError });
  subscriptions.push(log, credentials, runs, scope, history, checked, lastRun, library, results);
  subscriptions.push(keyRenewal);
  return {
    ...{ ...shared, checked, credentials, extensionUri, history },
    ...{ keyRenewal, lastRun, launcher, library, requests, results, scope },
  };
}

/** `hasCrashed` tells whether this extension host follows one that has crashed. */
function createViews(services: CommandServices, hasCrashed: boolean): readonly vscode.Disposable[] {
  const { checked, configuration, engine, extensionUri, history } = services;
  const { lastRun, library, log, results, runs, scope } = services;
  const outcomes = new PromptOutcomes(runs);
  const onError = (error: unknown): void => log.error(error);
  const findRun = (runId: string): Promise<HostRun | undefined> => history.find(runId);
  const transcript = async (run: HostRun, index: number): Promise<string> =>
    (await engine.get()).transcript(run.result(), index) ?? '';
  return [
    outcomes,
    new PauseNotice(runs),
    new ContextKeys({ runs, scope, checked, lastRun }),
    new PromptsTree({ library, checked, runs, outcomes, onError }),
    new RunsTree({
      ...{ runs, scope },
      open: (runId) => history.open(runId),
      onVisible: (isVisible) => history.setWatched(isVisible),
      onError: (error) => void showError(error, log),
    }),
    new ResultsPanels({ extensionUri, runs, findRun, requests: results, hasCrashed }),
    new RunStatusBar(runs),
    new PromptCodeLenses({ library, runs, outcomes, configuration }),
    new PromptDiagnostics(library),
    new TranscriptDocuments(runs, findRun, transcript),
  ];
}

/** Ends what `activate` has begun. VS Code calls the two as functions, so this stands between them. */
let close: (() => Promise<void>) | undefined;

/** VS Code ends the extension host some 5 s after this was called, in ms. */
const closeMs = 4_000;

/** Waits until what happened in the runs is on the disk, so that they can be resumed. */
export async function deactivate(): Promise<void> {
  const closed = close?.().catch(() => undefined);
  close = undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMs);
  });
  await Promise.race([closed, late]);
  clearTimeout(timer);
}

/** How long after activation it is looked for runs that were interrupted. */
const interruptedCheckMs = 1_500;

interface EngineParts {
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  readonly log: Log;
  readonly redactor: Redactor;
}

/** Loads the bundle with the core and everything that takes time to load. */
async function loadEngine(
  context: vscode.ExtensionContext,
  { configuration, credentials, log, redactor }: EngineParts,
): Promise<Engine> {
  const { Engine } = await import('./host/engine.ts');
  const folders = () =>
    (vscode.workspace.workspaceFolders ?? []).map(({ name, uri }) => ({
      name,
      path: uri.scheme === 'file' ? uri.fsPath : uri.toString(),
    }));
  const { version } = context.extension.packageJSON as { readonly version: string };
  const distPath = vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath;
  const onListenerError = (error: unknown): void => log.error(error);
  return new Engine({
    distPath,
    version,
    folders,
    homePath: homedir(),
    configuration,
    credentials,
    redactor,
    storagePath: context.globalStorageUri.fsPath,
    modelAccess: context.languageModelAccessInformation,
    onListenerError,
  });
}
