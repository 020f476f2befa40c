import { hash } from 'node:crypto';
import { charactersPerToken } from '../workload/workload.ts';
import type { PromptPart, ReadRequest } from './readRequest.ts';

/** What a request finds in the cache, and what it will leave there. */
export interface CacheUse {
  readonly uncached: number;
  readonly read: number;
  readonly written: number;
  /** To be published when the response begins: until then nobody can read it. */
  readonly entries: readonly string[];
}

/** Blocks before a breakpoint at which an older entry is still found. */
const lookBack = 20;

/** Tokens from one possible end of an OpenAI prefix to the next. */
const openAiStep = 128;

/** The prompt caches of both APIs. Entries do not expire: a run is shorter than their life. */
export class PromptCache {
  readonly #entries = new Set<string>();

  publish(entries: readonly string[]): void {
    for (const entry of entries) this.#entries.add(entry);
  }

  /**
   * Anthropic: the exact prefix up to a breakpoint, when it has `minimum` tokens or more. An entry is
   * written at each breakpoint, and found from a breakpoint up to 20 blocks after it.
   */
  useAtBreakpoints(request: ReadRequest, minimum: number): CacheUse {
    const { parts, cacheNamespace } = request;
    const ends = tokenEnds(parts);
    const total = ends.at(-1) ?? 0;
    const breakpoints = [...parts.keys()].filter(
      (index) => parts[index]?.breakpoint && (ends[index] ?? 0) >= minimum,
    );
    const last = breakpoints.at(-1);
    if (last === undefined) return { uncached: total, read: 0, written: 0, entries: [] };
    const names = prefixNames(cacheNamespace, parts.slice(0, last + 1));
    let read = 0;
    for (const breakpoint of breakpoints) {
      const earliest = Math.max(0, breakpoint - lookBack + 1);
      for (let index = breakpoint; index >= earliest; index--) {
        if (!this.#entries.has(names[index] ?? '')) continue;
        read = Math.max(read, ends[index] ?? 0);
        break;
      }
    }
    const cached = ends[last] ?? 0;
    const entries = breakpoints.map((index) => names[index] ?? '');
    return { uncached: total - cached, read, written: cached - read, entries };
  }

  /**
   * OpenAI: the longest exact prefix that was sent before, in steps of 128 tokens from `minimum` on,
   * without being asked for. Requests with different `prompt_cache_key`s share nothing.
   */
  useLongestPrefix(request: ReadRequest, minimum: number): CacheUse {
    const total = tokenEnds(request.parts).at(-1) ?? 0;
    if (total < minimum) return { uncached: total, read: 0, written: 0, entries: [] };
    const text = request.parts.map((part) => part.text).join('');
    const marks = request.parts.map((part) => part.mark);
    const stepCharacters = openAiStep * charactersPerToken;
    const steps = Math.floor(text.length / stepCharacters);
    const entries: string[] = [];
    let name = request.cacheNamespace;
    let read = 0;
    for (let step = 1; step <= steps; step++) {
      const end = step * stepCharacters;
      // Ids are no tokens, but a prefix with other ids is another prefix.
      const within = marksWithin(request.parts, marks, end);
      name = hash('sha1', `${name} ${within} ${text.slice(end - stepCharacters, end)}`);
      if (step * openAiStep < minimum) continue;
      if (this.#entries.has(name)) read = step * openAiStep;
      entries.push(name);
    }
    const written = steps * openAiStep - read;
    return { uncached: total - read - written, read, written, entries };
  }
}

/** The tokens of the prompt up to the end of each part. */
function tokenEnds(parts: readonly PromptPart[]): readonly number[] {
  let characters = 0;
  return parts.map(({ text }) => {
    characters += text.length;
    return Math.ceil(characters / charactersPerToken);
  });
}

/** A name for the exact prefix up to the end of each part. */
function prefixNames(namespace: string, parts: readonly PromptPart[]): readonly string[] {
  let name = namespace;
  return parts.map(({ text, mark }) => {
    name = hash('sha1', `${name} ${mark} ${text}`);
    return name;
  });
}

/** The marks of the parts that begin before a character of the prompt. */
function marksWithin(parts: readonly PromptPart[], marks: readonly string[], end: number): string {
  let characters = 0;
  let count = 0;
  for (const { text } of parts) {
    if (characters >= end) break;
    characters += text.length;
    count += 1;
  }
  return marks.slice(0, count).join(' ');
}
