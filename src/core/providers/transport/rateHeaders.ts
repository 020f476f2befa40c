import { longestWaitMs, untilEpoch } from './retryAfter.ts';

/** What a server counts to limit its clients. */
export type RateResource = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens';

/** What a response says of one limit. */
export interface RateReading {
  readonly resource: RateResource;
  /** Units that fit into the bucket. */
  readonly limit: number;
  /** Units that are left, this request already counted. */
  readonly remaining: number;
  /** Milliseconds until the bucket is full again, if the server says so. */
  readonly resetMs?: number;
}

type Header = (name: string) => string | undefined;

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

/** Header names by the documentation of the two APIs; compatible servers use either or none. */
const knownHeaders: readonly HeaderNames[] = [
  anthropicNames('requests', 'requests'),
  anthropicNames('tokens', 'tokens'),
  anthropicNames('inputTokens', 'input-tokens'),
  anthropicNames('outputTokens', 'output-tokens'),
  openAiNames('requests'),
  openAiNames('tokens'),
];

/**
 * The limits a response's headers tell of; none for servers that send no such headers, and none for
 * values that make no sense (some gateways send -1 or 0 as place-holders). `nowMs` is wall-clock time.
 */
export function readRateHeaders(header: Header, nowMs: number): readonly RateReading[] {
  const readings: RateReading[] = [];
  for (const names of knownHeaders) {
    const limit = toCount(header(names.limit));
    if (limit === undefined || limit === 0) continue;
    const remaining = toCount(header(names.remaining));
    if (remaining === undefined) continue;
    const resetMs = toDurationMs(header(names.reset), nowMs) ?? Number.POSITIVE_INFINITY;
    const reading = { resource: names.resource, limit, remaining: Math.min(remaining, limit) };
    // Some servers give a time where others give seconds.
    readings.push(resetMs > longestWaitMs ? reading : { ...reading, resetMs });
  }
  return readings;
}

function toCount(text: string | undefined): number | undefined {
  // Where two proxies set the same header, the values come joined: the first is the server's own.
  const first = text?.split(',')[0]?.trim() ?? '';
  return /^\d{1,15}$/.test(first) ? Number(first) : undefined;
}

/** Header names that speak of no resource, as many gateways have them. */
const generalResets = ['x-ratelimit-reset', 'ratelimit-reset'] as const;
const generalRemaining = ['x-ratelimit-remaining', 'ratelimit-remaining'] as const;

/**
 * How long to wait, in ms, by the resets that come with a refusal: until the last of the limits is whole
 * again that have nothing left. Undefined when the headers do not say.
 */
export function exhaustedForMs(header: Header, nowMs: number): number | undefined {
  const named = readRateHeaders(header, nowMs)
    .filter(({ remaining }) => remaining === 0)
    .map(({ resetMs }) => resetMs);
  const isLeft = generalRemaining.some((name) => (toCount(header(name)) ?? 0) > 0);
  const general = isLeft ? [] : generalResets.map((name) => toDurationMs(header(name), nowMs));
  const waits = [...named, ...general].filter((ms) => ms !== undefined && ms > 0);
  const longest = Math.max(0, ...waits.map((ms) => ms ?? 0));
  return longest > 0 && longest <= longestWaitMs ? longest : undefined;
}

const unitsMs: { readonly [unit: string]: number } = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/**
 * Reads a reset in the ways there are: an RFC 3339 time, `6m0.5s`, plain seconds, or a time since the
 * epoch. Of several that a proxy has joined with commas the longest counts.
 */
export function toDurationMs(text: string | undefined, nowMs: number): number | undefined {
  const parts = (text ?? '').slice(0, 200).split(',');
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
