import type { JsonObject } from '../shared/json.ts';

/** An earlier tool call of the conversation with its result. */
export interface ToolExchange {
  readonly name: string;
  readonly input: unknown;
  readonly output: string;
  readonly isError: boolean;
}

/** A request of either protocol. */
export interface DemoRequest {
  readonly model: string;
  /** The user's last message: the question to answer. */
  readonly prompt: string;
  /** The user's first message: the seed of the conversation's pace. */
  readonly firstPrompt: string;
  /** Number of the user's messages so far. */
  readonly prompts: number;
  /** Number of the model's responses so far. */
  readonly turn: number;
  readonly exchanges: readonly ToolExchange[];
  /** Names of the tools that the model may call. */
  readonly tools: readonly string[];
  readonly oneCallATurn: boolean;
  readonly maxOutputTokens: number | undefined;
  readonly inputTokens: number;
  readonly stream: boolean;
  /** Depends on the whole conversation so far; ids are derived from it. */
  readonly fingerprint: string;
  /** The raw request, for the fields that a response echoes. */
  readonly body: JsonObject;
}

/** A plausible token count of a text. */
export function estimateTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}
