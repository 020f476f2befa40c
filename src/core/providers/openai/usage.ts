import {
  countField,
  isJsonObject,
  type JsonObject,
  objectField,
  textField,
} from '../../../shared/json.ts';
import type { Usage } from '../../../shared/usage.ts';

/** The tokens of a response. */
export function usageOf(usage: JsonObject): Usage {
  const inputTokens = countField(usage, 'input_tokens');
  const outputTokens = countField(usage, 'output_tokens');
  const isReported = inputTokens !== undefined && outputTokens !== undefined;
  const details = objectField(usage, 'input_tokens_details');
  const cacheReadTokens = countField(details, 'cached_tokens') ?? 0;
  const cacheWriteTokens = countField(details, 'cache_write_tokens') ?? 0;
  return {
    // Some servers count cached tokens separately, but `inputTokens` must include them.
    inputTokens: Math.max(inputTokens ?? 0, cacheReadTokens + cacheWriteTokens),
    outputTokens: outputTokens ?? 0,
    cacheReadTokens,
    cacheWriteTokens,
    ...(isReported ? {} : { incomplete: true as const }),
  };
}

/** Why a part of the prompt missed the prompt cache; undefined when the server does not say. */
export function cacheMissOf(response: JsonObject): string | undefined {
  const usage = objectField(response, 'usage');
  const places = [response.prompt_cache_diagnostics, ...Object.values(usage)].flat();
  const miss = places.filter(isJsonObject).find(({ type }) => type === 'cache_miss');
  return miss && textField(miss, 'reason');
}
