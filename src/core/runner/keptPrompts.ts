import * as z from 'zod';
import type { RunStarted } from '../../shared/conversationEvents.ts';
import { UserError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { modelName, promptOptionSchemas, providerName, textUpTo } from '../base/promptOptions.ts';
import type { PlannedPrompt } from './planRun.ts';

// Schemas of a kept run's definition. Anyone may have written the file it is read from: unknown keys are
// refused, every text and list has a maximum length, and every value is checked.

const optional = z.exactOptional;

const promptText = textUpTo(limits.promptKB.maximum * 1000);

const options = Object.fromEntries(
  Object.entries(promptOptionSchemas).map(([key, schema]) => [key, optional(schema)]),
);

const promptFields: { readonly [K in keyof Required<PlannedPrompt>]: z.ZodType } = {
  id: textUpTo(10_000),
  name: textUpTo(10_000),
  text: promptText,
  options: z.strictObject(options),
  source: optional(
    z.strictObject({ uri: textUpTo(10_000), line: z.number().int().min(0).max(1e9) }),
  ),
};

/** Earlier versions also kept `skip`, which has no effect. */
const keptPrompt = z.strictObject({ ...promptFields, skip: optional(z.boolean()) });

/** The prompts of a run. */
export const keptPrompts = z
  .array(keptPrompt)
  .min(1)
  .max(limits.conversations.maximum) as unknown as z.ZodType<readonly PlannedPrompt[]>;

/**
 * Reads a definition with its schema. Throws a `UserError` that says where it is malformed.
 */
export function readDefinition<T>(schema: z.ZodType<T>, definition: unknown): T {
  const read = schema.safeParse(definition);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UserError(malformed(issue === undefined ? '' : ` (${placeOf(issue.path)})`));
}

/** The place in the definition. It holds only the schema's own names and indices, nothing from the file. */
function placeOf(path: readonly PropertyKey[]): string {
  return ['definition', ...path.map(String)].join('.');
}

function malformed(where: string): string {
  return `What this run was started with cannot be read${where}, so it cannot go on. Start its prompts as a new run.`;
}

const answering = z.object({ provider: providerName, model: modelName });

/**
 * The prompts of a kept run, each with the provider and model it was started with, even if other defaults
 * or keys are set now. Throws a `UserError` if the record contradicts itself.
 */
export function boundPrompts(
  prompts: readonly PlannedPrompt[],
  { conversations }: Pick<RunStarted, 'conversations'>,
): readonly PlannedPrompt[] {
  if (prompts.length !== conversations.length) throw new UserError(malformed(''));
  return prompts.map((prompt, index) => {
    const { options } = prompt;
    // It never runs, whatever it is bound to.
    if (conversations[index]?.lost) return prompt;
    const { provider, model } = readDefinition(answering, conversations[index]);
    const isSame =
      (options.provider ?? provider) === provider && (options.model ?? model) === model;
    if (!isSame) throw new UserError(malformed(''));
    return { ...prompt, options: { ...options, provider, model } };
  });
}
