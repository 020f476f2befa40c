import { describe, expect, it } from 'vitest';
import { isContextOverflow } from '../../../../../src/core/providers/providerError.ts';
import type { ReplyStep } from '../../../../support/loopback/loopbackServer.ts';
import { plainReply } from '../../../../support/loopback/replies.ts';
import { protocols } from '../protocols.ts';
import { failureOf, send, turnHarness } from '../turnHarness.ts';

describe.each(protocols)('a turn over HTTP ($name)', (protocol) => {
  const { serve, ask, fail } = turnHarness(protocol);

  describe('that the server refuses', () => {
    it.each([
      [400, 'invalid_request', false],
      [401, 'auth', false],
      [402, 'quota', false],
      [403, 'auth', false],
      [404, 'not_found', false],
      [408, 'overloaded', true],
      [409, 'overloaded', true],
      [413, 'invalid_request', false],
      [422, 'invalid_request', false],
      [429, 'rate_limit', true],
      [500, 'overloaded', true],
      [501, 'invalid_request', false],
      [502, 'overloaded', true],
      [503, 'overloaded', true],
      [504, 'overloaded', true],
      [529, 'overloaded', true],
    ])('with %i fails as %s', async (status, kind, retryable) => {
      const body = { type: 'error', error: { type: 'some_type', message: 'Because.' } };
      const error = await fail(plainReply(status, body, { 'request-id': 'req_1' }));
      expect(error).toMatchObject({ kind, retryable, httpStatus: status, requestId: 'req_1' });
      expect(error.message).toMatch(/127\.0\.0\.1:\d+.*: Because\. [A-Z].*\.$/);
    });

    it.each([
      [429, 'rate_limit_error', 'rate_limit', true],
      [429, 'ramp_limit_exceeded', 'rate_limit', true],
      [429, 'insufficient_quota', 'quota', false],
      [429, 'enforced_spend_limit_reached', 'quota', false],
      [429, 'contract_spend_limit_reached', 'quota', false],
      [400, 'billing_error', 'quota', false],
      [400, 'model_not_found', 'not_found', false],
      [400, 'context_length_exceeded', 'invalid_request', false],
      [400, 'overloaded_error', 'overloaded', true],
      [401, 'invalid_request_error', 'auth', false],
      [404, '__proto__', 'not_found', false],
      [404, 'toString', 'not_found', false],
    ])('with %i and code %s fails as %s', async (status, code, kind, retryable) => {
      const asCode = await fail(plainReply(status, { error: { code, message: 'x' } }));
      expect(asCode).toMatchObject({ kind, retryable, code });
      const asType = await fail(plainReply(status, { error: { type: code, message: 'x' } }));
      expect(asType).toMatchObject({ kind, retryable, code });
      const details = { error_code: code };
      const asDetail = await fail(
        plainReply(status, { error: { type: 'invalid_request_error', message: 'x', details } }),
      );
      expect(asDetail).toMatchObject({ kind, retryable, code });
    });

    it.each([
      ['prompt is too long: 202609 tokens > 200000 maximum', 'invalid_request'],
      ['input length and `max_tokens` exceed context limit: 9 + 9 > 17', 'invalid_request'],
      ['Your credit balance is too low to access the API.', 'quota'],
    ])('is classified by its message when it has no code: %s', async (message, kind) => {
      const reply = (type: string) => plainReply(400, { error: { type, message } });
      const error = await fail(reply('invalid_request_error'));
      expect(error).toMatchObject({ kind, retryable: false });
      expect(isContextOverflow(error)).toBe(kind === 'invalid_request');
      expect(error.message).toContain(message);
      // The message alone is not enough.
      const other = await fail(reply('some_type'));
      expect(other.kind).toBe('invalid_request');
      expect(isContextOverflow(other)).toBe(false);
    });

    it('has the retry delay of the server', async () => {
      const body = { error: { type: 'rate_limit_error', message: 'Slow down.' } };
      expect((await fail(plainReply(429, body, { 'retry-after': '23' }))).retryAfterMs).toBe(
        23_000,
      );
      expect((await fail(plainReply(529, body, { 'retry-after-ms': '40' }))).retryAfterMs).toBe(40);
      expect(
        (await fail(plainReply(429, body, { 'retry-after': '-1' }))).retryAfterMs,
      ).toBeUndefined();
      expect((await fail(plainReply(429, body))).retryAfterMs).toBeUndefined();
    });

    it('calls the observer with the status, but not with a beginning', async () => {
      const calls: unknown[] = [];
      const server = await serve([plainReply(429, { error: { message: 'x' } })]);
      const turn = ask(
        server,
        {},
        {
          onHead: (status) => calls.push(status),
          onBegin: () => calls.push('begin'),
        },
      );
      await failureOf(turn);
      expect(calls).toEqual([429]);
    });

    it('makes one request and no more', async () => {
      const server = await serve(() =>
        plainReply(500, { error: { message: 'x' } }, { 'x-should-retry': 'true' }),
      );
      await failureOf(ask(server));
      expect(server.requests).toHaveLength(1);
    });

    it('names the model when it is the model that is missing, the base URL otherwise', async () => {
      const model = await fail(plainReply(404, { error: { message: 'no such model' } }));
      expect(model.message).toContain('The model some-model is not offered by ');
      for (const body of [{ detail: 'Not Found' }, '<h1>Not Found</h1>']) {
        const address = await fail(plainReply(404, body));
        expect(address).toMatchObject({ kind: 'not_found', retryable: false });
        expect(address.message).toContain('Check the base URL');
      }
    });

    it('asks for a key when there is none', async () => {
      expect((await fail(plainReply(401, { error: { message: 'x' } }))).message).toContain(
        'asks for a key',
      );
      const server = await serve([plainReply(401, { error: { message: 'x' } })]);
      const error = await failureOf(ask(server, { apiKey: 'some-key' }));
      expect(error.message).toMatch(
        /^The key was refused by 127\.0\.0\.1:\d+: x\. Set another key, and retry\.$/,
      );
    });

    it('reads errors in a form that neither API uses', async () => {
      expect((await fail(plainReply(400, { error: 'plain words' }))).message).toContain(
        'plain words',
      );
      expect((await fail(plainReply(400, { message: 'bare words' }))).message).toContain(
        'bare words',
      );
      expect((await fail(plainReply(422, { detail: 'wrong field' }))).message).toContain(
        'wrong field',
      );
    });

    it('is classified by its status when the body is foreign, too long or truncated', async () => {
      const html = await fail(plainReply(502, `<html>${'x'.repeat(200_000)}</html>`));
      expect(html).toMatchObject({ kind: 'overloaded', httpStatus: 502 });
      expect(html.message).toMatch(/overloaded or has an internal error \(HTTP 502\).*base URL/);
      expect(html.foreign).toBe(false);
      expect(html.message).not.toContain('xxx');
      const head: ReplyStep = {
        do: 'head',
        status: 429,
        headers: { 'content-type': 'application/json' },
      };
      expect((await fail([head, send('{"error":{"mess'), { do: 'reset' }])).kind).toBe(
        'rate_limit',
      );
      expect((await fail([head, send('{"error":'), { do: 'end' }])).kind).toBe('rate_limit');
    });

    it('stops reading an endless body', async () => {
      const error = await fail([{ do: 'head', status: 500 }, send('x'.repeat(70_000))]);
      expect(error).toMatchObject({ kind: 'overloaded', httpStatus: 500 });
    });

    it('clips long messages and puts them on one line', async () => {
      const error = await fail(
        plainReply(400, { error: { message: `a\n\u0007b${'y'.repeat(5000)}` } }),
      );
      expect(error.message).toContain(': a byy');
      expect(error.message.length).toBeLessThanOrEqual(500);
    });
  });
});
