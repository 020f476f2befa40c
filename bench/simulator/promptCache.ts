import { hash } from 'node:crypto';
import { charactersPerToken } from '../workload/workload.ts';
import type { PromptPart, ReadRequest } from './readRequest.ts';

/** What a request reads from the cache and writes to it. */
export interface CacheUse {
  readonly uncached: number;
  readonly read: number;
  readonly written: number;
  /** Published when the response begins; nobody can read them before. */
  readonly entries: readonly string[];
}

/** An older entry is found up to this many blocks before a breakpoint. */
const lookBack = 20;

/** Tokens between two possible ends of an OpenAI prefix. */
const openAiStep = 128;

/** A beginning of a prompt, with a unique name. */
interface PromptPrefix {
  readonly name: string;
  readonly tokens: number;
}

/** The part of a prompt that a cache can hold. */
export interface CacheablePrompt {
  readonly tokens: number;
  /** Tokens of these that are in the cache afterwards. */
  readonly cachedTokens: number;
  /** Prefixes to look up, longest first in each list; the longest one found is read. */
  readonly lookups: readonly (readonly PromptPrefix[])[];
  /** Entries that the prompt writes. */
  readonly entries: readonly string[];
}

/** The prompt cache of one API. Entries do not expire: a run is shorter than their lifetime. */
export class PromptCache {
  readonly #entries = new Set<string>();

  publish(entries: readonly string[]): void {
    for (const entry of entries) this.#entries.add(entry);
  }

  use({ tokens, cachedTokens, lookups, entries }: CacheablePrompt): CacheUse {
    let read = 0;
    for (const prefixes of lookups) {
      const found = prefixes.find(({ name }) => this.#entries.has(name));
      read = Math.max(read, found?.tokens ?? 0);
    }
    return { uncached: tokens - cachedTokens, read, written: cachedTokens - read, entries };
  }
}

/**
 * Anthropic: the exact prefix up to a breakpoint, if it has at least `minimum` tokens. Each
 * breakpoint writes an entry, found from a breakpoint up to 20 blocks later.
 */
export function cacheableToBreakpoints(request: ReadRequest, minimum: number): CacheablePrompt {
  const { parts, cacheNamespace } = request;
  const ends = tokenEnds(parts);
  const tokens = ends.at(-1) ?? 0;
  const breakpoints = [...parts.keys()].filter(
    (index) => parts[index]?.breakpoint && (ends[index] ?? 0) >= minimum,
  );
  const last = breakpoints.at(-1);
  if (last === undefined) return { tokens, cachedTokens: 0, lookups: [], entries: [] };
  const names = prefixNames(cacheNamespace, parts.slice(0, last + 1));
  const prefixes = names.map((name, index) => ({ name, tokens: ends[index] ?? 0 }));
  const lookups = breakpoints.map((breakpoint) =>
    prefixes.slice(Math.max(0, breakpoint - lookBack + 1), breakpoint + 1).reverse(),
  );
  const entries = breakpoints.map((index) => names[index] ?? '');
  return { tokens, cachedTokens: ends[last] ?? 0, lookups, entries };
}

/**
 * OpenAI: the longest exact prefix sent before, in steps of 128 tokens from `minimum` on, without
 * being requested. Requests with different `prompt_cache_key`s share nothing.
 */
export function cacheableInSteps(request: ReadRequest, minimum: number): CacheablePrompt {
  const { parts } = request;
  const tokens = tokenEnds(parts).at(-1) ?? 0;
  if (tokens < minimum) return { tokens, cachedTokens: 0, lookups: [], entries: [] };
  const text = parts.map((part) => part.text).join('');
  const stepCharacters = openAiStep * charactersPerToken;
  const steps = Math.floor(text.length / stepCharacters);
  const prefixes: PromptPrefix[] = [];
  const marks = marksUpTo(parts);
  let name = request.cacheNamespace;
  for (let step = 1; step <= steps; step++) {
    const end = step * stepCharacters;
    // Ids are no tokens, but a prefix with other ids is another prefix.
    name = hash('sha1', `${name} ${marks(end)} ${text.slice(end - stepCharacters, end)}`);
    const prefix = { name, tokens: step * openAiStep };
    if (prefix.tokens >= minimum) prefixes.push(prefix);
  }
  return {
    tokens,
    cachedTokens: steps * openAiStep,
    lookups: [prefixes.toReversed()],
    entries: prefixes.map((prefix) => prefix.name),
  };
}

/** The number of tokens up to the end of each part. */
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

/** The marks of the parts that begin before a character of the prompt; call with growing ends. */
function marksUpTo(parts: readonly PromptPart[]): (end: number) => string {
  let characters = 0;
  let count = 0;
  let marks = '';
  return (end) => {
    for (let part = parts[count]; part !== undefined && characters < end; part = parts[count]) {
      marks += count === 0 ? part.mark : ` ${part.mark}`;
      characters += part.text.length;
      count += 1;
    }
    return marks;
  };
}
