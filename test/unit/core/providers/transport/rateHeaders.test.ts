import { describe, expect, it } from 'vitest';
import {
  readRateHeaders,
  resetDelayMs,
  toDurationMs,
} from '../../../../../src/core/providers/transport/rateHeaders.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');
const month = 31 * 86_400;
const lookup = (headers: Readonly<Record<string, string>>) => (name: string) => headers[name];

const anthropic = (kind: string, limit: string, remaining: string, reset?: string) => ({
  [`anthropic-ratelimit-${kind}-limit`]: limit,
  [`anthropic-ratelimit-${kind}-remaining`]: remaining,
  ...(reset === undefined ? {} : { [`anthropic-ratelimit-${kind}-reset`]: reset }),
});
const openAi = (kind: string, limit: string, remaining: string, reset: string) => ({
  [`x-ratelimit-limit-${kind}`]: limit,
  [`x-ratelimit-remaining-${kind}`]: remaining,
  [`x-ratelimit-reset-${kind}`]: reset,
});

describe('rate limits in the headers of a response', () => {
  it.each([
    ['requests', anthropic('requests', '10', '4'), 'requests'],
    ['tokens', anthropic('tokens', '10', '4'), 'tokens'],
    ['input tokens', anthropic('input-tokens', '10', '4'), 'inputTokens'],
    ['output tokens', anthropic('output-tokens', '10', '4'), 'outputTokens'],
  ])('of %s are read', (_, headers, resource) => {
    expect(readRateHeaders(lookup(headers), nowMs)).toEqual([
      { resource, limit: 10, remaining: 4 },
    ]);
  });

  it('are read from both forms, with their resets', () => {
    const headers = {
      ...openAi('requests', '10', '4', '2s'),
      ...openAi('tokens', '900', '0', '1m30s'),
      ...anthropic('input-tokens', '70', '7', '2026-01-01T00:00:05Z'),
    };
    expect(readRateHeaders(lookup(headers), nowMs)).toEqual([
      { resource: 'inputTokens', limit: 70, remaining: 7, resetMs: 5_000 },
      { resource: 'requests', limit: 10, remaining: 4, resetMs: 2_000 },
      { resource: 'tokens', limit: 900, remaining: 0, resetMs: 90_000 },
    ]);
  });

  it.each([
    ['0', '0'],
    ['-1', '0'],
    ['10', '-1'],
    ['10', ''],
    ['', '5'],
    ['ten', '5'],
    ['1e3', '5'],
    ['1'.repeat(16), '5'],
  ])('are no limits: %j with %j left', (limit, remaining) => {
    expect(readRateHeaders(lookup(anthropic('requests', limit, remaining)), nowMs)).toEqual([]);
  });

  it.each([
    ['10', '12', 10],
    ['10, 99', '4, 5', 4],
    [' 10 ', ' 4 ', 4],
  ])('make sense: %j with %j left', (limit, left, remaining) => {
    expect(readRateHeaders(lookup(anthropic('requests', limit, left)), nowMs)).toEqual([
      { resource: 'requests', limit: 10, remaining },
    ]);
  });

  it.each([
    [`${month}s`, month * 1_000],
    [`${month + 1}s`, undefined],
    ['soon', undefined],
  ])('have no reset of more than a month: %s', (reset, resetMs) => {
    const [reading] = readRateHeaders(lookup(anthropic('requests', '10', '4', reset)), nowMs);
    expect(reading?.resetMs).toBe(resetMs);
  });
});

describe('a duration in a header', () => {
  it.each([
    ['5', 5_000],
    ['0.5', 500],
    ['20ms', 20],
    ['6m0.5s', 360_500],
    ['1h2m3s4ms', 3_723_004],
    ['2026-01-01T00:00:05Z', 5_000],
    ['2025-12-31T23:59:00Z', 0],
    [String(nowMs / 1_000 + 7), 7_000],
    [String(nowMs + 7), 7],
    ['1s, 3s, 2s', 3_000],
    ['x, 3s', 3_000],
    ['', undefined],
    ['x', undefined],
    ['-5', undefined],
    ['5x', undefined],
    ['5s ago', undefined],
    ['in 5s', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['Thu, 01 Jan 2026 00:00:05 GMT', undefined],
    [`${'0'.repeat(40)}5`, undefined],
    [undefined, undefined],
  ])('%j is %j ms', (text, ms) => {
    expect(toDurationMs(text, nowMs)).toBe(ms);
  });
});

describe('the wait after a refusal that names none', () => {
  it.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    [
      'until the last used-up limit resets',
      { ...openAi('requests', '10', '0', '2s'), ...openAi('tokens', '9', '0', '7s') },
      7_000,
    ],
    [
      'not for limits that have room',
      { ...openAi('requests', '10', '0', '2s'), ...openAi('tokens', '9', '1', '7s') },
      2_000,
    ],
    ['none when all have room', openAi('tokens', '9', '1', '7s'), undefined],
    ['by a gateway', { 'x-ratelimit-reset': '3' }, 3_000],
    ['by the draft of a standard', { 'ratelimit-reset': '4', 'ratelimit-remaining': '0' }, 4_000],
    [
      'none by a gateway with room',
      { 'x-ratelimit-reset': '3', 'x-ratelimit-remaining': '1' },
      undefined,
    ],
    [
      'none by the draft with room',
      { 'ratelimit-reset': '3', 'ratelimit-remaining': '1' },
      undefined,
    ],
    ['none that is over', { 'x-ratelimit-reset': '0' }, undefined],
    ['none of more than a month', { 'x-ratelimit-reset': `${month + 1}s` }, undefined],
    ['of exactly a month', { 'x-ratelimit-reset': `${month}s` }, month * 1_000],
    ['none without headers', {}, undefined],
  ])('%s', (_, headers, ms) => {
    expect(resetDelayMs(lookup(headers), nowMs)).toBe(ms);
  });
});
