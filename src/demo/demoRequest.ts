import type { JsonObject } from '../shared/json.ts';

/** A tool call the model made earlier in the conversation, with its result. */
export interface ToolExchange {
  readonly name: string;
  readonly input: unknown;
  readonly output: string;
  readonly isError: boolean;
}

/** What both protocols' requests come down to. */
export interface DemoRequest {
  readonly model: string;
  /** The last thing the user asked: the question that is answered. */
  readonly prompt: string;
  /** The first thing the user asked: it sets the conversation's rhythm. */
  readonly firstPrompt: string;
  /** Responses the model has given so far. */
  readonly turn: number;
  readonly exchanges: readonly ToolExchange[];
  /** Names of the tools that may be asked for. */
  readonly tools: readonly string[];
  readonly oneCallATurn: boolean;
  readonly maxOutputTokens: number | undefined;
  readonly inputTokens: number;
  readonly stream: boolean;
  /** Depends on the whole conversation so far: ids are made from it. */
  readonly fingerprint: string;
  /** The request as it came, for the fields a response echoes. */
  readonly body: JsonObject;
}

/** A plausible count of tokens in a text. */
export function estimateTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}
