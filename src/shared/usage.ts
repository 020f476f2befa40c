/** Tokens. `inputTokens` includes cache reads and writes, for every provider. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Some usage was not reported: the counts are too low, and the cost is unknown. */
  readonly incomplete?: true;
  /** The service tier of one request, by the API's own name; absent for the standard tier. */
  readonly tier?: string;
}

/** No tokens. */
export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

/** The sum of two usages. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    ...(a.incomplete || b.incomplete ? { incomplete: true as const } : {}),
  };
}
