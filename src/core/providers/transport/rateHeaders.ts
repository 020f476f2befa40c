import { type HeaderLookup, maxRetryDelayMs, untilEpoch } from './retryAfter.ts';

/** The units in which servers limit rates. */
export type RateResource = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens';

/** The state of one rate limit, as a response reports it. */
export interface RateReading {
  readonly resource: RateResource;
  /** Capacity of the bucket. */
  readonly limit: number;
  /** What is left in the bucket after this request. */
  readonly remaining: number;
  /** Milliseconds until the bucket is full again; absent when the server does not say. */
  readonly resetMs?: number;
}

interface HeaderNames {
  readonly resource: RateResource;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

function anthropicNames(resource: RateResource, name: string): HeaderNames {
  const prefix = `anthropic-ratelimit-${name}`;
  const part = (end: string): string => `${prefix}-${end}`;
  return { resource, limit: part('limit'), remaining: part('remaining'), reset: part('reset') };
}

function openAiNames(resource: RateResource): HeaderNames {
  const part = (start: string): string => `x-ratelimit-${start}-${resource}`;
  return { resource, limit: part('limit'), remaining: part('remaining'), reset: part('reset') };
}

/** Header names documented by the two APIs. Compatible servers use either or none. */
const knownHeaders: readonly HeaderNames[] = [
  anthropicNames('requests', 'requests'),
  anthropicNames('tokens', 'tokens'),
  anthropicNames('inputTokens', 'input-tokens'),
  anthropicNames('outputTokens', 'output-tokens'),
  openAiNames('requests'),
  openAiNames('tokens'),
];

/**
 * Reads the rate limits in a response's headers. Values that make no sense are ignored: some gateways
 * send -1 or 0 as placeholders. `nowMs` is the time since the epoch.
 */
export function readRateHeaders(header: HeaderLookup, nowMs: number): readonly RateReading[] {
  const readings: RateReading[] = [];
  for (const names of knownHeaders) {
    const limit = toCount(header(names.limit));
    if (limit === undefined || limit === 0) continue;
    const remaining = toCount(header(names.remaining));
    if (remaining === undefined) continue;
    const resetMs = toDurationMs(header(names.reset), nowMs) ?? Number.POSITIVE_INFINITY;
    const reading = { resource: names.resource, limit, remaining: Math.min(remaining, limit) };
    // An implausible reset is not a duration.
    readings.push(resetMs > maxRetryDelayMs ? reading : { ...reading, resetMs });
  }
  return readings;
}

function toCount(text: string | undefined): number | undefined {
  // Proxies that add the same header join the values; the first one is the server's own.
  const count = text === undefined ? null : /^\s*(\d{1,15})\s*(?:,|$)/.exec(text);
  return count === null ? undefined : Number(count[1]);
}

/** Headers of many gateways, which name no resource. */
const generalResets = ['x-ratelimit-reset', 'ratelimit-reset'] as const;
const generalRemaining = ['x-ratelimit-remaining', 'ratelimit-remaining'] as const;

/**
 * How long to wait after a refusal, in ms: until the last of the used-up limits resets. Undefined when
 * the headers do not say.
 */
export function resetDelayMs(header: HeaderLookup, nowMs: number): number | undefined {
  const named = readRateHeaders(header, nowMs)
    .filter(({ remaining }) => remaining === 0)
    .map(({ resetMs }) => resetMs);
  const isLeft = generalRemaining.some((name) => (toCount(header(name)) ?? 0) > 0);
  const general = isLeft ? [] : generalResets.map((name) => toDurationMs(header(name), nowMs));
  const waits = [...named, ...general].filter((ms) => ms !== undefined && ms > 0);
  const longest = Math.max(0, ...waits.map((ms) => ms ?? 0));
  return longest > 0 && longest <= maxRetryDelayMs ? longest : undefined;
}

const unitsMs: { readonly [unit: string]: number } = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/**
 * Parses a reset: an RFC 3339 time, `6m0.5s`, plain seconds, or a time since the epoch. Of several joined
 * by commas, the longest counts.
 */
export function toDurationMs(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (!text.includes(',')) return oneDurationMs(text.trim(), nowMs);
  const parts = text.slice(0, 200).split(',');
  const waits = parts.map((part) => oneDurationMs(part.trim(), nowMs));
  const known = waits.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function oneDurationMs(text: string, nowMs: number): number | undefined {
  if (text === '' || text.length > 40) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return untilEpoch(number, nowMs) ?? number * 1000;
  }
  if (/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) {
    const parts = text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g);
    return [...parts].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (unitsMs[unit ?? ''] ?? 0),
      0,
    );
  }
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - nowMs);
}
