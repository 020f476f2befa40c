import type * as vscode from 'vscode';
import type { RunPrompt, RunRequest } from '../core/runner/runRequest.ts';
import { withOverrides } from '../core/runner/runRequest.ts';
import type { Configuration } from './configuration.ts';
import type { Engine } from './engine.ts';
import { HostError } from './hostError.ts';
import type { Lazy } from './lazy.ts';
import type { PromptLibrary } from './promptLibrary.ts';
import { nameOf, promptsOfFile } from './promptSelection.ts';
import type { RunArgument } from './runArgument.ts';
import { checkRunArgument, overridesOf, promptsOfTexts } from './runArgument.ts';

/** What `RunRequests` needs. */
export interface RunRequestsOptions {
  readonly configuration: Pick<Configuration, 'runSettings'>;
  readonly engine: Lazy<Engine>;
  readonly library: PromptLibrary;
}

/** Creates run requests with the current settings. */
export class RunRequests {
  readonly #options: RunRequestsOptions;

  constructor(options: RunRequestsOptions) {
    this.#options = options;
  }

  /** A request of the user to run prompts. */
  of(prompts: readonly RunPrompt[], title = titleOf(prompts)): RunRequest {
    const settings = this.#options.configuration.runSettings();
    return { title, prompts, settings, interactive: true };
  }

  /** A request of another extension. Rejects with an error for the user when the argument is invalid. */
  async from(argument: RunArgument): Promise<RunRequest> {
    checkRunArgument(argument);
    const { configuration, engine, library } = this.#options;
    const { uris = [], options } = argument;
    if (options !== undefined) (await engine.get()).checkRunOptions(options);
    const files = await Promise.all(uris.map((uri) => promptsOfFile(library, uri)));
    const prompts = [...files.flat(), ...promptsOfTexts(argument)];
    if (prompts.length === 0) {
      throw new HostError('There is no prompt to run. Select text or a file with prompts.');
    }
    const [only] = uris;
    const title = only !== undefined && uris.length === 1 ? nameOf(only) : titleOf(prompts);
    const overrides = options === undefined ? undefined : overridesOf(options);
    return {
      ...{ title, prompts, interactive: false },
      settings: withOverrides(configuration.runSettings(), overrides),
      ...(overrides === undefined ? {} : { overrides }),
    };
  }

  /** A request of the user to run all prompts of some files. Rejects when a file has an error. */
  async ofFiles(uris: readonly vscode.Uri[]): Promise<RunRequest> {
    return { ...(await this.from({ uris })), interactive: true };
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
