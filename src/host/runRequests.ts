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

export interface RunRequestsOptions {
  readonly configuration: Pick<Configuration, 'runSettings'>;
  readonly engine: Lazy<Engine>;
  readonly library: PromptLibrary;
}

/** Makes what the window asks to be run, with the settings as they are now. */
export class RunRequests {
  readonly #options: RunRequestsOptions;

  constructor(options: RunRequestsOptions) {
    this.#options = options;
  }

  /** Prompts that a person wants to run. */
  of(prompts: readonly RunPrompt[], title = titleOf(prompts)): RunRequest {
    const settings = this.#options.configuration.runSettings();
    return { title, prompts, settings, interactive: true };
  }

  /** What another extension wants to run. Rejects with what is wrong with it. */
  async from(argument: RunArgument): Promise<RunRequest> {
    checkRunArgument(argument);
    const { configuration, engine, library } = this.#options;
    const { uris = [], options } = argument;
    if (options !== undefined) (await engine.get()).checkRunOptions(options);
    const files = await Promise.all(uris.map((uri) => promptsOfFile(library, uri)));
    const prompts = [...files.flat(), ...promptsOfTexts(argument)];
    if (prompts.length === 0) {
      throw new HostError('There is no prompt to run. Select some text, or a file with prompts.');
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

  /** Files that a person wants to run all prompts of. */
  async ofFiles(uris: readonly vscode.Uri[]): Promise<RunRequest> {
    return { ...(await this.from({ uris })), interactive: true };
  }

  /** What was asked for earlier, once more, with the settings of now where it had none of its own. */
  again({ overrides, ...asked }: RunRequest): RunRequest {
    const settings = withOverrides(this.#options.configuration.runSettings(), overrides);
    return {
      ...{ ...asked, settings, interactive: true },
      ...(overrides === undefined ? {} : { overrides }),
    };
  }
}

/** The first prompt's name, and how many more there are. */
function titleOf(prompts: readonly { readonly name: string }[]): string {
  const [first] = prompts;
  if (first === undefined) return 'Prompts';
  return prompts.length === 1 ? first.name : `${first.name} and ${prompts.length - 1} more`;
}
