import type * as vscode from 'vscode';
import type { PlannedPrompt } from '../core/runner/planRun.ts';
import { formatPromptId } from '../shared/promptId.ts';
import { isUri } from './commandTargets.ts';
import type { RunOverrides } from './configuration.ts';
import { HostError } from './hostError.ts';
import type { LaunchRequest } from './launchRequest.ts';
import type { PromptLibrary } from './promptLibrary.ts';
import { nameOf, promptsOfFile } from './promptSelection.ts';

/** What another extension or a test may ask to be run: files, texts or both, files first. */
export interface RunRequest {
  readonly uris?: readonly vscode.Uri[];
  readonly prompts?: readonly { readonly name?: string; readonly text: string }[];
  /** Settings that differ from the configured ones. */
  readonly options?: RunOverrides;
  /** Cancels the run. Answers that are there stay. */
  readonly token?: vscode.CancellationToken;
}

/** Whether a command was called by a program with a request, and not from a menu or a key. */
export function isRunRequest(argument: unknown): argument is RunRequest {
  if (typeof argument !== 'object' || argument === null) return false;
  return ['uris', 'prompts', 'options'].some((key) => Reflect.get(argument, key) !== undefined);
}

/** Reads the prompts of a request. Rejects with what is wrong with it; nothing is sent then. */
export async function toLaunchRequest(
  library: PromptLibrary,
  request: RunRequest,
): Promise<LaunchRequest> {
  checkRequest(request);
  const uris = request.uris ?? [];
  const files = await Promise.all(uris.map((uri) => promptsOfFile(library, uri)));
  const texts = (request.prompts ?? []).map(toPlannedText);
  const prompts = [...files.flat(), ...texts];
  if (prompts.length === 0) {
    throw new HostError('There is no prompt to run. Select some text, or a file with prompts.');
  }
  const [only] = uris;
  const title = only !== undefined && uris.length === 1 ? nameOf(only) : titleOf(prompts);
  const { options, token } = request;
  return {
    ...{ title, prompts, interactive: false },
    ...(options === undefined ? {} : { options }),
    ...(token === undefined ? {} : { token }),
  };
}

/** The first prompt's name, and how many more there are. */
export function titleOf(prompts: readonly { readonly name: string }[]): string {
  const [first] = prompts;
  if (first === undefined) return 'Prompts';
  return prompts.length === 1 ? first.name : `${first.name} and ${prompts.length - 1} more`;
}

function toPlannedText(
  { name, text }: { readonly name?: string; readonly text: string },
  index: number,
): PlannedPrompt {
  const number = index + 1;
  return {
    id: formatPromptId({ file: 'request', slug: `${number}` }),
    name: name ?? `Prompt ${number}`,
    text,
    options: {},
  };
}

function checkRequest({ uris, prompts, token }: RunRequest): void {
  if (token !== undefined && !isToken(token)) throw wrong('token', 'a CancellationToken');
  if (uris !== undefined && !isUris(uris)) throw wrong('uris', 'an array of Uri');
  if (prompts !== undefined && !isPrompts(prompts)) {
    throw wrong('prompts', 'an array of { name?: string, text: string } with text in each');
  }
}

function isToken(token: unknown): boolean {
  if (typeof token !== 'object' || token === null) return false;
  return typeof Reflect.get(token, 'onCancellationRequested') === 'function';
}

function isUris(uris: unknown): boolean {
  return Array.isArray(uris) && uris.every((uri: unknown) => isUri(uri));
}

function isPrompts(prompts: unknown): boolean {
  if (!Array.isArray(prompts)) return false;
  return prompts.every((prompt: unknown) => {
    if (typeof prompt !== 'object' || prompt === null) return false;
    const text: unknown = Reflect.get(prompt, 'text');
    const name: unknown = Reflect.get(prompt, 'name');
    const named = name === undefined || typeof name === 'string';
    return named && typeof text === 'string' && text.trim() !== '';
  });
}

function wrong(key: string, expected: string): HostError {
  return new HostError(`${key} must be ${expected}. Nothing was sent.`);
}
