import type { Usage } from '../../../shared/conversationEvents.ts';
import { countField, type JsonObject } from '../../base/jsonObject.ts';

/** The fields of `usage` that are read. */
const counted = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;

/** Counts the tokens of a response as they are told, in several events. */
export class UsageCount {
  readonly #counts: { [K in (typeof counted)[number]]?: number } = {};

  /** The counts only ever grow: what a later event leaves out or sets to zero was counted before. */
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
      // The API counts cached input apart; here all input is counted.
      inputTokens: (inputTokens ?? 0) + cacheReadTokens + cacheWriteTokens,
      outputTokens: outputTokens ?? 0,
      cacheReadTokens,
      cacheWriteTokens,
      ...(isReported ? {} : { incomplete: true as const }),
    };
  }
}
