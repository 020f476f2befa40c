import * as z from 'zod';
import { clipEnd } from '../../base/text.ts';
import { defineTool } from '../../tools/defineTool.ts';
import type { Tool } from '../../tools/tool.ts';
import { ToolError } from '../../tools/tool.ts';

/** UTF-16 units of an agent's description in the description of a tool. */
const maxDescription = 1_000;

/** A nested conversation has limits of its own: the tool has none. The longest time that a timer can wait. */
const noTimeoutMs = 2 ** 31 - 1;

/** What a model gives with a conversation that it hands over. */
export interface TransferInput {
  readonly note: string;
  readonly results?: readonly string[] | undefined;
  readonly history?: boolean | undefined;
}

const transferInput: z.ZodType<TransferInput> = z.strictObject({
  note: z
    .string()
    .trim()
    .min(1)
    .max(100_000)
    .describe('What the agent is to do, and what it must know. It sees the prompt and this note.'),
  results: z
    .array(z.string().max(100))
    .max(100)
    .optional()
    .describe('Names of the tools whose results so far it is to see, too.'),
  history: z
    .boolean()
    .optional()
    .describe('Whether it is to see everything that was said and done so far.'),
});

/** What a model gives with a question to another agent. */
export interface AskInput {
  readonly task: string;
}

const askInput: z.ZodType<AskInput> = z.strictObject({
  task: z
    .string()
    .trim()
    .min(1)
    .max(1_000_000)
    .describe('What the agent is to do, with everything that it must know: it sees nothing else.'),
});

/** The agent that a tool reaches. */
export interface ContactFacts {
  readonly name: string;
  readonly toolName: string;
  readonly description: string;
  /** When to hand over, from the agent file. */
  readonly labels: readonly string[];
}

/** The tool that hands the conversation over. */
export function transferTool({ name, toolName, description, labels }: ContactFacts): Tool {
  const when = labels.length === 0 ? '' : ` For: ${labels.join('; ')}.`;
  return defineTool({
    name: toolName,
    description: clipEnd(
      `Hands this conversation over to the agent "${name}", which gives the answer in your place.${when}${about(description)}`,
      2 * maxDescription,
    ),
    // It only decides who goes on; what that agent does is decided call by call.
    effect: 'pure',
    inputSchema: transferInput,
    execute: () => `The agent "${name}" takes over.`,
  });
}

/** The tool that asks another agent. The loop gives it its `execute`. */
export function askTool({ name, toolName, description }: ContactFacts): Tool {
  return defineTool({
    name: toolName,
    description: clipEnd(
      `Asks the agent "${name}" and gives you its answer.${about(description)}`,
      2 * maxDescription,
    ),
    effect: 'pure',
    timeoutMs: noTimeoutMs,
    inputSchema: askInput,
    execute: () => {
      throw new ToolError('This agent cannot be asked here.');
    },
  });
}

function about(description: string): string {
  return description === '' ? '' : ` ${clipEnd(description, maxDescription)}`;
}
