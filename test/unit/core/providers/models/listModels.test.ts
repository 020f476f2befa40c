import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../../../../src/core/providers/modelInfo.ts';
import type { Provider } from '../../../../../src/core/providers/provider.ts';
import type { LoopbackServer, Reply } from '../../../../support/loopback/loopbackServer.ts';
import { plainReply, streamHead } from '../../../../support/loopback/replies.ts';
import { ManualClock } from '../../../../support/manualClock.ts';
import { noAbort, protocols, testedProtocol } from '../protocols.ts';
import { failureOf, send, turnHarness, until } from '../turnHarness.ts';

const supported = { supported: true };
const unsupported = { supported: false };

function failure(models: Promise<readonly ModelInfo[]>) {
  return failureOf(models as Promise<never>);
}

describe.each(protocols)('the list of models ($name)', (protocol) => {
  const { serve, provide } = turnHarness(protocol);

  async function list(
    reply: Reply,
    options = {},
  ): Promise<{ models: readonly ModelInfo[]; server: LoopbackServer }> {
    const server = await serve([reply]);
    return { models: await provide(server, options).listModels(noAbort()), server };
  }

  it('is requested with the key, below the base URL', async () => {
    const { models, server } = await list(plainReply(200, { data: [{ id: 'a' }, { id: 'b' }] }), {
      apiKey: 'the-key',
    });
    expect(models).toEqual([{ id: 'a' }, { id: 'b' }]);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'GET', body: '' });
    expect(request!.path.split('?')[0]).toBe('/v1/models');
    expect(request!.headers.authorization).toBe('Bearer the-key');
  });

  it.each<[string, object, readonly ModelInfo[]]>([
    ['a bare list', [{ id: 'a' }], [{ id: 'a' }]],
    ['another name for the list', { models: [{ name: 'qwen3' }] }, [{ id: 'qwen3' }]],
    ['no installed models', { object: 'list', data: null }, []],
    ['invalid entries', { data: [null, 7, {}, { id: '' }, { id: 'a' }] }, [{ id: 'a' }]],
    ['an id twice', { data: [{ id: 'a' }, { id: 'a' }] }, [{ id: 'a' }]],
    [
      'a context length as vLLM gives it',
      { data: [{ id: 'a', max_model_len: 8192 }] },
      [{ id: 'a', contextTokens: 8192 }],
    ],
    [
      "a gateway's fields",
      { data: [{ id: 'a', name: 'A', context_length: 10, supported_parameters: ['tools'] }] },
      [{ id: 'a', name: 'A', contextTokens: 10, toolCalling: true }],
    ],
    [
      'invalid numbers',
      { data: [{ id: 'a', max_input_tokens: -1, max_tokens: 'many', capabilities: 'all' }] },
      [{ id: 'a' }],
    ],
  ])('accepts %s', async (_what, body, expected) => {
    expect((await list(plainReply(200, body))).models).toEqual(expected);
  });

  it.each([404, 405, 501])('is empty when the server has no such list (%i)', async (status) => {
    expect((await list(plainReply(status, '<html>no</html>'))).models).toEqual([]);
    expect((await list(plainReply(status, { error: { message: 'no' } }))).models).toEqual([]);
  });

  it('fails like a turn: refused key, quota, rate limit', async () => {
    const refusals = [
      [401, {}, 'auth'],
      [403, {}, 'auth'],
      [429, { error: { type: 'rate_limit_error', message: 'slow down' } }, 'rate_limit'],
      [429, { error: { code: 'insufficient_quota', message: 'pay' } }, 'quota'],
      [500, {}, 'overloaded'],
    ] as const;
    for (const [status, body, kind] of refusals) {
      const server = await serve([plainReply(status, body)]);
      expect(await failure(provide(server).listModels(noAbort()))).toMatchObject({ kind });
    }
  });

  it.each([301, 302, 303, 307, 308])(
    'stays with its server, whatever the redirect (%i)',
    async (status) => {
      const target = await serve(() => plainReply(200, { data: [{ id: 'a' }] }));
      const server = await serve([plainReply(status, '', { location: `${target.url}/v1/models` })]);
      const provider = provide(server, { apiKey: 'the-key' });
      expect((await failure(provider.listModels(noAbort()))).kind).toBe('protocol');
      expect(target.socketsOpened).toBe(0);
    },
  );

  it('refuses a redirect, a web page and a body that is too large', async () => {
    const target = await serve(() => plainReply(200, { data: [] }));
    const replies: [Reply, string][] = [
      [plainReply(302, '', { location: `${target.url}/v1/models` }), 'redirects to'],
      [plainReply(200, '<html>Please log in</html>'), 'not an API answer'],
      [plainReply(200, 'null'), 'not an API answer'],
      [plainReply(200, { data: 7 }), 'no list of models'],
      [[streamHead(), send(`[${' '.repeat(5 * 1024 * 1024)}`)], 'larger than'],
    ];
    for (const [reply, words] of replies) {
      const server = await serve([reply]);
      const error = await failure(
        provide(server, { apiKey: 'a-secret-key' }).listModels(noAbort()),
      );
      expect(error.kind).toBe('protocol');
      expect(error.message).toContain(words);
      expect(error.message).not.toContain('a-secret-key');
    }
    expect(target.requests).toHaveLength(0);
  });

  it('names the code when nothing listens', async () => {
    const server = await serve([]);
    await server.close();
    expect(await failure(provide(server).listModels(noAbort()))).toMatchObject({
      kind: 'network',
      code: 'ECONNREFUSED',
    });
  });

  it('is requested once by all callers, and cached for ten minutes', async () => {
    const server = await serve(() => plainReply(200, { data: [{ id: 'a' }] }));
    const clock = new ManualClock();
    const provider = provide(server, { clock });
    const lists = await Promise.all([1, 2, 3].map(() => provider.listModels(noAbort())));
    expect(new Set(lists).size).toBe(1);
    await clock.advance(599_999);
    await provider.listModels(noAbort());
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    await provider.listModels(noAbort());
    expect(server.requests).toHaveLength(2);
  });

  it('is requested again after a failure', async () => {
    const server = await serve([plainReply(500, {}), plainReply(200, { data: [{ id: 'a' }] })]);
    const provider = provide(server);
    await failure(provider.listModels(noAbort()));
    expect(await provider.listModels(noAbort())).toEqual([{ id: 'a' }]);
  });

  it('fails after 15 s without an answer', async () => {
    const server = await serve([[]]);
    const clock = new ManualClock();
    const models = failure(provide(server, { clock }).listModels(noAbort()));
    await until(() => server.requests.length === 1);
    await clock.advance(15_000);
    expect(await models).toMatchObject({ kind: 'network' });
    await server.requests[0]!.closed;
  });

  it('rejects only the caller who cancels', async () => {
    const answered = Promise.withResolvers<void>();
    const server = await serve([
      [{ do: 'wait', for: answered.promise }, ...plainReply(200, { data: [{ id: 'a' }] })],
    ]);
    const provider: Provider = provide(server);
    const controller = new AbortController();
    const cancelled = provider.listModels(controller.signal);
    const other = provider.listModels(noAbort());
    controller.abort(new Error('no more'));
    await expect(cancelled).rejects.toThrow('no more');
    answered.resolve();
    expect(await other).toEqual([{ id: 'a' }]);
  });
});

