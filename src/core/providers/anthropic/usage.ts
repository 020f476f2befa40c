import { countField, type JsonObject } from '../../../shared/json.ts';
import type { Usage } from '../../../shared/usage.ts';

/** The fields of `usage` that are read. */
const counted = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;

/** Collects the usage that several events of a response report. */
export class UsageCount {
  readonly #counts: { [K in (typeof counted)[number]]?: number } = {};

  /** Counts never decrease: later events may leave them out or set them to zero. */
  add(usage: JsonObject): void {
    for (const name of counted) {
      const count = countField(usage, name);
      if (count !== undefined) this.#counts[name] = Math.max(this.#counts[name] ?? 0, count);
    }
  }

  total(): Usage {
    const { input_tokens: inputTokens, output_tokens: outputTokens } = this.#counts;
    const isReported = inputTokens !== undefined && outputTokens !== undefined;
    const cacheReadTokens = this.#counts.cache_read_input_tokens ?? 0;
    const cacheWriteTokens = this.#counts.cache_creation_input_tokens ?? 0;
    return {
      // The API reports cached input separately; `inputTokens` counts all input.
      inputTokens: (inputTokens ?? 0) + cacheReadTokens + cacheWriteTokens,
      outputTokens: outputTokens ?? 0,
      cacheReadTokens,
      cacheWriteTokens,
      ...(isReported ? {} : { incomplete: true as const }),
    };
  }
}
