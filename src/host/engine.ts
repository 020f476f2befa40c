import type { Inbox } from '../core/approvals/inbox/inbox.ts';
import type { RuleProblem } from '../core/approvals/rules/rule.ts';
import type { Disposable } from '../core/base/emitter.ts';
import { exportFormats, formatOfFile } from '../core/export/formats.ts';
import { conversationToMarkdown, resultToMarkdown } from '../core/export/markdown.ts';
import { RunLog } from '../core/export/runLog.ts';
import type { ArchivedRun } from '../core/journal/runs/archivedRun.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { RunAside } from '../core/journal/runs/runList.ts';
import type { AgentSearch } from '../core/prompts/agentFiles.ts';
import type { PromptValues } from '../core/prompts/bindPrompt.ts';
import type { Prompt, PromptDiagnostic, PromptFile } from '../core/prompts/prompt.ts';
import type { SelectedText } from '../core/prompts/selection.ts';
import { promptsInRanges } from '../core/prompts/selection.ts';
import type { ColumnPart, VariablePart } from '../core/prompts/template.ts';
import type { TextRange } from '../core/prompts/textRange.ts';
import type { VariableHelp, VariableOffers } from '../core/prompts/variableHelp.ts';
import { variableHelp, variableOffers } from '../core/prompts/variableHelp.ts';
import type { ModelInfo } from '../core/providers/modelInfo.ts';
import { pricesDate } from '../core/providers/models/prices.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import type { ChosenAgents } from '../core/runner/chooseAgents.ts';
import { estimateRun } from '../core/runner/estimate.ts';
import type { Run } from '../core/runner/run.ts';
import type { RunPlan } from '../core/runner/runPlan.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import type { RunEstimate } from '../shared/plannedRun.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import { AgentFiles } from './agentFiles.ts';
import type { ConnectionReport } from './connectionTest.ts';
import { testConnection } from './connectionTest.ts';
import type { KeyedProviderId } from './credentials.ts';
import type { EngineOptions } from './engineOptions.ts';
import type { FilePrompt } from './filePrompt.ts';
import type { ExpandedFilePrompts } from './promptBinder.ts';
import { PromptBinder } from './promptBinder.ts';
import { PromptReader } from './promptReader.ts';
import { Proposals } from './proposals/proposals.ts';
import type { Readiness } from './providerSource.ts';
import { ProviderSource } from './providerSource.ts';
import { readDiagnostics } from './readDiagnostics.ts';
import { RunJournals } from './runJournals.ts';
import { checkRunOptions } from './runOptions.ts';
import { CommandTerminals, commandShellIn } from './terminals/commandTerminals.ts';
import { Toolsets } from './toolsets.ts';
import { WindowRules } from './windowRules.ts';
import { WindowRuns } from './windowRuns.ts';
import type { WorkspaceRules } from './workspaceRules.ts';

