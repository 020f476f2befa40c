import type * as vscode from 'vscode';
import type { Values } from '../core/prompts/bindTemplate.ts';
import type { RunPrompt, RunRequest } from '../core/runner/runRequest.ts';
import { withOverrides } from '../core/runner/runRequest.ts';
import type { Configuration } from './configuration.ts';
import type { Engine } from './engine.ts';
import type { FilePrompt } from './filePrompt.ts';
import { HostError } from './hostError.ts';
import type { Lazy } from './lazy.ts';
import type { Log } from './log.ts';
import type { PromptLibrary } from './promptLibrary.ts';
import { nameOf, promptsOfFile } from './promptSelection.ts';
import type { RunArgument } from './runArgument.ts';
import { checkRunArgument, overridesOf, promptsOfTexts } from './runArgument.ts';
import type { VariableForm } from './variableForm.ts';

/** What `RunRequests` needs. */
export interface RunRequestsOptions {
  readonly configuration: Pick<Configuration, 'runSettings'>;
  readonly engine: Lazy<Engine>;
  readonly library: PromptLibrary;
  readonly log: Pick<Log, 'note'>;
  /** Asks the user for values; undefined when the user gives none. */
  readonly form: Pick<VariableForm, 'ask'>;
  /** The values that the window gives. */
  usualValues(): Values;
}

interface Asked {
  readonly prompts: readonly FilePrompt[];
  readonly given?: Values;
  /** Whether a user is there to ask for values. */
  readonly interactive: boolean;
}

/** Creates run requests with the current settings. */
export class RunRequests {
  readonly #options: RunRequestsOptions;

  constructor(options: RunRequestsOptions) {
    this.#options = options;
  }

  /** A request of the user to run prompts; undefined when the user closed the form for their values. */
  async of(
    prompts: readonly FilePrompt[],
    title = titleOf(prompts),
  ): Promise<RunRequest | undefined> {
    const ready = await this.#bind({ prompts, interactive: true });
    if (ready === undefined) return undefined;
    const settings = this.#options.configuration.runSettings();
    return { title, prompts: ready, settings, interactive: true };
  }

  /**
   * A request of another extension. Rejects with an error for the user when the argument is invalid or a variable has
   * no value.
   */
  async from(argument: RunArgument): Promise<RunRequest> {
    const request = await this.#from(argument, false);
    if (request === undefined) throw new HostError('A variable has no value. Nothing was sent.');
    return request;
  }

  /**
   * A request of the user to run all prompts of some files; undefined when the user closed the form for their values.
   * Rejects when a file has an error.
   */
  async ofFiles(uris: readonly vscode.Uri[]): Promise<RunRequest | undefined> {
    return await this.#from({ uris }, true);
  }

  async #from(argument: RunArgument, interactive: boolean): Promise<RunRequest | undefined> {
    checkRunArgument(argument);
    const { configuration, engine, library } = this.#options;
    const { uris = [], options, vars } = argument;
    if (options !== undefined) (await engine.get()).checkRunOptions(options);
    const files = await Promise.all(uris.map((uri) => promptsOfFile(library, uri)));
    const given = new Map(Object.entries(vars ?? {}));
    const ofFiles = await this.#bind({ prompts: files.flat(), given, interactive });
    if (ofFiles === undefined) return undefined;
    const prompts = [...ofFiles, ...promptsOfTexts(argument)];
    if (prompts.length === 0) {
      throw new HostError('There is no prompt to run. Select text or a file with prompts.');
    }
    const [only] = uris;
    const title = only !== undefined && uris.length === 1 ? nameOf(only) : titleOf(prompts);
    const overrides = options === undefined ? undefined : overridesOf(options);
    return {
      ...{ title, prompts, interactive },
      settings: withOverrides(configuration.runSettings(), overrides),
      ...(overrides === undefined ? {} : { overrides }),
    };
  }

  /** The prompts with their values; undefined when the user closed the form for them. */
  async #bind({
    prompts,
    given = new Map(),
    interactive,
  }: Asked): Promise<readonly RunPrompt[] | undefined> {
    if (prompts.length === 0) return [];
    const { engine, form, log, usualValues } = this.#options;
    const core = await engine.get();
    const usual = usualValues();
    const expanded = await core.expandPrompts(prompts, { given, usual });
    const needed = interactive ? expanded.needed(usual) : [];
    const entered = needed.length === 0 ? new Map() : await form.ask(needed);
    if (entered === undefined) return undefined;
    const all = new Map([...given, ...entered]);
    const ready = await expanded.bind({ given: all, usual });
    for (const line of ready.remarks) log.note(line);
    return ready.prompts;
  }

  /** An earlier request with the current settings. Its overrides still apply. */
  again({ overrides, ...asked }: RunRequest): RunRequest {
    const settings = withOverrides(this.#options.configuration.runSettings(), overrides);
    return {
      ...{ ...asked, settings, interactive: true },
      ...(overrides === undefined ? {} : { overrides }),
    };
  }
}

/** The first prompt's name and the number of further prompts. */
function titleOf(prompts: readonly { readonly name: string }[]): string {
  const [first] = prompts;
  if (first === undefined) return 'Prompts';
  return prompts.length === 1 ? first.name : `${first.name} and ${prompts.length - 1} more`;
}
