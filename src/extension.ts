import * as vscode from 'vscode';
import { registerCommands } from './commands/registerCommands.ts';
import { Redactor } from './core/base/redact.ts';
import type { InterleaveApi } from './host/api.ts';
import { createApi } from './host/api.ts';
import { CheckedPrompts } from './host/checkedPrompts.ts';
import { Configuration } from './host/configuration.ts';
import { Credentials } from './host/credentials.ts';
import type { Engine } from './host/engine.ts';
import { Lazy } from './host/lazy.ts';
import { Log } from './host/log.ts';
import { PauseNotice } from './host/pauseNotice.ts';
import { PromptLibrary } from './host/promptLibrary.ts';
import { ResultsRequests } from './host/resultsRequests.ts';
import { RunHistory } from './host/runHistory.ts';
import { RunLauncher } from './host/runLauncher.ts';
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
  const { extensionUri } = context;
  const redactor = new Redactor();
  const credentials = new Credentials(context.secrets, (key) => redactor.add(key));
  const log = new Log(redactor);
  const configuration = new Configuration((problem) => log.note(problem));
  const engine = new Lazy(() => loadEngine(context, { configuration, credentials, log, redactor }));
  const runs = new RunService();
  const checked = new CheckedPrompts();
  const library = new PromptLibrary(engine);
  const results = new ResultsRequests();
  const launcher = new RunLauncher({
    engine,
    runs,
    configuration,
    log,
    memory: context.globalState,
  });
  const storagePath = context.globalStorageUri.fsPath;
  const history = new RunHistory({ engine, runs, configuration, log, storagePath });
  const outcomes = new PromptOutcomes(runs);
  const onError = (error: unknown): void => log.error(error);
  const transcript = async (run: HostRun, index: number): Promise<string> =>
    (await engine.get()).transcript(run.result(), index) ?? '';
  context.subscriptions.push(
    log,
    runs,
    checked,
    library,
    results,
    { dispose: () => void engine.started?.then((started) => started.dispose()) },
    new PauseNotice(runs),
    new ContextKeys(runs, checked),
    new PromptsTree({ library, checked, runs, outcomes, onError }),
    new RunsTree(runs, () => void history.load()),
    new ResultsPanels(extensionUri, runs, results),
    new RunStatusBar(runs),
    new PromptCodeLenses({ library, runs, outcomes, configuration }),
    new PromptDiagnostics(library),
    new TranscriptDocuments(runs, transcript),
    registerCommands({
      checked,
      configuration,
      credentials,
      engine,
      extensionUri,
      history,
      launcher,
      library,
      log,
      results,
      runs,
    }),
  );
  // Not part of activation: it looks at the disk, and at most asks.
  const offer = (): void => void history.offerInterrupted().catch(onError);
  setTimeout(offer, interruptedCheckMs);
  context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(offer));
  return createApi(runs, launcher, library);
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
    (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ name, uri }) => ({ name, path: uri.fsPath }));
  const distPath = vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath;
  const onListenerError = (error: unknown): void => log.error(error);
  return new Engine({
    distPath,
    folders,
    configuration,
    credentials,
    redactor,
    storagePath: context.globalStorageUri.fsPath,
    modelAccess: context.languageModelAccessInformation,
    onListenerError,
  });
}
