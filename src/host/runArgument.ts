import type * as vscode from 'vscode';
import type { GuardLimitValues, LimitValues, MainLimitName } from '../core/base/limits.ts';
import { mainLimitNames } from '../core/base/limits.ts';
import type { RunOverrides, RunPrompt, RunSettings } from '../core/runner/runRequest.ts';
import { formatPromptId } from '../shared/promptId.ts';
import { isUri } from './commandTargets.ts';
import { HostError } from './hostError.ts';
import { defaultSystemPrompt } from './systemPrompt.ts';

/** Settings that a run overrides, by their names without `interleave.`. Guard limits are in `limits`. */
export type RunOptions = Partial<Omit<RunSettings, 'limits'>> &
  Partial<Pick<LimitValues, MainLimitName>> & { readonly limits?: Partial<GuardLimitValues> };

/** Argument of the API for other extensions: the prompts of files, texts or both. Files come first. */
export interface RunArgument {
  readonly uris?: readonly vscode.Uri[];
  readonly prompts?: readonly { readonly name?: string; readonly text: string }[];
  /** Values of variables in the files, by their names. */
  readonly vars?: { readonly [name: string]: string };
  /** Override the user's settings for this run. */
  readonly options?: RunOptions;
  /** Cancels the run. Existing answers are kept. */
  readonly token?: vscode.CancellationToken;
}

/** Whether a command was called by a program with a `RunArgument`, not from a menu or keybinding. */
export function isRunArgument(argument: unknown): argument is RunArgument {
  if (typeof argument !== 'object' || argument === null) return false;
  return ['uris', 'prompts', 'options'].some((key) => Reflect.get(argument, key) !== undefined);
}

/** Throws a `HostError` that says what is wrong with an argument. Does not check its options. */
export function checkRunArgument({ uris, prompts, vars, token }: RunArgument): void {
  if (token !== undefined && !isToken(token)) throw wrong('token', 'a CancellationToken');
  if (vars !== undefined && !isVars(vars)) throw wrong('vars', 'an object with texts');
  if (uris !== undefined && !isUris(uris)) throw wrong('uris', 'an array of Uri');
  if (prompts !== undefined && !isPrompts(prompts)) {
    throw wrong('prompts', 'an array of { name?: string, text: string } with text in each');
  }
}

/** Converts the texts of an argument into prompts. */
export function promptsOfTexts({ prompts = [] }: RunArgument): readonly RunPrompt[] {
  return prompts.map(({ name, text }, index) => ({
    id: formatPromptId({ file: 'request', slug: `${index + 1}` }),
    name: name ?? `Prompt ${index + 1}`,
    text,
    options: {},
  }));
}

/** Converts the checked options of an argument into the overrides of a request. */
export function overridesOf(options: RunOptions): RunOverrides {
  const isMain = (name: string): boolean => mainLimitNames.some((main) => main === name);
  const entries = Object.entries(options);
  const { systemPrompt, limits } = options;
  const main = Object.fromEntries(entries.filter(([name]) => isMain(name)));
  return {
    ...Object.fromEntries(entries.filter(([name]) => !isMain(name) && name !== 'limits')),
    ...(systemPrompt === '' ? { systemPrompt: defaultSystemPrompt } : {}),
    limits: { ...main, ...limits },
  };
}

function isToken(token: unknown): boolean {
  if (typeof token !== 'object' || token === null) return false;
  return typeof Reflect.get(token, 'onCancellationRequested') === 'function';
}

function isVars(vars: unknown): boolean {
  if (typeof vars !== 'object' || vars === null || Array.isArray(vars)) return false;
  return Object.values(vars).every((value: unknown) => typeof value === 'string');
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
