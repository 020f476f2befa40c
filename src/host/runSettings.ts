import * as z from 'zod';
import { UserError } from '../core/base/errors.ts';
import { mostConcurrent } from '../core/base/limits.ts';
import { limitOf, modelName, systemPromptText, toolNameList } from '../core/base/promptOptions.ts';
import type { RunSettings } from './configuration.ts';
import { runLimitNames } from './limitSettings.ts';
import { type ChoiceName, settingFacts } from './settingFacts.ts';

/**
 * Checks each setting of a run, as another extension gives it or as a journal keeps it. The description
 * completes `must be …`.
 */
export const runSettingSchemas: { readonly [K in keyof RunSettings]: z.ZodType } = {
  provider: oneOf('provider'),
  model: modelName.describe('the id of a model, or empty'),
  reasoningEffort: oneOf('reasoningEffort'),
  systemPrompt: systemPromptText.describe('a string of at most 1,000,000 characters'),
  tools: toolNameList.describe('an array of at most 100 names of tools'),
  concurrency: z
    .union([z.enum(['auto', 'unlimited']), z.number().int().min(1).max(mostConcurrent)])
    .describe(`auto, unlimited or a whole number from 1 to ${mostConcurrent}`),
  mode: oneOf('mode'),
  failure: oneOf('failure'),
  toolExecution: oneOf('toolExecution'),
  maxTurns: limitOf('maxTurns'),
  maxTokens: limitOf('maxTokens'),
  timeoutSeconds: limitOf('timeoutSeconds'),
  warmUpCache: z.boolean().describe('true or false'),
  requestsPerMinute: limitOf('requestsPerMinute'),
  tokensPerMinute: limitOf('tokensPerMinute'),
  maxCostUsd: limitOf('maxCostUsd'),
  maxConversationCostUsd: limitOf('maxConversationCostUsd'),
  maxRunTokens: limitOf('maxRunTokens'),
  maxWaitSeconds: limitOf('maxWaitSeconds'),
  // Limits of connections and of the disk are settings only.
  limits: z
    .strictObject(
      Object.fromEntries(runLimitNames.map((name) => [name, z.exactOptional(limitOf(name))])),
    )
    .describe(`an object with numbers in their ranges by the names ${runLimitNames.join(', ')}`),
};

function oneOf(name: ChoiceName) {
  const { choices } = settingFacts[name];
  return z.enum(choices).describe(`one of ${choices.join(', ')}`);
}

/** Throws a `UserError` unless these are settings of a run with values that they may have. */
export function checkRunOptions(options: unknown): void {
  if (typeof options !== 'object') throw wrong('options', 'an object');
  for (const [key, value] of Object.entries(options ?? {})) {
    if (!isSetting(key)) {
      const known = Object.keys(runSettingSchemas).join(', ');
      throw new UserError(`There is no run option ${key}. There are: ${known}.`);
    }
    const schema = runSettingSchemas[key];
    if (!schema.safeParse(value).success) throw wrong(`options.${key}`, schema.description ?? '');
  }
}

function isSetting(key: string): key is keyof RunSettings {
  return Object.hasOwn(runSettingSchemas, key);
}

function wrong(key: string, expected: string): UserError {
  return new UserError(`${key} must be ${expected}. Nothing was sent.`);
}