/**
 * Facade of everything that is slow to load: the core, the parsers, the demo model. It is a separate bundle,
 * loaded with the first prompt file or run, so that activation is fast.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #providers: ProviderSource;
  readonly #journals: RunJournals;
  readonly #terminals: CommandTerminals;
  readonly #toolsets: Toolsets;
  readonly #prompts: PromptReader;
  readonly #binder: PromptBinder;
  readonly #rules: WindowRules;
  readonly #agents: AgentFiles;
  readonly #runs: WindowRuns;
  readonly #settingsChange: Disposable;
  /** What runs propose to change in the workspace. */
  readonly proposals: Proposals;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { configuration, credentials, distPath, modelAccess } = options;
    const providers = new ProviderSource(configuration, credentials, modelAccess);
    const journals = new RunJournals(options);
    const terminals = new CommandTerminals({ shell: commandShellIn(distPath) });
    const toolsets = new Toolsets(distPath, () => configuration.excludedFiles(), {
      readDiagnostics,
      runCommand: terminals.run,
    });
    this.#providers = providers;
    this.#journals = journals;
    this.#terminals = terminals;
    this.#toolsets = toolsets;
    const prompts = new PromptReader(options, toolsets);
    this.#prompts = prompts;
    this.#binder = new PromptBinder({
      ...{ toolsets, configuration, redactor: options.redactor },
      folders: () => options.folders(),
      knownTools: () => prompts.reading.knownTools,
    });
    this.#agents = new AgentFiles({
      folders: () => options.folders().map(({ path }) => path),
      homePath: options.homePath,
      reading: () => prompts.reading,
    });
    const rules = new WindowRules({
      ...{ toolsets, memory: options.memory },
      folders: () => options.folders(),
      lines: () => configuration.rules(),
      onDidChange: () => this.inbox.recheck(),
    });
    this.#rules = rules;
    const parts = { providers, journals, toolsets, rules };
    this.#runs = new WindowRuns(options, parts);
    this.proposals = new Proposals(toolsets, () => options.folders());
    this.#settingsChange = configuration.onDidChange(() => {
      rules.ofUser.changed();
      this.inbox.recheck();
    });
  }

  /** The tool calls that wait for a decision, of all runs of the window. */
  get inbox(): Inbox {
    return this.#runs.inbox;
  }

  /** Parses the text of a prompt file. `file` is the file part of its prompts' ids. */
  parsePromptFile(text: string, file: string): PromptFile {
    return this.#prompts.parseFile(text, file);
  }

  /**
   * Reads a prompt file from disk. Resolves with a `PromptFile` that has an error and no prompts if the file must
   * not be read: it is too large, not a regular file, or a link out of the folder `within`.
   */
  readPromptFile(file: string, within: string | undefined): Promise<string | PromptFile> {
    return this.#prompts.readFile(file, within);
  }

  /** Parses a selected text as one prompt. */
  promptsFromSelection(text: string, selected: SelectedText): PromptFile {
    return this.#prompts.parseSelection(text, selected);
  }

  /** The prompts of a file that the ranges touch, in file order. */
  promptsInRanges(file: PromptFile, ranges: readonly TextRange[]): readonly Prompt[] {
    return promptsInRanges(file, ranges);
  }

  /** Makes conversations of prompts, which then get their values. Rejects with a `UserError` for unusable data. */
  expandPrompts(
    prompts: readonly FilePrompt[],
    values: Omit<PromptValues, 'files'>,
  ): Promise<ExpandedFilePrompts> {
    return this.#binder.expand(prompts, values);
  }

  /** The agents of these prompts and of the workspace, and what could not be read. */
  findAgents(promptUris: readonly string[] = []): Promise<AgentSearch> {
    return this.#agents.find(promptUris);
  }

  /** What is wrong with an agent file, the names of other agents included. */
  checkAgentFile(text: string, uri: string): Promise<readonly PromptDiagnostic[]> {
    return this.#agents.checkFile(text, uri);
  }

  /** What is wrong with a prompt file, the names of agents included. */
  async checkPromptFile(file: PromptFile, uri: string): Promise<readonly PromptDiagnostic[]> {
    const ofData = await this.#binder.problems(file.prompts);
    return [...(await this.#agents.checkPrompts(file, uri)), ...ofData];
  }

  /** What can be written behind `beforeCursor`, a part of a line of a prompt. */
  async variableOffers(beforeCursor: string, prompt: Prompt): Promise<VariableOffers | undefined> {
    const first = variableOffers(beforeCursor, prompt);
    if (first === undefined || !beforeCursor.includes('{{')) return first;
    return variableOffers(beforeCursor, prompt, await this.#binder.firstRow(prompt));
  }

  /** What a variable of a prompt means. */
  async variableHelp(part: VariablePart | ColumnPart, prompt: Prompt): Promise<VariableHelp> {
    return variableHelp(part, prompt, await this.#binder.firstRow(prompt));
  }

  /** The request with the agents that its prompts name. Rejects with a `UserError` for one that is not there. */
  withAgents(request: RunRequest): Promise<ChosenAgents> {
    return this.#agents.choose(request);
  }

  /** The origin (`scheme://host:port`) of a provider's requests, by the current settings. */
  endpointOrigin(provider: KeyedProviderId): string {
    return this.#providers.origin(provider);
  }

  /** Gives runs in progress the currently stored key. */
  renewKey(provider: KeyedProviderId): Promise<void> {
    return this.#providers.renewKey(provider);
  }

  /** Whether a provider can be used now. Rejects with a `UserError` for an invalid base URL or unknown provider. */
  readiness(provider: ProviderId): Promise<Readiness> {
    return this.#providers.readiness(provider);
  }

  /** The models of a provider; empty when the server does not list them. */
  async listModels(id: ProviderId, signal: AbortSignal): Promise<readonly ModelInfo[]> {
    const provider = await this.#providers.resolve(id);
    return provider.listModels(signal);
  }

  /** Tests the connection to a provider. Rejects only with the signal's reason. */
  testConnection(id: ProviderId, signal: AbortSignal): Promise<ConnectionReport> {
    const { provider: chosen, model } = this.#options.configuration.runSettings();
    const asked = { id, model: chosen === id ? model : '' };
    return testConnection(asked, this.#providers, signal);
  }

  /** Throws a `UserError` for invalid run options. */
  checkRunOptions(options: unknown): void {
    checkRunOptions(options);
  }

  /** Plans a run. Rejects with a `UserError` for an invalid plan. `provider` is for prompts that name none. */
  planRun(request: RunRequest, provider: ProviderId): Promise<RunPlan> {
    return this.#runs.plan(request, provider, this.#options.folders());
  }

  /** The rules that workspace folders bring. */
  get workspaceRules(): WorkspaceRules {
    return this.#rules.ofFolders;
  }

  /** What is wrong with the rules in the user settings. */
  ruleProblems(): readonly RuleProblem[] {
    return this.#rules.ofUser.problems();
  }

  /** What is wrong with a file of rules. */
  checkRules(text: string, uri: string): readonly RuleProblem[] {
    return this.#rules.checkFile(text, uri);
  }

  /** The minimum cost of a run, by the list prices of `pricesDate`. */
  estimate(plan: RunPlan): RunEstimate & { readonly pricesDate: string } {
    return { ...estimateRun(plan.items), pricesDate };
  }

  /** Creates a run and its journal. The caller starts it. */
  createRun(plan: RunPlan, request: RunRequest): Promise<Run> {
    return this.#runs.create(plan, request);
  }

  /**
   * Restores a saved run so that it can continue. It updates the object `shown` in place, so that open views
   * see its events. Rejects with a `UserError` when the run cannot continue here: another installation or program
   * made it, its base URLs have changed, or its folders are not open.
   */
  restoreRun(runId: string, shown: RunState): Promise<Run> {
    return this.#runs.restore(runId, shown);
  }

  /**
   * The request of a saved run of this installation; undefined when there is no such run. Rejects with a
   * `UserError` when it cannot be read.
   */
  requestOf(runId: string): Promise<RunRequest | undefined> {
    return this.#runs.requestOf(runId);
  }

  /** Whether a saved run could continue in this window with the current settings and folders. */
  canResume(saved: ArchivedRun): boolean {
    return this.#runs.canResume(saved);
  }

  /** Deletes a run after it has ended, so that it can be brought back. Rejects with a `UserError` on failure. */
  setRunAside(id: string): Promise<RunAside | undefined> {
    return this.#journals.setAside(id);
  }

  /** Whether this window writes the journal of this run. */
  isWriting(runId: string): boolean {
    return this.#journals.isOpen(runId);
  }

  /** The runs saved on disk. */
  archive(): Promise<RunArchive> {
    return this.#journals.archive();
  }

  /** Creates the log of a run, which turns its events into lines. */
  createRunLog(run: RunState, order: 'interleaved' | 'grouped'): RunLog {
    return new RunLog(run, order);
  }

  /** The export formats. */
  readonly exporting = { exportFormats, formatOfFile };

  /** All answers of a run as one Markdown report. */
  toMarkdown(result: RunResult, title: string): string {
    return resultToMarkdown(result, title);
  }

  /** One conversation as Markdown; undefined when there is no such conversation. */
  transcript(result: RunResult, index: number): string | undefined {
    const conversation = result.conversations[index];
    return conversation === undefined ? undefined : conversationToMarkdown(conversation);
  }

  /** Closes the journals, stops searches, and closes connections. */
  async dispose(): Promise<void> {
    this.#settingsChange.dispose();
    await this.#journals.dispose();
    this.#toolsets.dispose();
    this.#terminals.dispose();
    await this.#providers.dispose();
  }
}
