import { describe, expect, it } from 'vitest';
import type { ApiErrorReport } from '../../../../../src/core/providers/transport/apiError.ts';
import {
  apiError,
  kindOfStatus,
  readApiError,
} from '../../../../../src/core/providers/transport/apiError.ts';
import { bodyFormOf } from '../../../../../src/core/providers/transport/bodyForm.ts';
import {
  contentTimeoutError,
  headersTimeoutError,
  idleTimeoutError,
} from '../../../../../src/core/providers/transport/timeoutErrors.ts';

const context = { host: 'api.test', apiKey: 'a-key-of-some-length', model: 'm' };
const errorOf = (report: ApiErrorReport, httpStatus?: number, more: object = {}) =>
  apiError(report, { ...context, httpStatus, ...more });

describe('the kind of an error by its status', () => {
  it.each([
    ...([400, 405, 413, 422, 501] as const).map((status) => [status, 'invalid_request'] as const),
    ...([401, 403] as const).map((status) => [status, 'auth'] as const),
    ...([404, 410] as const).map((status) => [status, 'not_found'] as const),
    ...([408, 409, 425, 500, 502, 503, 529] as const).map(
      (status) => [status, 'overloaded'] as const,
    ),
    ...([
      [402, 'quota'],
      [407, 'network'],
      [429, 'rate_limit'],
      [499, 'invalid_request'],
    ] as const),
  ])('%i: %s', (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind);
  });
});

describe('an error of an API', () => {
  it.each<[ApiErrorReport, number | undefined, string]>([
    [{}, 500, 'overloaded'],
    [{ code: 'insufficient_quota' }, 429, 'quota'],
    [{ type: 'rate_limit_error' }, 400, 'rate_limit'],
    [{ code: 'invalid_api_key', type: 'rate_limit_error' }, 400, 'auth'],
    [{ code: 'unknown', type: 'not_found_error' }, 400, 'not_found'],
    [{ code: 'toString' }, 400, 'invalid_request'],
    // In a stream there is no status but that of the response.
    [{}, undefined, 'overloaded'],
    [{}, 200, 'overloaded'],
    [{ code: '429' }, 200, 'rate_limit'],
    [{ code: '429' }, 500, 'overloaded'],
    [{ code: '600' }, 200, 'overloaded'],
    [{ type: 'invalid_request_error' }, 200, 'invalid_request'],
    [{ code: 'content_filter' }, undefined, 'invalid_request'],
    [{ type: 'invalid_request_error' }, 503, 'overloaded'],
    // The message decides where nothing else tells them apart.
    [{ message: 'Insufficient balance' }, 403, 'quota'],
    [{ message: 'Insufficient balance' }, 429, 'quota'],
    [{ message: 'Insufficient balance' }, 401, 'auth'],
    [{ message: 'Rate limit: prompt is too long' }, 429, 'invalid_request'],
    [{ message: 'Rate limit: prompt is too long' }, 413, 'invalid_request'],
    [{ message: 'Your daily limit' }, 429, 'quota'],
    [{ message: 'Your daily limit' }, 403, 'auth'],
  ])('%j with %j: %s', (report, status, kind) => {
    expect(errorOf(report, status).kind).toBe(kind);
  });

  it('of a used-up day is a rate limit where the server says how long', () => {
    const report = { message: 'Your daily limit' };
    const request = { ...context, httpStatus: 429 };
    expect(apiError(report, request, { ms: 5_000 })).toMatchObject({
      ...{ kind: 'rate_limit', retryAfterMs: 5_000, code: undefined },
    });
  });

  it.each<[ApiErrorReport, number, boolean, boolean]>([
    [{ message: 'Not for you.' }, 403, false, false],
    [{ message: 'This key may not.' }, 403, false, true],
    [{ message: 'Not for you.', type: 'permission_error' }, 403, false, true],
    [{ message: 'Not for you.' }, 401, false, true],
    [{}, 407, false, true],
    [{}, 429, true, false],
    [{}, 529, true, false],
    [{}, 400, false, false],
  ])('%j with %i: retryable %s, blocking %s', (report, status, retryable, blocking) => {
    expect(errorOf(report, status)).toMatchObject({ retryable, blocking });
  });

  it('keeps its code, else its type, and the field that it is about', () => {
    const report = { code: 'c', type: 't', param: 'p' };
    expect(errorOf(report, 400, { requestId: 'r' })).toMatchObject({
      ...{ code: 'c', param: 'p', requestId: 'r', httpStatus: 400 },
    });
    expect(errorOf({ type: 't' }, 400).code).toBe('t');
  });

  it.each<[ApiErrorReport, number | undefined, object, string]>([
    [{}, 401, {}, 'The key was refused by api.test. Set another key, and retry.'],
    [{}, 401, { apiKey: undefined }, 'api.test asks for a key. Set one, and retry.'],
    [
      {},
      403,
      {},
      'api.test does not allow this with the key it was given. Check what the key is allowed to do, or set another one.',
    ],
    [
      {},
      402,
      {},
      'The spending limit or credit at api.test is used up. Raise the limit or add credit there, and retry.',
    ],
    [
      {},
      429,
      {},
      'The rate limit of api.test is reached. Retry later, or lower interleave.concurrency.',
    ],
    [{}, 404, {}, 'The model m is not offered by api.test. Choose another model, and run again.'],
    [
      {},
      500,
      {},
      'api.test is overloaded or has an internal error (HTTP 500). Retry later, or lower interleave.concurrency.',
    ],
    [
      {},
      undefined,
      {},
      'api.test is overloaded or has an internal error. Retry later, or lower interleave.concurrency.',
    ],
    [
      {},
      407,
      {},
      'The way to api.test is blocked (HTTP 407). Check the proxy that is set, and its user name and password.',
    ],
    [
      {},
      400,
      {},
      'api.test rejected the request (HTTP 400). Change what it objects to, and retry.',
    ],
    [
      { type: 'invalid_request_error' },
      200,
      {},
      'api.test rejected the request. Change what it objects to, and retry.',
    ],
    [
      { message: 'Bad field' },
      400,
      {},
      'api.test rejected the request (HTTP 400): Bad field. Change what it objects to, and retry.',
    ],
    [
      { message: 'Bad field!' },
      400,
      {},
      'api.test rejected the request (HTTP 400): Bad field! Change what it objects to, and retry.',
    ],
    [
      ...([{ message: 'Rate limit: prompt is too long' }, 429, {}] as const),
      'The request has more tokens than api.test takes in a minute: Rate limit: prompt is too long. Shorten the prompt, lower interleave.maxTokens, or have the limit raised there.',
    ],
    [
      ...([{ message: 'Your daily limit' }, 429, {}] as const),
      'The limit of a day or month at api.test is used up: Your daily limit. Continue when it resets, or have it raised there.',
    ],
  ])('%j with %i says what happened and what to do (%j)', (report, status, more, message) => {
    expect(errorOf(report, status, more).message).toBe(message);
  });

  it('quotes a header whose unit had to be guessed, and as much of the server as fits', () => {
    const delay = { ms: 5, guessedFrom: 'retry-after: 90000' };
    const short = apiError({}, { ...context, httpStatus: 429 }, delay);
    expect(short.message).toContain('It said "retry-after: 90000". Retry later');
    const long = errorOf({ message: 'x'.repeat(900) }, 400, { maxMessage: 200 });
    expect(long.message.length).toBeLessThanOrEqual(200);
    expect(long.message.length).toBeGreaterThan(195);
    expect(long.message).toMatch(/x…\.? Change what it objects to, and retry\.$/);
  });
});

