import * as path from 'node:path';
import { agentLimits } from '../core/agent/agentSpec.ts';
import { retryLimits } from '../core/agent/retryPolicy.ts';
import type { Redactor } from '../core/base/redact.ts';
import { createUlid } from '../core/base/ulid.ts';
import { conversationToMarkdown, resultToMarkdown } from '../core/export/markdown.ts';
import { RunLog } from '../core/export/runLog.ts';
import { nodeEnvironment } from '../core/journal/environment.ts';
import { journalLimits } from '../core/journal/journalLimits.ts';
import type { ArchivedRun } from '../core/journal/runs/archivedRun.ts';
import { OriginMark } from '../core/journal/runs/originMark.ts';
import { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { RunJournal } from '../core/journal/runs/runJournal.ts';
import { parsePromptFile } from '../core/prompts/parsePromptFile.ts';
import type { Prompt, PromptFile, TextRange } from '../core/prompts/prompt.ts';
import { readPromptFile } from '../core/prompts/refusedPromptFile.ts';
import type { SelectedText } from '../core/prompts/selection.ts';
import { promptsFromSelection, promptsInRanges } from '../core/prompts/selection.ts';
import type { ModelInfo } from '../core/providers/modelInfo.ts';
import { pricesDate } from '../core/providers/models/prices.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import { estimateRun } from '../core/runner/estimate.ts';
import type { AgentDefaults, NewRunPlan } from '../core/runner/planRun.ts';
import { planRun } from '../core/runner/planRun.ts';
import type { Run } from '../core/runner/run.ts';
import { Runner } from '../core/runner/runner.ts';
import type { ToolLimits } from '../core/tools/toolLimits.ts';
import { defaultToolLimits, toolLimits } from '../core/tools/toolLimits.ts';
import type { Toolset } from '../core/tools/toolset.ts';
import { createToolset } from '../core/tools/toolset.ts';
import type { RunEstimate } from '../shared/conversationEvents.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import type { Configuration } from './configuration.ts';
import type { ConnectionReport } from './connectionTest.ts';
import { testConnection } from './connectionTest.ts';
import type { Credentials, KeyedProvider } from './credentials.ts';
import type { EngineRunRequest, KeptRequest, WorkspaceFolder } from './keptRequest.ts';
import { checkFolders, readAsked, readKeptRequest } from './keptRequest.ts';
import type { ModelAccess } from './languageModels/languageModelProvider.ts';
import { Lazy } from './lazy.ts';
import { limitsOf } from './limitSettings.ts';
import { originKey } from './originKey.ts';
import type { Readiness } from './providerSource.ts';
import { ProviderSource } from './providerSource.ts';
import { checkRunOptions } from './runSettings.ts';

export interface EngineOptions {
  /** Where the bundles are. */
  readonly distPath: string;
  /** Root folders of the workspace that are on this machine's disk, as they are now. */
  folders(): readonly WorkspaceFolder[];
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

const defaultSystemPrompt =
  'You answer one prompt, on your own and without questions back. Use the tools for arithmetic and ' +
  "for looking at the workspace's files instead of guessing. Answer in the prompt's language, in Markdown.";

/**
 * Everything of the extension that costs time to load: the core, the parsers, the demo model. It is a
 * bundle of its own that is loaded with the first prompt file or run, so that activation stays cheap.
 */
export class Engine {
  readonly #providers: ProviderSource;
  readonly #runner: Runner;
  readonly #options: EngineOptions;
  readonly #archive = new Lazy(() => this.#openArchive());
  /** By run; a journal frees its run when it has ended. */
  readonly #journals = new Map<string, RunJournal>();
  /** By folders, exclusions and limits: a run keeps the tools it started with when the workspace changes. */
  readonly #toolsets = new Map<string, Toolset>();

  constructor(options: EngineOptions) {
    this.#options = options;
    const { configuration, credentials, modelAccess, onListenerError, redactor } = options;
    this.#providers = new ProviderSource(configuration, credentials, modelAccess);
    this.#runner = new Runner({ onListenerError, redactor });
  }

  /** Names of the tools that conversations can use. */
  get toolNames(): readonly string[] {
    return this.#toolset().tools.map(({ name }) => name);
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

  /** Throws a `UserError` unless a run can have these settings. */
  checkRunOptions(options: unknown): void {
    checkRunOptions(options);
  }

  /** The plan of a run; throws a `UserError` when it could not be carried out. */
  planRun(request: EngineRunRequest): Promise<NewRunPlan> {
    return this.#planRun(request, this.#options.folders());
  }

  #planRun(
    { title, prompts, settings, whenBlocked }: EngineRunRequest,
    folders: readonly WorkspaceFolder[],
  ): Promise<NewRunPlan> {
    const { mode, failure, concurrency, warmUpCache } = settings;
    const limits = limitsOf(settings);
    const { maxCostUsd, maxConversationCostUsd, maxRunTokens, maxWaitSeconds } = limits;
    const options = {
      title,
      mode,
      failure,
      concurrency,
      whenBlocked,
      warmUpCache,
      prices: this.#options.configuration.prices(),
      caps: {
        requestsPerMinute: limits.requestsPerMinute || undefined,
        tokensPerMinute: limits.tokensPerMinute || undefined,
      },
      limits,
      retry: retryLimits(limits),
      ...(maxCostUsd > 0 ? { maxCostUsd } : {}),
      ...(maxConversationCostUsd > 0 ? { maxConversationCostUsd } : {}),
      ...(maxRunTokens > 0 ? { maxRunTokens } : {}),
      ...(maxWaitSeconds > 0 ? { maxWaitMs: maxWaitSeconds * 1000 } : {}),
    };
    const defaults = this.#agentDefaults(settings, folders);
    return planRun(prompts, defaults, options, (id) => this.#providers.resolve(id));
  }

  /** What a run will cost at least, by the list prices of `pricesDate`. */
  estimate(plan: NewRunPlan): RunEstimate & { readonly pricesDate: string } {
    return { ...estimateRun(plan.items), pricesDate };
  }

  /** A run that is ready to be started and that is written down as it goes. */
  async createRun(plan: NewRunPlan, request: EngineRunRequest): Promise<Run> {
    const id = createUlid();
    const providers = plan.items.map(({ agent }) => agent.provider);
    const definition: KeptRequest = {
      ...request,
      endpoints: this.#providers.endpointsOf(providers),
      folders: this.#options.folders(),
    };
    const recorder = await (await this.#archive.get()).record(id, definition);
    return this.#runner.createRun({ ...plan, ...this.#keep(id, recorder) }, id);
  }

  /**
   * A run of an earlier window that can go on. It goes on with the object `shown`, brought up to date,
   * so that whoever shows it sees what happens. Rejects with a `UserError` when it cannot go on: it comes
   * from elsewhere, or its endpoints are set otherwise now, or its folders are not open.
   */
  async restoreRun(runId: string, shown: RunState): Promise<Run> {
    const archive = await this.#archive.get();
    const { state, definition, recorder, ...reached } = await archive.reopen(runId);
    try {
      const request = this.#requestToGoOn(definition, state);
      const plan = await this.#planRun(request, request.folders);
      const kept = { ...plan, ...this.#keep(runId, recorder) };
      return this.#runner.restoreRun(kept, { ...reached, state: Object.assign(shown, state) });
    } catch (error) {
      await recorder.dispose();
      throw error;
    }
  }

  /**
   * The prompts that a kept run of this installation was started with; undefined when there is no such run.
   * Rejects with a `UserError` when they cannot be read.
   */
  async askedFor(runId: string): Promise<Pick<EngineRunRequest, 'title' | 'prompts'> | undefined> {
    const archived = await (await this.#archive.get()).read(runId);
    if (archived === undefined || archived.isForeign) return undefined;
    return readAsked(archived.definition);
  }

  /** Whether a run of an earlier window could go on in this one, as settings and folders are now. */
  canGoOn({ definition, state, isForeign }: ArchivedRun): boolean {
    if (isForeign) return false;
    try {
      return this.#requestToGoOn(definition, state).prompts.length > 0;
    } catch {
      return false;
    }
  }

  #requestToGoOn(definition: unknown, { started }: RunState): KeptRequest {
    const request = readKeptRequest(definition, started);
    this.#providers.checkEndpoints(request.endpoints);
    checkFolders(request.folders, this.#options.folders());
    return request;
  }

  /** Deletes what is kept of a run that has ended. Rejects with a `UserError` when it cannot. */
  async deleteRun(id: string): Promise<void> {
    await this.#journals.get(id)?.dispose();
    this.#journals.delete(id);
    await (await this.#archive.get()).delete(id);
  }

  /** The runs that are kept on disk. */
  archive(): Promise<RunArchive> {
    return this.#archive.get();
  }

  createRunLog(run: RunState, order: 'interleaved' | 'grouped'): RunLog {
    return new RunLog(run, order);
  }

  toMarkdown(result: RunResult, title: string): string {
    return resultToMarkdown(result, title);
  }

  /** One conversation as a document; undefined when there is no such conversation. */
  transcript(result: RunResult, index: number): string | undefined {
    const conversation = result.conversations[index];
    return conversation === undefined ? undefined : conversationToMarkdown(conversation);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#journals.values()].map((journal) => journal.dispose()));
    for (const toolset of this.#toolsets.values()) toolset.dispose();
    await this.#providers.dispose();
  }

  #keep(id: string, recorder: RunJournal | undefined): { readonly recorder?: RunJournal } {
    if (recorder === undefined) return {};
    this.#journals.set(id, recorder);
    return { recorder };
  }

  async #openArchive(): Promise<RunArchive> {
    const { storagePath, configuration, redactor } = this.#options;
    return new RunArchive({
      root: path.join(storagePath, 'runs'),
      environment: await nodeEnvironment(),
      origin: new OriginMark(await originKey(storagePath)),
      redact: redactor.hideKeys,
      limits: () => journalLimits(configuration.limits()),
      maxRuns: configuration.maxKeptRuns(),
    });
  }

  #promptBytes(): number {
    return this.#options.configuration.limits().promptKB * 1000;
  }

  #toolset(
    limits: ToolLimits = defaultToolLimits,
    folders: readonly WorkspaceFolder[] = this.#options.folders(),
  ): Toolset {
    const exclude = this.#options.configuration.excludedFiles();
    const key = JSON.stringify([folders, exclude, limits]);
    const known = this.#toolsets.get(key);
    if (known !== undefined) return known;
    const searchWorkerPath = path.join(this.#options.distPath, 'search-worker.js');
    const toolset = createToolset({ folders, exclude, searchWorkerPath, limits });
    this.#toolsets.set(key, toolset);
    return toolset;
  }

  #agentDefaults(
    settings: EngineRunRequest['settings'],
    folders: readonly WorkspaceFolder[],
  ): AgentDefaults {
    const { model, reasoningEffort, systemPrompt, tools } = settings;
    const limits = limitsOf(settings);
    return {
      provider: settings.provider,
      ...(model === '' ? {} : { model }),
      ...(reasoningEffort === 'default' ? {} : { effort: reasoningEffort }),
      systemPrompt: systemPrompt === '' ? defaultSystemPrompt : systemPrompt,
      tools: this.#toolset(toolLimits(limits), folders).choose(tools),
      toolExecution: settings.toolExecution,
      limits: agentLimits(limits),
    };
  }
}
