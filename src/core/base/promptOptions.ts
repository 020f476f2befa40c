import * as z from 'zod';
import { limits } from './limits.ts';
import { isLimitValue, limitRange } from './limitValues.ts';
import { providerIds } from './providerIds.ts';
import { type ReasoningEffort, reasoningEfforts } from './reasoningEffort.ts';
import { runChoices } from './runChoices.ts';
import { visibleText } from './text.ts';

/** The options of one prompt. They take precedence over the settings of its run. */
export interface PromptOptions {
  /** The name of the agent that answers. What the prompt asks for itself comes before what the agent does. */
  readonly agent?: string;
  readonly provider?: (typeof providerIds)[number];
  readonly model?: string;
  readonly effort?: ReasoningEffort;
  readonly system?: string;
  /** Names of the tools the conversation may use; all that are available when absent. */
  readonly tools?: readonly string[];
  readonly maxTurns?: number;
  readonly maxTokens?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly toolExecution?: 'serial' | 'parallel';
}

/** A schema for a text of at most `max` characters. */
export const textUpTo = (max: number) => z.string().max(max);

/** A schema for a name or id: one line without hidden characters. */
export const lineUpTo = (max: number) =>
  textUpTo(max).refine((text) => visibleText(text) === text && !text.includes('\t'));

/** A schema for the allowed values of a limit. */
export const limitOf = (name: keyof typeof limits) =>
  z
    .number()
    .refine((value) => isLimitValue(name, value))
    .describe(limitRange(name));

/** A schema for the id of a provider. */
export const providerName = z.enum(providerIds).describe('anthropic, openai, vscode or demo');
/** A schema for the id of a model. */
export const modelName = lineUpTo(500);
/** A schema for a system prompt. */
export const systemPromptText = textUpTo(1_000_000);
/** A schema for a list of tool names. */
export const toolNameList = z
  .array(lineUpTo(100))
  .max(100)
  .describe(
    'a list of at most 100 tool names, or their names with commas between them; [] allows none',
  );

/** A schema for the timeout of a conversation, in seconds; fractions are allowed. */
export const secondsUpTo = z
  .number()
  .positive()
  .max(limits.timeoutSeconds.maximum)
  .describe(`a number of seconds above 0, at most ${limits.timeoutSeconds.maximum}`);

/** The schema of each option, for prompt files and saved runs alike. The description completes `must be …`. */
export const promptOptionSchemas: {
  readonly [K in keyof Required<PromptOptions>]: z.ZodType<Required<PromptOptions>[K]>;
} = {
  provider: providerName,
  model: modelName.trim().min(1).describe('the id of a model, in quotes if it looks like a number'),
  effort: z.enum(reasoningEfforts).describe(`one of ${reasoningEfforts.join(', ')}`),
  system: systemPromptText.trim().min(1).describe('text'),
  tools: toolNameList,
  maxTurns: limitOf('maxTurns'),
  maxTokens: limitOf('maxTokens'),
  timeout: secondsUpTo,
  toolExecution: z.enum(runChoices.toolExecution).describe('serial or parallel'),
  agent: lineUpTo(200).trim().min(1).describe('the name of an agent'),
};
