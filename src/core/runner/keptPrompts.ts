import * as z from 'zod';
import type { RunStarted } from '../../shared/conversationEvents.ts';
import { UserError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isLimitValue } from '../base/limitValues.ts';
import { reasoningEfforts } from '../base/reasoningEffort.ts';
import { visibleText } from '../base/text.ts';
import type { AgentOverrides, PlannedPrompt } from './planRun.ts';

// What the definition of a kept run may hold. It is read from a file, which anyone may have written:
// every shape is closed, every text and list has a longest length, and no value is taken unchecked.

const optional = z.exactOptional;

/** A text of at most so many characters. */
export const textUpTo = (max: number) => z.string().max(max);

/** A name or an id: one line that hides nothing. */
export const lineUpTo = (max: number) =>
  textUpTo(max).refine((text) => visibleText(text) === text && !text.includes('\t'));

export const modelName = lineUpTo(500);
export const systemPromptText = textUpTo(1_000_000);
const toolName = lineUpTo(100);
export const toolNameList = z.array(toolName).max(100);

/** A limit that has this name. */
export const limitOf = (name: keyof typeof limits) =>
  z.number().refine((value) => isLimitValue(name, value));

/** Seconds of one conversation; parts of a second count. */
export const secondsUpTo = z.number().positive().max(limits.timeoutSeconds.maximum);

const promptText = textUpTo(limits.promptKB.maximum * 1000);

/** One schema for all that a prompt may ask for: a new key is a compile error here until it has one. */
const overrides: { readonly [K in keyof Required<AgentOverrides>]: z.ZodType } = {
  provider: optional(z.enum(['anthropic', 'openai', 'vscode', 'demo'])),
  model: optional(modelName),
  effort: optional(z.enum(reasoningEfforts)),
  system: optional(systemPromptText),
  tools: optional(toolNameList),
  maxTurns: optional(limitOf('maxTurns')),
  maxTokens: optional(limitOf('maxTokens')),
  timeout: optional(secondsUpTo),
  toolExecution: optional(z.enum(['serial', 'parallel'])),
};

const promptFields: { readonly [K in keyof Required<PlannedPrompt>]: z.ZodType } = {
  id: textUpTo(10_000),
  name: textUpTo(10_000),
  text: promptText,
  options: z.strictObject(overrides),
  source: optional(
    z.strictObject({ uri: textUpTo(10_000), line: z.number().int().min(0).max(1e9) }),
  ),
};

/** Earlier versions kept whether a prompt is to be skipped, which has no effect. */
const keptPrompt = z.strictObject({ ...promptFields, skip: optional(z.boolean()) });

/** The prompts of a run. */
export const keptPrompts = z
  .array(keptPrompt)
  .min(1)
  .max(limits.conversations.maximum) as unknown as z.ZodType<readonly PlannedPrompt[]>;

/**
 * Reads a definition by its schema. Throws a `UserError` that says where it is malformed, for a person
 * who cannot mend it.
 */
export function readDefinition<T>(schema: z.ZodType<T>, definition: unknown): T {
  const read = schema.safeParse(definition);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UserError(malformed(issue === undefined ? '' : ` (${placeOf(issue.path)})`));
}

/** Only names of fields that the schema has, and places in lists, get into a path. */
function placeOf(path: readonly PropertyKey[]): string {
  return ['definition', ...path.map(String)].join('.');
}

function malformed(where: string): string {
  return `What this run was started with cannot be read${where}, so it cannot go on. Start its prompts as a new run.`;
}

const answering = z.object({
  provider: z.enum(['anthropic', 'openai', 'vscode', 'demo']),
  model: modelName,
});

/**
 * The prompts of a kept run, each with the provider and the model that it was started with, whatever is
 * the default or has a key now. Throws a `UserError` where the record contradicts itself.
 */
export function boundPrompts(
  prompts: readonly PlannedPrompt[],
  { conversations }: Pick<RunStarted, 'conversations'>,
): readonly PlannedPrompt[] {
  if (prompts.length !== conversations.length) throw new UserError(malformed(''));
  return prompts.map((prompt, index) => {
    const { options } = prompt;
    const { provider, model } = readDefinition(answering, conversations[index]);
    const isSame =
      (options.provider ?? provider) === provider && (options.model ?? model) === model;
    if (!isSame) throw new UserError(malformed(''));
    return { ...prompt, options: { ...options, provider, model } };
  });
}
