import { createHash } from 'node:crypto';
import type { ToolSchema } from '../providers/provider.ts';

/** The beginning of every request of an agent: its system prompt and its tools. */
export interface PromptPrefix {
  /** An estimate from the length of the text. */
  readonly tokens: number;
  /** A hash of these bytes. */
  readonly key: string;
}

/** Average characters per token in English text and JSON. */
const charactersPerToken = 4;

/** Min tokens of a prefix that the large models of both vendors cache. */
export const cacheableTokens = 1_024;

/** Describes the prefix of an agent. */
export function describePrefix(system: string, tools: readonly ToolSchema[]): PromptPrefix {
  const text = `${system}\n${JSON.stringify(tools)}`;
  const key = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { tokens: estimateTokens(text), key };
}

/** An estimate of a text's tokens. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
