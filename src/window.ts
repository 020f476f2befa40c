import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { CommandRunner } from './commands/commandRunner.ts';
import type { CommandServices } from './commands/commandServices.ts';
import { showError } from './commands/showError.ts';
import { isProcessAlive } from './core/base/isProcessAlive.ts';
import { Redactor } from './core/base/redact.ts';
import { AgentFileWatch } from './host/agentFileWatch.ts';
import { Approvals } from './host/approvals.ts';
import { ArgumentEdits } from './host/argumentEdits.ts';
import { CheckedPrompts } from './host/checkedPrompts.ts';
import { Configuration } from './host/configuration.ts';
import { Credentials } from './host/credentials.ts';
import { editorValues } from './host/editorValues.ts';
import { EndNotice } from './host/endNotice.ts';
import type { Engine } from './host/engine.ts';
import type { EngineOptions } from './host/engineOptions.ts';
import { FolderRulesNotice } from './host/folderRulesNotice.ts';
import { HostEnd } from './host/hostEnd.ts';
import { offerInterrupted } from './host/interruptedOffer.ts';
import { KeyRenewal } from './host/keyRenewal.ts';
import { LastRun } from './host/lastRun.ts';
import { Lazy } from './host/lazy.ts';
import { Log } from './host/log.ts';
import { showMessage } from './host/messages.ts';
import { Notices } from './host/notices.ts';
import { PauseNotice } from './host/pauseNotice.ts';
import { PromptLibrary } from './host/promptLibrary.ts';
import type { ProposalDocument } from './host/proposals/proposalDocument.ts';
import { ResultsRequests } from './host/resultsRequests.ts';
import { RuleProblemNotice } from './host/ruleProblemNotice.ts';
import type { RunArgument } from './host/runArgument.ts';
import { RunHistory } from './host/runHistory.ts';
import { noKeyNotice, RunLauncher } from './host/runLauncher.ts';
import { RunRelease } from './host/runRelease.ts';
import { RunRequests } from './host/runRequests.ts';
import { RunScope } from './host/runScope.ts';
import type { HostRun } from './host/runService.ts';
import { RunService } from './host/runService.ts';
import { noRunsWithoutTrust, requireTrust } from './host/trust.ts';
import { VariableForm } from './host/variableForm.ts';
import { AgentDiagnostics } from './views/agentDiagnostics.ts';
import { ApprovalDocuments } from './views/approvalDocuments.ts';
import { ApprovalNotice } from './views/approvalNotice.ts';
import { ApprovalsStatusBar } from './views/approvalsStatusBar.ts';
import { ApprovalsTree } from './views/approvalsTree.ts';
import { ContextKeys } from './views/contextKeys.ts';
import { PromptCodeLenses } from './views/promptCodeLenses.ts';
import { PromptDiagnostics } from './views/promptDiagnostics.ts';
import { PromptOutcomes } from './views/promptOutcomes.ts';
import { PromptsTree } from './views/promptsTree.ts';
import { ProposalDocuments } from './views/proposalDocuments.ts';
import { ResultsPanels } from './views/resultsPanels.ts';
import { RuleDiagnostics } from './views/ruleDiagnostics.ts';
import { RunsTree } from './views/runsTree.ts';
import { RunStatusBar } from './views/statusBar.ts';
import { TranscriptDocuments } from './views/transcriptDocuments.ts';
import { VariableHints } from './views/variableHints.ts';

/** What an activated extension does, for as long as its window is open. */
export interface Window {
  readonly commands: CommandRunner;
  readonly runs: RunService;
  /** Starts a run for another extension; see `InterleaveApi`. */
  launch(argument: RunArgument): Promise<HostRun | undefined>;
  /** Flushes the journals of the runs, so that they can be resumed. */
  close(): Promise<void>;
}

/** Creates and connects the window's services and views. Everything else loads on first use. */
export function openWindow(context: vscode.ExtensionContext): Window {
  const services = createServices(context);
  const { engine, history, launcher, log, notices, requests, runs, scope } = services;
  const storagePath = context.globalStorageUri.fsPath;
  const hostEnd = new HostEnd(
    context.workspaceState,
    storagePath,
    { pid: process.pid, parent: process.ppid },
    isProcessAlive,
  );
  context.subscriptions.push(...createViews(services, hostEnd.hasCrashed));
  // Later, because it reads the disk.
  const offer = (): void =>
    void offerInterrupted({ history, notices, runs, scope, storagePath }).catch((error: unknown) =>
      log.error(error),
    );
  setTimeout(offer, interruptedCheckMs);
  context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(offer));
  return {
    commands: new CommandRunner(services),
    runs,
    launch: async (argument) => {
      requireTrust(noRunsWithoutTrust);
      return launcher.launch(await requests.from(argument), argument.token);
    },
    close: async () => {
      hostEnd.mark();
      // First, so that the journals do not record the aborted requests as failures.
      runs.abandon();
      await engine.started?.then((started) => started.dispose());
    },
  };
}

