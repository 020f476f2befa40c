import * as z from 'zod';
import { agentDefinitionList } from '../base/agentDefinitionSchema.ts';
import { UserError } from '../base/errors.ts';
import type { LimitName } from '../base/limits.ts';
import { limitNames, limits, maxConcurrent } from '../base/limits.ts';
import { completeLimits } from '../base/limitValues.ts';
import {
  limitOf,
  lineUpTo,
  modelName,
  promptOptionSchemas,
  secondsUpTo,
  systemPromptText,
  textUpTo,
  toolNameList,
} from '../base/promptOptions.ts';
import { runChoices } from '../base/runChoices.ts';
import { isBaseUrl } from '../providers/baseUrl.ts';
import type { RunPrompt, RunRequest, RunSettings } from './runRequest.ts';

// Anyone may have written the file that a request is read from: unknown keys are refused, every text and
// list has a maximum length, and every value is checked.

const optional = z.exactOptional;

const promptOptions = Object.fromEntries(
  Object.entries(promptOptionSchemas).map(([key, schema]) => [key, optional(schema)]),
);

const varsSchema = z.record(z.string(), textUpTo(limits.promptKB.maximum * 1000));

/** The schema of each field of a prompt. */
export const promptFields: { readonly [K in keyof Required<RunPrompt>]: z.ZodType } = {
  id: textUpTo(10_000),
  name: textUpTo(10_000),
  text: textUpTo(limits.promptKB.maximum * 1000),
  options: z.strictObject(promptOptions),
  vars: optional(varsSchema),
  source: optional(
    z.strictObject({ uri: textUpTo(10_000), line: z.number().int().min(0).max(1e9) }),
  ),
};

/** The prompts of a run whose fields are these. */
export function promptList(fields: z.core.$ZodLooseShape): z.ZodType<readonly RunPrompt[]> {
  const list = z.array(z.strictObject(fields)).min(1).max(limits.conversations.maximum);
  return list as unknown as z.ZodType<readonly RunPrompt[]>;
}

export const titleText = textUpTo(10_000);
export const baseUrlText = textUpTo(2_000).refine(isBaseUrl);

/** Checks each setting but the limits. The description completes `must be …`. */
export const settingSchemas: { readonly [K in Exclude<keyof RunSettings, 'limits'>]: z.ZodType } = {
  provider: oneOf('provider'),
  model: modelName.describe('the id of a model, or empty'),
  agent: lineUpTo(200).describe('the name of an agent, or empty'),
  reasoningEffort: oneOf('reasoningEffort'),
  systemPrompt: systemPromptText.describe('a string of at most 1,000,000 characters'),
  tools: toolNameList.describe('an array of at most 100 names of tools'),
  concurrency: z
    .union([z.enum(['auto', 'unlimited']), z.number().int().min(1).max(maxConcurrent)])
    .describe(`auto, unlimited or a whole number from 1 to ${maxConcurrent}`),
  mode: oneOf('mode'),
  failure: oneOf('failure'),
  toolExecution: promptOptionSchemas.toolExecution,
  cpuTools: oneOf('cpuTools'),
  warmUpCache: z.boolean().describe('true or false'),
};

/** An object with some of the limits of these names. */
export function someLimits(names: readonly LimitName[]) {
  return z.strictObject(Object.fromEntries(names.map((name) => [name, optional(limitOf(name))])));
}

/** The command line takes parts of a second. */
const requestLimits = someLimits(limitNames).extend({ timeoutSeconds: optional(secondsUpTo) });

const overrides = Object.fromEntries(
  Object.entries(settingSchemas).map(([name, schema]) => [name, optional(schema)]),
);

/** A version that knows more limits has them at their defaults. */
const requestSchema = z.strictObject({
  title: titleText,
  prompts: promptList(promptFields),
  agents: optional(agentDefinitionList),
  settings: z.strictObject({ ...settingSchemas, limits: requestLimits }),
  overrides: optional(z.strictObject({ ...overrides, limits: optional(requestLimits) })),
  interactive: z.boolean(),
});

/** Reads a request from a journal. Throws a `UserError` that says where it is malformed. */
export function readRunRequest(definition: unknown): RunRequest {
  const read = readStrictly(requestSchema, definition, 'definition') as unknown as RunRequest;
  const { settings } = read;
  return { ...read, settings: { ...settings, limits: completeLimits(settings.limits) } };
}

/**
 * Reads a part of a journal's first record with its schema. Throws a `UserError` that names the place of
 * what is malformed; it quotes nothing of the file.
 */
export function readStrictly<T>(schema: z.ZodType<T>, value: unknown, part: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue === undefined ? '' : ` (${[part, ...issue.path.map(String)].join('.')})`;
  throw malformed(place);
}

/** The error for a run whose first record contradicts itself or is malformed at a place. */
export function malformed(place = ''): UserError {
  return new UserError(
    `What this run was started with cannot be read${place}, so it cannot go on. Start its prompts as a new run.`,
  );
}

function oneOf(name: keyof typeof runChoices) {
  const choices: readonly string[] = runChoices[name];
  return z.enum(choices).describe(`one of ${choices.join(', ')}`);
}
