import * as z from 'zod';
import { UserError } from '../core/base/errors.ts';
import { mostConcurrent } from '../core/base/limits.ts';
import { limitFlagNames } from '../core/base/limitValues.ts';
import {
  limitOf,
  modelName,
  secondsUpTo,
  systemPromptText,
  textUpTo,
} from '../core/base/promptOptions.ts';
import { reasoningEfforts } from '../core/base/reasoningEffort.ts';
import { plainBaseUrl } from '../core/providers/baseUrl.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import { boundPrompts, keptPrompts, readDefinition } from '../core/runner/keptPrompts.ts';
import type { PlannedPrompt } from '../core/runner/planRun.ts';
import type { RunStarted } from '../shared/conversationEvents.ts';
import type { OutputTargets } from './outputs.ts';
import type { RunCommandOptions } from './runOptions.ts';
import { terminalLine } from './terminalText.ts';

/** Options that are not kept. They name files to write, and a journal must never say what is written where. */
type UnkeptOption = keyof OutputTargets | 'select' | 'rerunFailed' | 'strict';

/** The options that a resumed run uses again. */
export type KeptOptions = Omit<RunCommandOptions, UnkeptOption | 'provider'> & {
  /** Decided once, when the run starts. */
  readonly provider: ProviderId;
};

/** What a run was started with, as its journal keeps it; without API keys. */
export interface KeptCommand {
  readonly command: 'run';
  readonly title: string;
  readonly prompts: readonly PlannedPrompt[];
  readonly options: KeptOptions;
  /** Where it was started; absent from runs of earlier versions. */
  readonly folder?: string;
}

const optional = z.exactOptional;

/** The schema of each kept option. The type demands one for every new option. */
const keptOptions: { readonly [K in keyof Required<KeptOptions>]: z.ZodType } = {
  provider: z.enum(['anthropic', 'openai', 'demo']),
  model: optional(modelName),
  baseUrl: optional(textUpTo(2_000).refine(isBaseUrl)),
  effort: optional(z.enum(reasoningEfforts)),
  system: optional(systemPromptText),
  mode: z.enum(['concurrent', 'serial']),
  failure: z.enum(['keepPartial', 'allOrNothing']),
  concurrency: z.union([
    z.enum(['auto', 'unlimited']),
    z.number().int().min(1).max(mostConcurrent),
  ]),
  toolExecution: z.enum(['serial', 'parallel']),
  warmUp: z.boolean(),
  log: z.enum(['interleaved', 'grouped', 'none']),
  maxTurns: optional(limitOf('maxTurns')),
  maxTokens: optional(limitOf('maxTokens')),
  timeout: optional(secondsUpTo),
  maxCost: optional(limitOf('maxCostUsd')),
  maxWait: optional(limitOf('maxWaitSeconds')),
  limit: optional(
    z.strictObject(
      Object.fromEntries(limitFlagNames.map((name) => [name, optional(limitOf(name))])),
    ),
  ),
};

const target = optional(textUpTo(10_000));

/** Options that earlier versions kept; they have no effect. */
const unkeptOptions: { readonly [K in UnkeptOption]: z.ZodType } = {
  json: target,
  jsonl: target,
  junit: target,
  markdown: target,
  rerunFailed: target,
  strict: optional(z.boolean()),
  select: optional(z.array(textUpTo(10_000)).max(10_000)),
};

const definitionSchema = z.strictObject({
  command: z.literal('run'),
  title: textUpTo(10_000),
  prompts: keptPrompts,
  options: z.strictObject({
    ...keptOptions,
    ...unkeptOptions,
    // Earlier versions kept the option as it was given, before `auto` was decided.
    provider: z.enum(['auto', 'anthropic', 'openai', 'demo']),
  }),
  folder: optional(textUpTo(10_000)),
});

/** The options to keep in the journal. */
export function optionsToKeep(options: RunCommandOptions, provider: ProviderId): KeptOptions {
  const {
    json: _j,
    jsonl: _l,
    junit: _u,
    markdown: _m,
    select: _s,
    rerunFailed: _r,
    strict: _t,
    ...kept
  } = options;
  return { ...kept, provider };
}

/**
 * Reads what a run was started with, each prompt bound to the provider and model that answered it.
 * Throws a `UserError` for a run of another program and for what is malformed.
 */
export function readKeptCommand(definition: unknown, started: RunStarted): KeptCommand {
  if (!isOfCommandLine(definition)) {
    throw new UserError(
      'This run was not started on the command line. Resume it where it was started.',
    );
  }
  const { title, prompts, options, folder } = readDefinition(definitionSchema, definition);
  const asked = options as RunCommandOptions;
  const bound = boundPrompts(prompts, started);
  const provider = asked.provider === 'auto' ? chosenThen(started) : asked.provider;
  return {
    command: 'run',
    title: terminalLine(title),
    prompts: bound,
    options: optionsToKeep(asked, provider),
    ...(folder === undefined ? {} : { folder }),
  };
}

function isBaseUrl(text: string): boolean {
  try {
    return plainBaseUrl(text) !== '';
  } catch {
    return false;
  }
}

/** Who answered where no prompt said otherwise. */
function chosenThen({ agent }: RunStarted): ProviderId {
  return readDefinition(z.enum(['anthropic', 'openai', 'demo']), agent.provider);
}

function isOfCommandLine(definition: unknown): boolean {
  if (typeof definition !== 'object' || definition === null) return false;
  return Object.hasOwn(definition, 'command') && Reflect.get(definition, 'command') === 'run';
}