/** Creates the services that commands and views use. */
function createServices(context: vscode.ExtensionContext): CommandServices {
  const { extensionUri, globalState, secrets, subscriptions, workspaceState } = context;
  const redactor = new Redactor();
  const log = new Log(redactor);
  const credentials = new Credentials(secrets, {
    onKey: (key) => redactor.add(key),
    onTrouble: (message) => void showMessage('warning', log.safe(message)),
  });
  const configuration = new Configuration((problem) => log.note(problem));
  const approvals = new Approvals();
  const argumentEdits = new ArgumentEdits();
  const folderRules = new FolderRulesNotice({
    log,
    refresh: async () => (await engine.started)?.workspaceRules.refresh(),
  });
  const engine = new Lazy(async () => {
    const onIgnoredRules: EngineParts['onIgnoredRules'] = (found) => folderRules.tell(found);
    const parts = { configuration, credentials, log, redactor, onIgnoredRules };
    const loaded = await loadEngine(context, parts);
    approvals.connect(loaded.inbox);
    return loaded;
  });
  const runs = new RunService();
  const scope = new RunScope(workspaceState);
  const checked = new CheckedPrompts(workspaceState);
  const lastRun = new LastRun(engine, workspaceState);
  const library = new PromptLibrary(engine);
  const form = new VariableForm(workspaceState, redactor);
  const requests = new RunRequests({
    ...{ configuration, engine, library, log, form, usualValues: editorValues },
  });
  const results = new ResultsRequests();
  const notices = new Notices();
  subscriptions.push(
    notices,
    credentials.onDidChange(() => notices.withdraw(noKeyNotice)),
  );
  const shared = { engine, runs, configuration, log };
  const launcher = new RunLauncher({
    ...{ ...shared, results, notices },
    ...{ last: lastRun, memory: globalState },
  });
  const storagePath = context.globalStorageUri.fsPath;
  const inFront = (): string | undefined => results.inFront;
  const history = new RunHistory({ ...shared, scope, storagePath, inFront });
  const onError = (error: unknown): void => log.error(error);
  const keyRenewal = new KeyRenewal({ credentials, engine, runs, onError });
  subscriptions.push(log, credentials, runs, scope, history, checked, lastRun, library, results);
  subscriptions.push(keyRenewal, approvals, argumentEdits, new RuleProblemNotice(shared));
  subscriptions.push(folderRules);
  return {
    ...{ ...shared, approvals, argumentEdits, checked, credentials, extensionUri, history },
    ...{ keyRenewal, lastRun, launcher, library, notices, requests, results, scope },
  };
}

/** `hasCrashed`: the previous extension host of this window crashed. */
function createViews(services: CommandServices, hasCrashed: boolean): readonly vscode.Disposable[] {
  const { approvals, argumentEdits, checked, configuration, engine, extensionUri, history } =
    services;
  const { lastRun, library, log, notices, results, runs, scope } = services;
  const outcomes = new PromptOutcomes(runs);
  const onError = (error: unknown): void => log.error(error);
  const findRun = (runId: string): Promise<HostRun | undefined> => history.find(runId);
  const transcript = async (run: HostRun, index: number): Promise<string> =>
    (await engine.get()).transcript(run.result(), index) ?? '';
  const approvalsTree = new ApprovalsTree({ approvals, runs });
  const panels = new ResultsPanels({
    ...{ extensionUri, runs, findRun, notices, hasCrashed },
    requests: results,
  });
  const isSeen = (runId: string): boolean => approvalsTree.isVisible || panels.isVisible(runId);
  const proposed = async (document: ProposalDocument): Promise<string | undefined> => {
    const run = await findRun(document.runId);
    return run && (await engine.get()).proposals.text(run, document);
  };
  const runsTree = new RunsTree({
    ...{ runs, scope, notices },
    open: (runId) => history.open(runId),
    onVisible: (isVisible) => history.setWatched(isVisible),
    onError: (error) => void showError(error, log),
  });
  const isShown = (runId: string): boolean => panels.has(runId) || runsTree.isShowing(runId);
  const agentFiles = new AgentFileWatch();
  const onDidChangeAgents = agentFiles.onDidChange;
  return [
    outcomes,
    agentFiles,
    approvalsTree,
    panels,
    new ApprovalsStatusBar(approvals),
    new ApprovalDocuments(approvals, runs),
    new ApprovalNotice({ approvals, runs, isSeen }),
    new PauseNotice(runs, notices),
    new EndNotice({
      ...{ runs, onError },
      isMissed: (runId) =>
        panels.wasShown(runId) && !panels.isVisible(runId) && !runsTree.isVisible,
    }),
    new ContextKeys({ runs, scope, checked, lastRun, approvals, argumentEdits }),
    new PromptsTree({ library, checked, runs, outcomes, onError }),
    runsTree,
    new RunRelease({ runs, history, isShown }),
    new RunStatusBar(runs),
    new PromptCodeLenses({ library, runs, outcomes, configuration }),
    new VariableHints({ library, engine }),
    new PromptDiagnostics({
      ...{ library, onDidChangeAgents },
      check: async (file, uri) => (await engine.get()).checkPromptFile(file, uri),
    }),
    new AgentDiagnostics({
      onDidChangeAgents,
      check: async (text, uri) => (await engine.get()).checkAgentFile(text, uri),
    }),
    new RuleDiagnostics(async (text, uri) => (await engine.get()).checkRules(text, uri)),
    new TranscriptDocuments(runs, findRun, transcript),
    new ProposalDocuments(proposed),
  ];
}

/** Delay from activation to the check for interrupted runs, in ms. */
const interruptedCheckMs = 1_500;

interface EngineParts {
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly onIgnoredRules: EngineOptions['onIgnoredRules'];
}

/** Loads the bundle with the core and everything that is slow to load. */
async function loadEngine(
  context: vscode.ExtensionContext,
  { log, ...parts }: EngineParts,
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
    ...parts,
    memory: context.workspaceState,
    storagePath: context.globalStorageUri.fsPath,
    modelAccess: context.languageModelAccessInformation,
    onListenerError,
  });
}
