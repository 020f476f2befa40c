import { longestWaitMs } from '../providers/http/retryAfter.ts';

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
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}

const unitsMs: { readonly [unit: string]: number } = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Reads a reset in the three ways there are: an RFC 3339 time, `6m0.5s`, or plain seconds. */
function toDurationMs(text: string | undefined, nowMs: number): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || trimmed.length > 40) return undefined;
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(trimmed)) {
    const parts = trimmed.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g);
    return [...parts].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (unitsMs[unit ?? ''] ?? 0),
      0,
    );
  }
  const time = /^\d{4}-\d\d-\d\dT/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - nowMs);
}
