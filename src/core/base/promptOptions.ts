import * as z from 'zod';
import { limits } from './limits.ts';
import { isLimitValue, limitRange } from './limitValues.ts';
import { providerIds } from './providerIds.ts';
import { type ReasoningEffort, reasoningEfforts } from './reasoningEffort.ts';
import { runChoices } from './runChoices.ts';
import { visibleText } from './text.ts';

/** What one prompt asks for that differs from the rest of its run. The nearest setting wins. */
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

/** A text of at most so many characters. */
export const textUpTo = (max: number) => z.string().max(max);

/** One line without hidden characters: a name or an id. */
export const lineUpTo = (max: number) =>
  textUpTo(max).refine((text) => visibleText(text) === text && !text.includes('\t'));

/** A value that the limit of this name may be set to. */
export const limitOf = (name: keyof typeof limits) =>
  z
    .number()
    .refine((value) => isLimitValue(name, value))
    .describe(limitRange(name));

export const providerName = z.enum(providerIds).describe('anthropic, openai, vscode or demo');
export const modelName = lineUpTo(500);
export const systemPromptText = textUpTo(1_000_000);
export const toolNameList = z
  .array(lineUpTo(100))
  .max(100)
  .describe(
    'a list of at most 100 tool names, or their names with commas between them; [] allows none',
  );

/** Seconds of one conversation; parts of a second count. */
export const secondsUpTo = z
  .number()
  .positive()
  .max(limits.timeoutSeconds.maximum)
  .describe(`a number of seconds above 0, at most ${limits.timeoutSeconds.maximum}`);

/** Checks each option, wherever it is read from. The description completes `must be …`. */
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
