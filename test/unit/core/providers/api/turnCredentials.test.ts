import { afterEach, describe, expect, it, vi } from 'vitest';
import { plainReply, streamReply } from '../../../../support/loopback/replies.ts';
import { answerText, noAbort, protocols, smallRequest } from '../protocols.ts';
import { failureOf, turnHarness } from '../turnHarness.ts';

describe.each(protocols)('a turn over HTTP ($name)', (protocol) => {
  const { serve, provide, ask } = turnHarness(protocol);

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  describe('and its key', () => {
    it('sends no authorisation header without a key', async () => {
      const server = await serve([streamReply(answerText(protocol))]);
      await ask(server);
      const { headers } = server.requests[0]!;
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('x-api-key');
    });

    it('sends its key', async () => {
      const server = await serve([streamReply(answerText(protocol))]);
      await ask(server, { apiKey: ' the-key ' });
      expect(server.requests[0]!.headers.authorization).toBe('Bearer the-key');
    });

    it('sends the same headers with every turn, and none that describe this machine', async () => {
      const server = await serve(() => streamReply(answerText(protocol)));
      const provider = provide(server, { apiKey: 'the-key' });
      await provider.turn(smallRequest, {}, noAbort());
      await provider.turn({ ...smallRequest, model: 'another' }, {}, noAbort());
      const [first, second] = server.requests.map(({ headers }) => {
        const { 'content-length': _, ...others } = headers;
        return others;
      });
      expect(second).toEqual(first);
      expect(first).toMatchObject({
        authorization: 'Bearer the-key',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
      });
      expect(Object.keys(first!).filter((name) => name.startsWith('x-stainless'))).toEqual([]);
      expect(JSON.parse(server.requests[1]!.body)).toMatchObject({ model: 'another' });
    });

    it('reads no environment variables', async () => {
      const trap = await serve(() => streamReply(answerText(protocol, 'trapped')));
      const server = await serve([
        streamReply(answerText(protocol)),
        streamReply(answerText(protocol)),
      ]);
      const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
      const spies = methods.map((name) => vi.spyOn(console, name));
      const headers = 'x-hostile: 1\nAuthorization: Bearer hostile\nanthropic-version: 1';
      for (const vendor of ['ANTHROPIC', 'OPENAI']) {
        vi.stubEnv(`${vendor}_BASE_URL`, trap.url);
        vi.stubEnv(`${vendor}_API_KEY`, 'hostile');
        vi.stubEnv(`${vendor}_CUSTOM_HEADERS`, headers);
        vi.stubEnv(`${vendor}_LOG`, 'debug');
      }
      vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'hostile');
      vi.stubEnv('ANTHROPIC_PROFILE', 'hostile');
      vi.stubEnv('OPENAI_ORG_ID', 'hostile');
      vi.stubEnv('OPENAI_PROJECT_ID', 'hostile');
      vi.stubEnv('OPENAI_ADMIN_KEY', 'hostile');
      vi.stubEnv('HTTP_PROXY', trap.url);
      vi.stubEnv('http_proxy', trap.url);

      await ask(server);
      await ask(server, { apiKey: 'the-key' });
      expect(trap.requests).toHaveLength(0);
      const [without, withKey] = server.requests;
      expect(JSON.stringify([without!.headers, withKey!.headers])).not.toContain('hostile');
      expect(without!.headers).not.toHaveProperty('authorization');
      expect(withKey!.headers.authorization).toBe('Bearer the-key');
      expect(withKey!.headers['anthropic-version']).not.toBe('1');
      expect(process.env.OPENAI_API_KEY).toBe('hostile');
      for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    });

    it('keeps the key out of errors that quote it', async () => {
      const apiKey = 'abc-secret-key-123';
      const server = await serve([
        plainReply(401, { error: { message: `Bad key ${apiKey}` } }),
        plainReply(200, `<p>Your key is ${apiKey}</p>`),
      ]);
      const provider = provide(server, { apiKey });
      for (let count = 0; count < 2; count += 1) {
        const error = await failureOf(provider.turn(smallRequest, {}, noAbort()));
        expect(error.message).not.toContain(apiKey);
        expect(JSON.stringify(error)).not.toContain(apiKey);
      }
    });
  });
});
