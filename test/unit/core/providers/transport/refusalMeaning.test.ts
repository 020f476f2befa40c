import { describe, expect, it } from 'vitest';
import { codeFromMessage } from '../../../../../src/core/providers/transport/codeFromMessage.ts';
import { refusalMeaning } from '../../../../../src/core/providers/transport/refusalMeaning.ts';
import { serverDelay } from '../../../../../src/core/providers/transport/serverDelay.ts';
import type { JsonObject } from '../../../../../src/shared/json.ts';

describe('what the message of a refusal means', () => {
  it.each([
    ['Request too large for m on tokens per min (TPM): Limit 30000, Requested 50000.', 'too_large'],
    ['Rate limit: the prompt is too long.', 'too_large'],
    ['TPM: Limit 30,000, requested 50,000', 'too_large'],
    ['TPM: Limit: 30000 now. Requested: 30001', 'too_large'],
    ['TPM: Limit 30000, Used 29000, Requested 2000', undefined],
    ['TPM: Limit 30000, Requested 30000', undefined],
    ['The prompt is too long.', undefined],
    ['Insufficient balance', 'quota'],
    ['insufficient_quota', 'quota'],
    ['Your credits are exhausted', 'quota'],
    ['Your balance is too low', 'quota'],
    ['Please top up', 'quota'],
    ['Your spending limit was exceeded', 'quota'],
    ['You exceeded your current quota', 'period'],
    ['Limit of 50 requests per day reached', 'period'],
    ['Your daily limit', 'period'],
    ['GenerateRequestsPerDayPerProject', 'period'],
    ['requests on RPD: 200', 'period'],
    ['free-models-per-day', 'period'],
    ['Too many requests, slow down.', undefined],
    ['Slow down today.', undefined],
    ['', undefined],
    [undefined, undefined],
    [`${'x'.repeat(2_000)} per day`, undefined],
  ])('%j: %s', (message, meaning) => {
    expect(refusalMeaning(message)).toBe(meaning);
  });
});

describe('an error that only its message identifies', () => {
  it.each([
    ['Prompt is too long: 210000 tokens > 200000 maximum', 'context_length_exceeded'],
    ['  input length and `max_tokens` exceed context limit: 1 + 2', 'context_length_exceeded'],
    ['Your credit balance is too low to access the API.', 'billing_error'],
    ['The prompt is too long', undefined],
    [undefined, undefined],
  ])('%j: %s', (message, code) => {
    expect(codeFromMessage('invalid_request_error', message)).toBe(code);
    expect(codeFromMessage('api_error', message)).toBeUndefined();
    expect(codeFromMessage(undefined, message)).toBeUndefined();
  });
});

describe('how long a server asks to wait', () => {
  const delayOf = (
    body: JsonObject | undefined,
    headers: Readonly<Record<string, string>> = {},
    status = 429,
  ) => serverDelay({ status, body, header: (name) => headers[name] }, 0)?.ms;

  it.each<[string, JsonObject, number | undefined]>([
    ['in copied headers', { error: { metadata: { headers: { 'Retry-After': '3' } } } }, 3_000],
    [
      'in copied headers of numbers',
      { error: { metadata: { headers: { 'retry-after': 3 } } } },
      3_000,
    ],
    [
      'in a copied reset',
      { error: { metadata: { headers: { 'X-RateLimit-Reset': '4' } } } },
      4_000,
    ],
    [
      'in details',
      { error: { details: [1, { x: 1 }, { retryDelay: '7s' }, { retryDelay: '9s' }] } },
      7_000,
    ],
    ['in a field of seconds', { retry_after: 2.5 }, 2_500],
    ['in a field of milliseconds, first', { error: { retry_after: 2, retry_after_ms: 700 } }, 700],
    ['in a field of zero', { retry_after_ms: 0 }, 0],
    ['in no negative field', { retry_after_ms: -1, retry_after: -1 }, undefined],
    ['in the message', { error: { message: 'Please try again in 1.2s.' } }, 1_200],
    ['in the message, in other words', { message: 'Retry after 6M0S' }, 360_000],
    ['not in a message about other things', { message: 'It began in 5s, retry later' }, undefined],
    ['not in a text that is no number', { message: 'try again in 5 minutes' }, undefined],
    ['nowhere', {}, undefined],
  ])('%s', (_, body, ms) => {
    expect(delayOf(body)).toBe(ms);
  });

  it('is in its headers first, then in its body, then until the limit resets', () => {
    const reset = { 'x-ratelimit-reset': '9' };
    const body = { retry_after: 5 };
    expect(delayOf(body, { ...reset, 'retry-after': '3' })).toBe(3_000);
    expect(delayOf(body, reset)).toBe(5_000);
    expect(delayOf(undefined, reset)).toBe(9_000);
  });

  it('is not until a limit resets when it was refused for other reasons', () => {
    expect(delayOf(undefined, { 'x-ratelimit-reset': '9' }, 503)).toBeUndefined();
    expect(delayOf(undefined, { 'retry-after': '9' }, 503)).toBe(9_000);
  });
});
