import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { proxyFailure, proxyOf } from '../../../../../src/core/providers/transport/proxy.ts';
import {
  errorOfBody,
  refuseRedirect,
} from '../../../../../src/core/providers/transport/responseCheck.ts';

const responseOf = (statusCode: number, headers: object = {}) =>
  ({ statusCode, headers, destroy: () => undefined }) as unknown as IncomingMessage;

function errorOf(status: number, text: string, headers: object = {}, more: object = {}) {
  const context = { host: 'api.test', apiKey: 'k', model: 'm', httpStatus: status, ...more };
  return errorOfBody(text, responseOf(status, headers), context);
}

const html = { 'content-type': 'text/html; charset=utf-8' };

describe('a response that is not the requested one', () => {
  it.each<[string, number, string, object, object]>([
    [
      'an error of the API',
      400,
      '{"error":{"message":"Bad"}}',
      {},
      { kind: 'invalid_request', foreign: false },
    ],
    [
      'an error with a message only',
      400,
      '{"detail":"Bad"}',
      {},
      { kind: 'invalid_request', foreign: false },
    ],
    [
      'an error within an answer',
      200,
      '{"error":{"type":"overloaded_error"}}',
      {},
      { kind: 'overloaded', foreign: false },
    ],
    [
      'no error within an answer',
      200,
      '{"message":"x"}',
      {},
      { kind: 'protocol', foreign: true, retryable: false },
    ],
    ['an unknown address', 404, '{"detail":"Not Found"}', {}, { kind: 'not_found', foreign: true }],
    [
      'an unknown model',
      404,
      '{"detail":"x","message":"y"}',
      {},
      { kind: 'not_found', foreign: false },
    ],
    [
      'an unknown model',
      404,
      '{"error":"no such model"}',
      {},
      { kind: 'not_found', foreign: false },
    ],
    ['a page of an unknown address', 404, '<html>', html, { kind: 'not_found', foreign: true }],
    [
      'a page with an answer',
      200,
      '<html>',
      html,
      { kind: 'protocol', foreign: true, retryable: true },
    ],
    ['text with an answer', 200, 'hello', {}, { kind: 'protocol', foreign: true, retryable: true }],
    [
      'text of an overloaded server',
      503,
      'no healthy upstream',
      {},
      { kind: 'overloaded', foreign: false },
    ],
    ['a page of an overloaded server', 502, '<html>', html, { kind: 'overloaded', foreign: false }],
    ['nothing of an overloaded server', 503, '', {}, { kind: 'overloaded', foreign: false }],
    [
      'a refusal in plain text',
      429,
      'slow down',
      { 'retry-after': '3' },
      { kind: 'rate_limit', retryAfterMs: 3_000 },
    ],
    ['an unpaid account in plain text', 402, 'pay', {}, { kind: 'quota', foreign: false }],
    ['a complaint in plain text', 400, 'too long', {}, { kind: 'invalid_request', foreign: false }],
    ['a page with a complaint', 400, '<html>', html, { kind: 'invalid_request', foreign: true }],
    [
      'a page of a firewall',
      403,
      '<html>',
      html,
      { kind: 'protocol', retryable: false, foreign: true, blocking: false },
    ],
    [
      'a page of a login',
      401,
      '<!DOCTYPE html>',
      {},
      { kind: 'protocol', retryable: false, foreign: true },
    ],
    ['a refused key in plain text', 401, 'no', {}, { kind: 'auth', foreign: true, blocking: true }],
    [
      'a refused request in plain text',
      403,
      'no',
      {},
      { kind: 'auth', foreign: true, blocking: false },
    ],
    [
      'a proxy that wants a password',
      407,
      '',
      {},
      { kind: 'network', retryable: false, blocking: true },
    ],
  ])('%s (%i %s)', (_, status, text, headers, expected) => {
    expect(errorOf(status, text, headers)).toMatchObject({ httpStatus: status, ...expected });
  });

  it.each<[number, string, object, string]>([
    [404, '<html>', html, 'api.test has no such address (HTTP 404). Check the base URL.'],
    [
      407,
      '',
      {},
      'The way to api.test is blocked by a proxy (HTTP 407). Check the proxy that is set, and its user name and password.',
    ],
    [
      ...([200, '<html>', html] as const),
      'api.test answered with something that is not an API answer (HTTP 200). Check the base URL, and whether a proxy or a login page stands in between.',
    ],
    [
      ...([200, 'x', { 'content-type': 'image/png' }] as const),
      'api.test answered with something that is not an API answer (HTTP 200, image/png). Check the base URL, and whether a proxy or a login page stands in between.',
    ],
    [
      ...([401, '{"x":1}', { 'content-type': 'application/json' }] as const),
      'api.test answered with something that is not an API answer (HTTP 401). Check the base URL, and whether a proxy or a login page stands in between.',
    ],
    [
      ...([403, '<html>', html] as const),
      'api.test answered with a page that refuses this request (HTTP 403), not with an API answer. Change the prompt if a firewall objects to it; else check the base URL, and whether a login page stands in between.',
    ],
  ])('%i %s %j says what to check', (status, text, headers, message) => {
    expect(errorOf(status, text, headers).message).toBe(message);
  });

  it('quotes plain text, and no markup or JSON', () => {
    expect(errorOf(503, ' no healthy upstream\n').message).toContain(
      ': no healthy upstream. Retry',
    );
    for (const text of ['<b>x</b>', '[1]', '{"a":1}']) {
      expect(errorOf(503, text).message).toMatch(/internal error \(HTTP 503\)\. Retry/);
    }
  });

  it('doubts the base URL when a page answers and the API never has', () => {
    const doubt = 'what answers is a web page, so check the base URL, too';
    const never = { hasAnswered: () => false };
    expect(errorOf(502, '<html>', html, never).message).toContain(doubt);
    expect(errorOf(502, '<html>', html, { hasAnswered: () => true }).message).not.toContain(doubt);
    expect(errorOf(502, '<html>', html).message).not.toContain(doubt);
    expect(errorOf(502, 'down', {}, never).message).not.toContain(doubt);
  });

  it('has the id of the response, else that in its body', () => {
    const body = '{"error":{"message":"Bad","request_id":"inside"}}';
    expect(errorOf(400, body).requestId).toBe('inside');
    expect(errorOf(400, body, {}, { requestId: 'head' }).requestId).toBe('head');
  });
});

