import * as z from 'zod';
import { UserError } from '../core/base/errors.ts';
import type { GuardLimitName } from '../core/base/limits.ts';
import { guardLimitNames } from '../core/base/limits.ts';
import { pathKey } from '../core/base/pathKey.ts';
import { limitOf, modelName, providerName, textUpTo } from '../core/base/promptOptions.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import { boundPrompts, keptPrompts, readDefinition } from '../core/runner/keptPrompts.ts';
import type { PlannedPrompt } from '../core/runner/planRun.ts';
import type { RunStarted } from '../shared/conversationEvents.ts';
import type { RunSettings } from './configuration.ts';
import type { KeyedProvider } from './credentials.ts';
import { runSettingSchemas } from './runSettings.ts';

/** A root folder of the workspace. */
export interface WorkspaceFolder {
  readonly name: string;
  readonly path: string;
}

/** The base URLs of the providers that a run asks, in their plain form. */
export type KeptEndpoints = { readonly [P in KeyedProvider]?: string };

/** What is to be run, with every setting decided. */
export interface EngineRunRequest {
  readonly title: string;
  readonly prompts: readonly PlannedPrompt[];
  readonly settings: RunSettings & { readonly provider: ProviderId };
  /** Whether a refused key or a used-up quota pauses the run, or fails its conversations. */
  readonly whenBlocked: 'pause' | 'fail';
}

/** What a run was started with, as its journal keeps it: a resume uses the same, or is refused. */
export interface KeptRequest extends EngineRunRequest {
  readonly endpoints: KeptEndpoints;
  /** The folders that its tools look at. */
  readonly folders: readonly WorkspaceFolder[];
}

const optional = z.exactOptional;

const settings: { readonly [K in keyof RunSettings]: z.ZodType } = {
  ...runSettingSchemas,
  provider: providerName,
  // Earlier versions did not have this limit.
  maxWaitSeconds: optional(runSettingSchemas.maxWaitSeconds),
  // Earlier versions lack some; those have their defaults.
  limits: z.strictObject(
    Object.fromEntries(
      guardLimitNames.map((name: GuardLimitName) => [name, optional(limitOf(name))]),
    ),
  ),
};

const baseUrl = optional(textUpTo(2_000));

const definitionSchema = z.strictObject({
  title: textUpTo(10_000),
  prompts: keptPrompts,
  settings: z.strictObject(settings),
  whenBlocked: z.enum(['pause', 'fail']),
  endpoints: z.strictObject({ anthropic: baseUrl, openai: baseUrl }),
  folders: z.array(z.strictObject({ name: textUpTo(1_000), path: textUpTo(10_000) })).max(1_000),
});

/**
 * Reads what a run was started with from its journal, each prompt bound to the provider and model that
 * answered it. Throws a `UserError` when it is not that.
 */
export function readKeptRequest(definition: unknown, started: RunStarted): KeptRequest {
  const read = readOwn(definition);
  const { provider, model } = started.agent;
  // The default may be another one by now.
  const chosen = read.settings.provider === provider ? modelOf(read.settings, model) : '';
  return {
    ...read,
    prompts: boundPrompts(read.prompts, started),
    settings: { ...read.settings, model: chosen || read.settings.model },
  };
}

/**
 * Reads what a run was asked to do, for a new run: its prompts choose their models anew. Throws a
 * `UserError` when it is not that.
 */
export function readAsked(definition: unknown): Pick<EngineRunRequest, 'title' | 'prompts'> {
  const { title, prompts } = readOwn(definition);
  return { title, prompts };
}

function readOwn(definition: unknown): KeptRequest {
  if (typeof definition !== 'object' || definition === null || 'command' in definition) {
    throw new UserError('This run was not started in VS Code, so it cannot go on here.');
  }
  return readDefinition(definitionSchema, definition) as unknown as KeptRequest;
}

function modelOf(settings: Pick<RunSettings, 'model'>, model: string): string {
  return settings.model === '' ? readDefinition(modelName, model) : settings.model;
}

/**
 * Throws a `UserError` unless all folders that the tools of a run look at are open. `flavour` says how paths
 * are compared; as this system does by default.
 */
export function checkFolders(
  kept: readonly WorkspaceFolder[],
  open: readonly WorkspaceFolder[],
  flavour?: Parameters<typeof pathKey>[1],
): void {
  const keys = new Set(open.map((folder) => pathKey(folder.path, flavour)));
  const missing = kept.find((folder) => !keys.has(pathKey(folder.path, flavour)));
  if (missing === undefined) return;
  throw new UserError(
    `This run was started with the folder ${missing.path}, whose files its tools look at. Open that folder and resume the run there.`,
  );
}