describe('the list of models of the Messages API', () => {
  const { serve, provide } = turnHarness(testedProtocol('anthropic'));

  it('is read to its last page', async () => {
    const pages: Record<string, object> = {
      '': { data: [{ id: 'a' }], has_more: true, last_id: 'a' },
      a: { data: [{ id: 'b' }], has_more: true, last_id: 'b' },
      b: { data: [{ id: 'c' }], has_more: false, last_id: 'c' },
    };
    const server = await serve(({ path }) => {
      const query = new URL(path, 'http://x').searchParams;
      return plainReply(200, pages[query.get('after_id') ?? ''] ?? {});
    });
    const models = await provide(server).listModels(noAbort());
    expect(models.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(server.requests[0]!.path).toBe('/v1/models?limit=1000');
    expect(server.requests[0]!.headers['anthropic-version']).toBeDefined();
  });

  it('ends even if the server always reports another page', async () => {
    let page = 0;
    const server = await serve(() => {
      page += 1;
      return plainReply(200, { data: [{ id: `m${page}` }], has_more: true, last_id: `m${page}` });
    });
    expect((await provide(server).listModels(noAbort())).length).toBe(20);
    const stuck = await serve(() => plainReply(200, { data: [], has_more: true, last_id: 'x' }));
    await provide(stuck).listModels(noAbort());
    expect(stuck.requests).toHaveLength(2);
  });

  it('has the capabilities of each model', async () => {
    const entry = {
      id: 'claude-x',
      display_name: 'Claude X',
      max_input_tokens: 1_000_000,
      max_tokens: 128_000,
      capabilities: {
        effort: {
          supported: true,
          low: supported,
          medium: supported,
          high: supported,
          xhigh: null,
          max: supported,
        },
        thinking: {
          supported: true,
          types: { adaptive: supported, enabled: unsupported, disabled: unsupported },
        },
      },
    };
    const plain = {
      id: 'claude-y',
      capabilities: { effort: { supported: false, low: supported } },
    };
    const server = await serve([plainReply(200, { data: [entry, plain] })]);
    expect(await provide(server).listModels(noAbort())).toEqual([
      {
        id: 'claude-x',
        name: 'Claude X',
        contextTokens: 1_000_000,
        maxOutputTokens: 128_000,
        efforts: ['low', 'medium', 'high', 'max'],
        thinking: ['adaptive'],
      },
      { id: 'claude-y', efforts: [] },
    ]);
  });
});
