import type { Inbox } from '../core/approvals/inbox/inbox.ts';
import { ruleSystemOf } from '../core/approvals/rules/ruleSystem.ts';
import { knownTools } from '../core/approvals/rules/ruleTools.ts';
import type { RunRules } from '../core/approvals/runRules.ts';
import type { Disposable } from '../core/base/emitter.ts';
import { isFolderUri } from '../core/base/pathKey.ts';
import type { Redactor } from '../core/base/redact.ts';
import { createUlid } from '../core/base/ulid.ts';
import { exportFormats, formatOfFile } from '../core/export/formats.ts';
import { conversationToMarkdown, resultToMarkdown } from '../core/export/markdown.ts';
import { RunLog } from '../core/export/runLog.ts';
import type { ArchivedRun } from '../core/journal/runs/archivedRun.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import { parsePromptFile } from '../core/prompts/parsePromptFile.ts';
import type { Prompt, PromptFile, TextRange } from '../core/prompts/prompt.ts';
import { readPromptFile } from '../core/prompts/refusedPromptFile.ts';
import type { SelectedText } from '../core/prompts/selection.ts';
import { promptsFromSelection, promptsInRanges } from '../core/prompts/selection.ts';
import type { ModelInfo } from '../core/providers/modelInfo.ts';
import { pricesDate } from '../core/providers/models/prices.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import { estimateRun } from '../core/runner/estimate.ts';
import { readAsked } from '../core/runner/keptRequest.ts';
import { planRun } from '../core/runner/planRun.ts';
import type { Run } from '../core/runner/run.ts';
import { Runner } from '../core/runner/runner.ts';
import type { RunPlan } from '../core/runner/runPlan.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { toolLimits } from '../core/tools/toolLimits.ts';
import type { RunEstimate } from '../shared/plannedRun.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import { programs } from '../shared/runOrigin.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import type { Configuration } from './configuration.ts';
import type { ConnectionReport } from './connectionTest.ts';
import { testConnection } from './connectionTest.ts';
import type { Credentials, KeyedProvider } from './credentials.ts';
import type { ModelAccess } from './languageModels/languageModelProvider.ts';
import type { Readiness } from './providerSource.ts';
import { ProviderSource } from './providerSource.ts';
import { readDiagnostics } from './readDiagnostics.ts';
import { RunJournals } from './runJournals.ts';
import { checkRunOptions } from './runOptions.ts';
import { areOpen, checkFolders, readOwnRun } from './sameWindow.ts';
import { defaultSystemPrompt } from './systemPrompt.ts';
import { Toolsets } from './toolsets.ts';
import { UserRules } from './userRules.ts';

export interface EngineOptions {
  /** Where the bundles are. */
  readonly distPath: string;
  /** The extension's version. */
  readonly version: string;
  /** Root folders of the workspace, as they are now. */
  folders(): readonly OriginFolder[];
  /** Where the extension may keep files. */
  readonly storagePath: string;
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  /** Knows the keys that must not show anywhere. */
  readonly redactor: Redactor;
  /** Who may use which of VS Code's models. */
  readonly modelAccess: ModelAccess;
  /** Hears of views that throw while a run tells them of an event. */
  onListenerError(error: unknown): void;
}

