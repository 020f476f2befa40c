import { createHash } from 'node:crypto';
import type { ToolSchema } from '../providers/provider.ts';

/** What all conversations of an agent send first: its instructions and its tools. */
export interface PromptPrefix {
  /** A rough count, from the length of the text. */
  readonly tokens: number;
  /** Names these bytes: equal prefixes have equal keys. */
  readonly key: string;
}

/** Characters of English text or JSON that make a token, on average. */
const charactersPerToken = 4;

/** The smallest prefix that the large models of both vendors keep in their caches, in tokens. */
export const cacheableTokens = 1_024;

/** Describes the prefix of an agent. */
export function describePrefix(system: string, tools: readonly ToolSchema[]): PromptPrefix {
  const text = `${system}\n${JSON.stringify(tools)}`;
  const key = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { tokens: estimateTokens(text), key };
}

/** A rough count of a text's tokens. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