describe('an error that an API reports', () => {
  it.each<[unknown, ApiErrorReport]>([
    [
      { error: { type: 't', code: 'c', message: 'm', param: 'p' } },
      { type: 't', code: 'c', message: 'm', param: 'p' },
    ],
    [
      { error: { status: 's', code: 429, message: 'm' } },
      { type: 's', code: '429', message: 'm', param: undefined },
    ],
    [
      { error: { details: { error_code: 'd' }, message: 'm' } },
      { type: undefined, code: 'd', message: 'm', param: undefined },
    ],
    [
      { error: { type: 'invalid_request_error', message: 'prompt is too long' } },
      {
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        message: 'prompt is too long',
        param: undefined,
      },
    ],
    ['x', { type: undefined, code: undefined, message: 'x', param: undefined }],
  ])('%j', (body, report) => {
    expect(readApiError(body)).toEqual(report);
  });
});

describe('errors of time', () => {
  it('say what happened in a few words, too', () => {
    const headers = headersTimeoutError('api.test', 60_400);
    expect(headers.message).toContain('did not begin to answer within 60 s');
    expect([headers.brief, headers.retryable]).toEqual(['no data for 60 s', true]);
    const idle = idleTimeoutError(context, 30_600);
    expect([idle.brief, idle.kind]).toEqual(['no data for 31 s', 'network']);
    expect(idle.message).toContain('in the middle of its answer: no data for 31 s');
    const content = contentTimeoutError(context, 30_000);
    expect(content.brief).toBe('nothing of the answer for 30 s');
    expect(headers.code).toBe('headers_timeout');
  });
});

describe('the form of a body', () => {
  const events = 'text/event-stream; charset=utf-8';
  const json = 'application/json';

  it.each<[string, string | undefined, boolean, string | undefined]>([
    ['', undefined, false, 'events'],
    ['', events, false, 'events'],
    ['', json, false, undefined],
    ['', json, true, 'other'],
    ['  \n', json, false, undefined],
    ['{"a":1}', events, false, 'json'],
    ['\ufeff [1]', undefined, false, 'json'],
    ['<html>', json, false, 'other'],
    ['<html>', events, false, 'events'],
    ['event: x', json, false, 'events'],
    ['data: x', json, false, 'events'],
    ['retry:1', json, false, 'events'],
    ['id:1', json, false, 'events'],
    [': ping', json, false, 'events'],
    ['da', json, false, undefined],
    ['da', json, true, 'other'],
    ['data', json, false, undefined],
    ['dat x', json, false, 'other'],
    ['x', ' text/event-streams', false, 'other'],
  ])('%j as %j (at its end: %s) is %j', (text, contentType, isEnd, form) => {
    expect(bodyFormOf(Buffer.from(text), contentType, isEnd)).toBe(form);
  });

  it('is decided after a kilobyte', () => {
    expect(bodyFormOf(Buffer.alloc(1_023, ' '), json, false)).toBeUndefined();
    expect(bodyFormOf(Buffer.alloc(1_024, ' '), json, false)).toBe('other');
  });
});