describe('a redirect', () => {
  const redirect = (status: number, location?: string) => () =>
    refuseRedirect(responseOf(status, { location }), {
      ...{ host: 'api.test', apiKey: 'k', model: 'm', httpStatus: status },
    });

  it.each([
    [301, 'https://other.test/x?secret', 'other.test'],
    [308, '/x', 'api.test'],
    [300, undefined, 'api.test'],
    [399, undefined, 'api.test'],
  ])('%i to %j is refused', (status, location, host) => {
    expect(redirect(status, location)).toThrow(
      `api.test redirects to ${host} (HTTP ${status}). Redirects are not followed, so that key and prompt stay where they belong. Set the final address as base URL.`,
    );
  });

  it.each([299, 400])('is none with %i', (status) => {
    expect(redirect(status)).not.toThrow();
  });
});

describe('a proxy', () => {
  const variables = { HTTP_PROXY: 'http://one.test:1', HTTPS_PROXY: 'http://two.test:2' };

  it('is chosen by the scheme', () => {
    expect(proxyOf('https://api.test', variables)?.host).toBe('two.test:2');
    expect(proxyOf('http://api.test', variables)?.host).toBe('one.test:1');
    expect(proxyOf('https://api.test', {})).toBeUndefined();
  });

  const failureOf = (details: object, proxy = 'http://proxy.test:3128') =>
    proxyFailure(Object.assign(new Error('x'), details), new URL(proxy), 'api.test');

  it.each([
    [407, true, /asks for a user name and a password \(HTTP 407\)/],
    [403, true, /does not let requests through to api\.test \(HTTP 403\)/],
    [499, true, /does not let requests through/],
    [408, false, /could not reach api\.test \(HTTP 408\)/],
    [429, false, /could not reach/],
    [500, false, /could not reach/],
    [502, false, /could not reach/],
  ])('that answers with %i: lasting %s', (statusCode, isLasting, message) => {
    expect(failureOf({ code: 'ERR_PROXY_TUNNEL', statusCode })).toMatchObject({
      ...{ kind: 'network', blocking: isLasting, retryable: !isLasting },
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [
      { code: 'ENOTFOUND', hostname: 'proxy.test' },
      /The proxy proxy\.test:3128 cannot be found\. .*\(ENOTFOUND\)/,
    ],
    [{ code: 'EAI_AGAIN', hostname: 'proxy.test' }, /cannot be found/],
    [{ code: 'ECONNREFUSED', port: 3128, address: '10.0.0.1' }, /does not answer/],
    [{ code: 'ENOTFOUND', hostname: 'api.test' }, undefined],
    [{ code: 'ECONNREFUSED', port: 443, address: '10.0.0.1' }, undefined],
    [{ code: 'ECONNRESET' }, undefined],
  ])('is the cause of %j, or not', (details, message) => {
    const failure = failureOf(details);
    if (message === undefined) expect(failure).toBeUndefined();
    else expect(failure?.message).toMatch(message);
  });

  it.each([
    ['http://10.0.0.2:3128', { port: 3128, address: '10.0.0.1' }, false],
    ['http://10.0.0.1:3128', { port: 3128, address: '10.0.0.1' }, true],
    ['http://[::1]:3128', { port: 3128, address: '::1' }, true],
    ['http://[::1]:3128', { port: 3128, address: '::2' }, false],
    ['http://proxy.test', { port: 80, address: '10.0.0.1' }, true],
    ['https://proxy.test', { port: 443, address: '10.0.0.1' }, true],
  ])('%s is known by its place: %j: %s', (proxy, details, isFound) => {
    expect(failureOf({ code: 'ECONNREFUSED', ...details }, proxy) !== undefined).toBe(isFound);
  });
});
