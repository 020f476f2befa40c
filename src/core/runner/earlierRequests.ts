import * as z from 'zod';
import { given } from '../../shared/given.ts';
import type { OriginFolder } from '../../shared/runOrigin.ts';
import { programs } from '../../shared/runOrigin.ts';
import type { LimitValues } from '../base/limits.ts';
import { guardLimitNames, limitNames, mainLimitNames } from '../base/limits.ts';
import { completeLimits, limitFlagNames } from '../base/limitValues.ts';
import {
  limitOf,
  modelName,
  secondsUpTo,
  systemPromptText,
  textUpTo,
} from '../base/promptOptions.ts';
import { reasoningEfforts } from '../base/reasoningEffort.ts';
import type { BaseUrls } from '../providers/baseUrl.ts';
import type { RunRequest, RunSettings } from './runRequest.ts';
import {
  baseUrlText,
  promptFields,
  promptList,
  readStrictly,
  settingSchemas,
  someLimits,
  titleText,
} from './runRequestSchema.ts';

// Before runs had an origin, VS Code and the command line kept definitions of their own. They are read here,
// and nowhere else.

/** What a definition of an earlier version says. */
export interface EarlierRequest {
  readonly request: RunRequest;
  readonly program: string;
  readonly folders: readonly OriginFolder[];
  readonly endpoints: BaseUrls;
}

const optional = z.exactOptional;
const prompts = promptList({ ...promptFields, skip: optional(z.boolean()) });
const baseUrl = optional(baseUrlText);
const folderPath = textUpTo(10_000);

/** The settings that there were: CPU-bound tools ran where they were called, and there were no agents. */
const { cpuTools: _, agent: __, ...earlierSettings } = settingSchemas;

const hostDefinition = z.strictObject({
  title: titleText,
  prompts,
  settings: z.strictObject({
    ...earlierSettings,
    ...someLimits(mainLimitNames).shape,
    limits: someLimits(guardLimitNames),
  }),
  whenBlocked: z.enum(['pause', 'fail']),
  endpoints: z.strictObject({ anthropic: baseUrl, openai: baseUrl }),
  folders: z.array(z.strictObject({ name: textUpTo(1_000), path: folderPath })).max(1_000),
});

const target = optional(textUpTo(10_000));

const commandDefinition = z.strictObject({
  command: z.literal('run'),
  title: titleText,
  prompts,
  options: z.strictObject({
    provider: z.enum(['auto', 'anthropic', 'openai', 'demo']),
    model: optional(modelName),
    baseUrl,
    effort: optional(z.enum(reasoningEfforts)),
    system: optional(systemPromptText),
    mode: settingSchemas.mode as z.ZodType<RunSettings['mode']>,
    failure: settingSchemas.failure as z.ZodType<RunSettings['failure']>,
    concurrency: settingSchemas.concurrency as z.ZodType<RunSettings['concurrency']>,
    toolExecution: settingSchemas.toolExecution as z.ZodType<RunSettings['toolExecution']>,
    warmUp: z.boolean(),
    maxTurns: optional(limitOf('maxTurns')),
    maxTokens: optional(limitOf('maxTokens')),
    timeout: optional(secondsUpTo),
    maxCost: optional(limitOf('maxCostUsd')),
    maxWait: optional(limitOf('maxWaitSeconds')),
    limit: optional(someLimits(limitFlagNames)),
    // These had no effect on a run that was resumed.
    ...{ log: z.enum(['interleaved', 'grouped', 'none']), strict: optional(z.boolean()) },
    ...{ json: target, jsonl: target, junit: target, markdown: target, rerunFailed: target },
    select: optional(z.array(textUpTo(10_000)).max(10_000)),
  }),
  folder: optional(folderPath),
});

/**
 * Reads a definition of an earlier version; undefined when it is none. `systemPrompt` is the program's own,
 * which those definitions left out. Throws a `UserError` that says where it is malformed.
 */
export function readEarlierRequest(
  definition: object,
  systemPrompt: string,
): EarlierRequest | undefined {
  if (Object.hasOwn(definition, 'command')) return readCommand(definition, systemPrompt);
  if (Object.hasOwn(definition, 'whenBlocked')) return readHost(definition, systemPrompt);
  return undefined;
}

function readHost(definition: object, systemPrompt: string): EarlierRequest {
  const read = readStrictly(hostDefinition, definition, 'definition');
  const { title, endpoints, folders, whenBlocked } = read;
  const kept = read.settings as unknown as RunSettings & LimitValues;
  const main = Object.fromEntries(mainLimitNames.map((name) => [name, kept[name]]));
  const settings = Object.fromEntries(
    Object.entries(kept).filter(([name]) => !limitNames.some((limit) => limit === name)),
  ) as unknown as RunSettings;
  const request: RunRequest = {
    ...{ title, prompts: withoutSkip(read.prompts), interactive: whenBlocked === 'pause' },
    settings: {
      ...settings,
      ...{ cpuTools: 'auto', agent: '' },
      systemPrompt: settings.systemPrompt || systemPrompt,
      limits: completeLimits({ ...main, ...kept.limits }),
    },
  };
  return { request, program: programs.vscode, folders, endpoints };
}

function readCommand(definition: object, systemPrompt: string): EarlierRequest {
  const read = readStrictly(commandDefinition, definition, 'definition');
  const { title, options, folder } = read;
  const { provider, mode, failure, concurrency, toolExecution } = options;
  const request: RunRequest = {
    ...{ title, prompts: withoutSkip(read.prompts), interactive: false },
    settings: {
      ...{ provider, mode, failure, concurrency, toolExecution },
      model: options.model ?? '',
      reasoningEffort: options.effort ?? 'default',
      systemPrompt: options.system ?? systemPrompt,
      tools: [],
      ...{ cpuTools: 'auto', agent: '' },
      warmUpCache: options.warmUp,
      limits: completeLimits({
        ...options.limit,
        ...given({ maxTurns: options.maxTurns, maxTokens: options.maxTokens }),
        ...given({ timeoutSeconds: options.timeout }),
        ...given({ maxCostUsd: options.maxCost, maxWaitSeconds: options.maxWait }),
      }),
    },
  };
  const server = options.baseUrl;
  return {
    request,
    program: programs.commandLine,
    folders: folder === undefined ? [] : [{ name: folder, path: folder }],
    endpoints: server === undefined || provider === 'demo' ? {} : endpointOf(provider, server),
  };
}

/** `auto` was kept as it was given: the address is of whichever provider was asked. */
function endpointOf(provider: 'auto' | 'anthropic' | 'openai', server: string): BaseUrls {
  return provider === 'auto' ? { anthropic: server, openai: server } : { [provider]: server };
}

/** Earlier versions kept `skip`, which has no effect on a run. */
function withoutSkip(list: RunRequest['prompts']): RunRequest['prompts'] {
  return list.map(({ id, name, text, options, source }) => ({
    ...{ id, name, text, options },
    ...given({ source }),
  }));
}
