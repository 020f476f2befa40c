import * as path from 'node:path';
import type { Inbox } from '../core/approvals/inbox/inbox.ts';
import { ruleSystemOf } from '../core/approvals/rules/ruleSystem.ts';
import { isFolderUri } from '../core/base/pathKey.ts';
import type { Redactor } from '../core/base/redact.ts';
import { createUlid } from '../core/base/ulid.ts';
import type { ArchivedRun } from '../core/journal/runs/archivedRun.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import { LoopLateness } from '../core/runner/lateness.ts';
import { planRun } from '../core/runner/planRun.ts';
import type { Run } from '../core/runner/run.ts';
import { Runner } from '../core/runner/runner.ts';
import type { RunPlan } from '../core/runner/runPlan.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { definitionOf, readAsked } from '../core/runner/savedRequest.ts';
import { toolLimits } from '../core/tools/toolLimits.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import { programs } from '../shared/runOrigin.ts';
import type { RunState } from '../shared/runState.ts';
import { workspaceRulesFolder } from '../shared/workspaceRulesFile.ts';
import type { Configuration } from './configuration.ts';
import type { ProviderSource } from './providerSource.ts';
import type { RunJournals } from './runJournals.ts';
import { areOpen, checkFolders, readOwnRun, unreadableNote } from './sameWindow.ts';
import { defaultSystemPrompt } from './systemPrompt.ts';
import type { Toolsets } from './toolsets.ts';
import type { WindowRules } from './windowRules.ts';
import type { FolderRules } from './workspaceRules.ts';

/** What `WindowRuns` needs. */
export interface WindowRunsOptions {
  /** The extension's version. */
  readonly version: string;
  /** The current workspace folders. */
  folders(): readonly OriginFolder[];
  /** The extension's global storage folder. */
  readonly storagePath: string;
  readonly configuration: Pick<Configuration, 'prices'>;
  /** Knows the keys to redact. */
  readonly redactor: Redactor;
  /** Called before a run with the rules of workspace folders that do not count. */
  onIgnoredRules(ignored: readonly FolderRules[]): void;
  /** Called with errors that event listeners of a run throw. */
  onListenerError(error: unknown): void;
}

/** The parts that a run is made of. */
export interface WindowRunsParts {
  readonly providers: ProviderSource;
  readonly journals: RunJournals;
  readonly toolsets: Toolsets;
  readonly rules: WindowRules;
}

/** Plans, creates and restores the runs of the window, each with its journal. */
export class WindowRuns {
  readonly #options: WindowRunsOptions;
  readonly #parts: WindowRunsParts;
  readonly #runner: Runner;

  constructor(options: WindowRunsOptions, parts: WindowRunsParts) {
    this.#options = options;
    this.#parts = parts;
    this.#runner = new Runner({ ...options, createLateness: () => new LoopLateness() });
  }

  /** The tool calls that wait for a decision, of all runs. */
  get inbox(): Inbox {
    return this.#runner.inbox;
  }

  /**
   * Plans a run; its tools work on these folders. Rejects with a `UserError` for an invalid plan. `provider` is
   * for prompts that name none.
   */
  async plan(
    request: RunRequest,
    provider: ProviderId,
    folders: readonly OriginFolder[],
  ): Promise<RunPlan> {
    const { configuration, version, storagePath } = this.#options;
    const { toolsets, rules, providers } = this.#parts;
    const { current } = rules;
    const { limits, cpuTools } = request.settings;
    const onDisk = folders.filter(({ path }) => !isFolderUri(path));
    const { tools, leadOf, pathOf } = toolsets.forFolders(onDisk, toolLimits(limits), cpuTools);
    const ofFolders = onDisk.map((folder) => path.join(folder.path, workspaceRulesFolder));
    const own = [...ownPlaces(storagePath), ...ofFolders].flatMap((place) => pathOf(place) ?? []);
    const system = ruleSystemOf(process.platform, own);
    rules.ofUser.check();
    await this.#readFolderRules();
    return planRun(request, {
      provider,
      place: { program: { name: programs.vscode, version }, folders },
      tools,
      rules: { tools: rules.knownTools, system, current, leadOf },
      prices: configuration.prices(),
      resolve: (id) => providers.resolve(id),
    });
  }

  /** Reads the rules of the workspace folders, and tells which do not count. */
  async #readFolderRules(): Promise<void> {
    const found = await this.#parts.rules.ofFolders.refresh();
    const ignored = found.filter(
      ({ state, problems }) => state !== 'accepted' || problems.length > 0,
    );
    if (ignored.length > 0) this.#options.onIgnoredRules(ignored);
  }

  /** Creates a run and its journal. The caller starts it. */
  async create(plan: RunPlan, request: RunRequest): Promise<Run> {
    const { journals } = this.#parts;
    const id = createUlid();
    const recorder = await (await journals.archive()).record(id, definitionOf(request));
    const note = await unreadableNote(plan.origin.folders);
    const run = this.#runner.createRun(plan, { id, recorder, note });
    journals.follow(run, recorder?.saving);
    await recorder?.recordStart(run.state.started);
    return run;
  }

  /**
   * Restores a saved run so that it can continue. It updates the object `shown` in place, so that open views
   * see its events. Rejects with a `UserError` when the run cannot continue here: another installation or program
   * made it, its base URLs have changed, or its folders are not open.
   */
  async restore(runId: string, shown: RunState): Promise<Run> {
    const { journals, providers } = this.#parts;
    const archive = await journals.archive();
    const { state, definition, recorder, ...reached } = await archive.reopen(runId);
    try {
      const saved = readOwnRun({ started: state.started, definition });
      providers.checkEndpoints(saved.baseUrls);
      await checkFolders(saved, this.#options.folders());
      const plan = await this.plan(saved.request, saved.provider, saved.folders);
      const restored = { ...reached, state: Object.assign(shown, state) };
      const run = this.#runner.restoreRun(plan, restored, recorder);
      journals.follow(run, recorder.saving);
      return run;
    } catch (error) {
      await recorder.saving.dispose();
      throw error;
    }
  }

  /**
   * The request of a saved run of this installation; undefined when there is no such run. Rejects with a
   * `UserError` when it cannot be read.
   */
  async requestOf(runId: string): Promise<RunRequest | undefined> {
    const archived = await (await this.#parts.journals.archive()).read(runId);
    if (archived === undefined || archived.isForeign) return undefined;
    const { state, definition } = archived;
    return readAsked({ started: state.started, definition }, defaultSystemPrompt);
  }

  /** Whether a saved run could continue in this window with the current settings and folders. */
  canResume({ definition, state, isForeign }: ArchivedRun): boolean {
    if (isForeign) return false;
    try {
      const saved = readOwnRun({ started: state.started, definition });
      this.#parts.providers.checkEndpoints(saved.baseUrls);
      return areOpen(saved, this.#options.folders());
    } catch {
      return false;
    }
  }
}

/** Where the saved runs and the user's settings are, which no tool may change. */
function ownPlaces(storagePath: string): readonly string[] {
  const user = path.dirname(path.dirname(storagePath));
  return [storagePath, path.join(user, 'settings.json'), path.join(user, 'profiles')];
}