/**
 * Everything of the extension that costs time to load: the core, the parsers, the demo model. It is a
 * bundle of its own that is loaded with the first prompt file or run, so that activation stays cheap.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #providers: ProviderSource;
  readonly #runner: Runner;
  readonly #journals: RunJournals;
  readonly #toolsets: Toolsets;
  readonly #rules: UserRules;
  readonly #settingsChange: Disposable;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { configuration, credentials, distPath, modelAccess } = options;
    this.#providers = new ProviderSource(configuration, credentials, modelAccess);
    this.#runner = new Runner(options);
    this.#journals = new RunJournals(options);
    this.#toolsets = new Toolsets(distPath, () => configuration.excludedFiles(), readDiagnostics);
    const lines = (): readonly string[] => configuration.rules();
    this.#rules = new UserRules({ ...this.#ruleReading(), lines });
    this.#settingsChange = configuration.onDidChange(() => this.inbox.recheck());
  }

  /** The tool calls of all runs of the window that wait for a decision. */
  get inbox(): Inbox {
    return this.#runner.inbox;
  }

  /** Names of the tools that conversations can use. */
  get toolNames(): readonly string[] {
    return this.#toolsets.over([]).tools.map(({ name }) => name);
  }

  /** `file` is the file in the ids of its prompts. */
  parsePromptFile(text: string, file: string): PromptFile {
    const maxBytes = this.#promptBytes();
    return parsePromptFile(text, file, { knownTools: this.toolNames, maxBytes });
  }

  /** The text of a prompt file on this machine's disk, or one without prompts that says why it is not read. */
  readPromptFile(file: string, within: string | undefined): Promise<string | PromptFile> {
    const maxBytes = this.#promptBytes();
    return readPromptFile(file, { maxBytes, ...(within === undefined ? {} : { within }) });
  }

  promptsFromSelection(text: string, selected: SelectedText): PromptFile {
    return promptsFromSelection(text, selected, this.#promptBytes());
  }

  promptsInRanges(file: PromptFile, ranges: readonly TextRange[]): readonly Prompt[] {
    return promptsInRanges(file, ranges);
  }

  /** `scheme://host:port` that requests to a provider go to, by the settings as they are now. */
  endpointOrigin(provider: KeyedProvider): string {
    return this.#providers.origin(provider);
  }

  /** Gives runs that are under way the key that is stored now. */
  renewKey(provider: KeyedProvider): Promise<void> {
    return this.#providers.renewKey(provider);
  }

  readiness(provider: ProviderId): Promise<Readiness> {
    return this.#providers.readiness(provider);
  }

  /** The models that can be asked; empty when the server does not list them. */
  async listModels(id: ProviderId, signal: AbortSignal): Promise<readonly ModelInfo[]> {
    const provider = await this.#providers.resolve(id);
    return provider.listModels(signal);
  }

  /** Tries whether a provider can be asked. Rejects with the signal's reason only. */
  testConnection(id: ProviderId, signal: AbortSignal): Promise<ConnectionReport> {
    const { provider: chosen, model } = this.#options.configuration.runSettings();
    const asked = { id, model: chosen === id ? model : '' };
    return testConnection(asked, this.#providers, signal);
  }

  /** Throws a `UserError` unless a run can have these options. */
  checkRunOptions(options: unknown): void {
    checkRunOptions(options);
  }

  /**
   * The plan of a run; rejects with a `UserError` when it could not be carried out. `provider` answers
   * prompts that name none.
   */
  planRun(request: RunRequest, provider: ProviderId): Promise<RunPlan> {
    return this.#planRun(request, provider, this.#options.folders());
  }

  /** What rules can be about. */
  #ruleReading(): Pick<RunRules, 'tools' | 'system'> {
    const { tools } = this.#toolsets.over([]);
    return { tools: knownTools(tools), system: ruleSystemOf(process.platform) };
  }

  async #planRun(
    request: RunRequest,
    provider: ProviderId,
    folders: readonly OriginFolder[],
  ): Promise<RunPlan> {
    const { configuration, version } = this.#options;
    const { limits, cpuTools } = request.settings;
    const onDisk = folders.filter(({ path }) => !isFolderUri(path));
    const { tools, leadOf } = this.#toolsets.over(onDisk, toolLimits(limits), cpuTools);
    this.#rules.check();
    return planRun(request, {
      provider,
      place: { program: { name: programs.vscode, version }, folders },
      tools,
      rules: { ...this.#ruleReading(), current: this.#rules.current, leadOf },
      prices: configuration.prices(),
      resolve: (id) => this.#providers.resolve(id),
    });
  }

  /** What a run will cost at least, by the list prices of `pricesDate`. */
  estimate(plan: RunPlan): RunEstimate & { readonly pricesDate: string } {
    return { ...estimateRun(plan.items), pricesDate };
  }

  /** A run that is ready to be started and that is written down as it goes. */
  async createRun(plan: RunPlan, request: RunRequest): Promise<Run> {
    const id = createUlid();
    const recorder = await (await this.archive()).record(id, request);
    const run = this.#runner.createRun(plan, { id, recorder });
    this.#journals.follow(run, recorder);
    return run;
  }

  /**
   * A run of an earlier window that can go on. It goes on with the object `shown`, brought up to date,
   * so that whoever shows it sees what happens. Rejects with a `UserError` when it cannot go on: it comes
   * from elsewhere, or its endpoints are set otherwise now, or its folders are not open.
   */
  async restoreRun(runId: string, shown: RunState): Promise<Run> {
    const { state, definition, recorder, ...reached } = await (await this.archive()).reopen(runId);
    try {
      const kept = readOwnRun({ started: state.started, definition });
      this.#providers.checkEndpoints(kept.baseUrls);
      await checkFolders(kept, this.#options.folders());
      const plan = await this.#planRun(kept.request, kept.provider, kept.folders);
      const restored = { ...reached, state: Object.assign(shown, state) };
      const run = this.#runner.restoreRun(plan, restored, recorder);
      this.#journals.follow(run, recorder);
      return run;
    } catch (error) {
      await recorder.dispose();
      throw error;
    }
  }

  /**
   * What a kept run of this installation was asked for; undefined when there is no such run. Rejects with a
   * `UserError` when it cannot be read.
   */
  async askedFor(runId: string): Promise<RunRequest | undefined> {
    const archived = await (await this.archive()).read(runId);
    if (archived === undefined || archived.isForeign) return undefined;
    const { state, definition } = archived;
    return readAsked({ started: state.started, definition }, defaultSystemPrompt);
  }

  /** Whether a run of an earlier window could go on in this one, as settings and folders are now. */
  canGoOn({ definition, state, isForeign }: ArchivedRun): boolean {
    if (isForeign) return false;
    try {
      const kept = readOwnRun({ started: state.started, definition });
      this.#providers.checkEndpoints(kept.baseUrls);
      return areOpen(kept, this.#options.folders());
    } catch {
      return false;
    }
  }

  /** Deletes what is kept of a run that has ended. Rejects with a `UserError` when it cannot. */
  deleteRun(id: string): Promise<void> {
    return this.#journals.delete(id);
  }

  /** The runs that are kept on disk. */
  archive(): Promise<RunArchive> {
    return this.#journals.archive();
  }

  createRunLog(run: RunState, order: 'interleaved' | 'grouped'): RunLog {
    return new RunLog(run, order);
  }

  /** The formats that results can be saved in. */
  readonly exporting = { exportFormats, formatOfFile };

  toMarkdown(result: RunResult, title: string): string {
    return resultToMarkdown(result, title);
  }

  /** One conversation as a document; undefined when there is no such conversation. */
  transcript(result: RunResult, index: number): string | undefined {
    const conversation = result.conversations[index];
    return conversation === undefined ? undefined : conversationToMarkdown(conversation);
  }

  async dispose(): Promise<void> {
    this.#settingsChange.dispose();
    await this.#journals.dispose();
    this.#toolsets.dispose();
    await this.#providers.dispose();
  }

  #promptBytes(): number {
    return this.#options.configuration.limits().promptKB * 1000;
  }
}
