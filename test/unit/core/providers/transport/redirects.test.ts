import { afterEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../../../../src/core/providers/provider.ts';
import { testConnection } from '../../../../../src/host/connectionTest.ts';
import {
  type LoopbackServer,
  type Replies,
  type Reply,
  startLoopbackServer,
} from '../../../../support/loopback/loopbackServer.ts';
import { plainReply, streamHead } from '../../../../support/loopback/replies.ts';
import { answerText, noAbort, protocols, smallRequest, type TestedProtocol } from '../protocols.ts';
import { send } from '../turnHarness.ts';

const key = 'the-key-that-stays';

/** The requests of a provider, each resolved to its error message. */
const requests: readonly (readonly [string, (provider: Provider) => Promise<string>])[] = [
  ['a turn', (provider) => failureText(provider.turn(smallRequest, {}, noAbort()))],
  ['the list of models', (provider) => failureText(provider.listModels(noAbort()))],
  [
    'the connection test',
    async (provider) => {
      const providers = { withFresh: <T>(_id: unknown, act: (it: Provider) => T) => act(provider) };
      const tested = { id: provider.id, model: 'some-model' };
      const { outcome, message } = await testConnection(tested, providers, noAbort());
      return outcome === 'fails' ? message : `${outcome}: ${message}`;
    },
  ],
];

function failureText(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => 'an answer was taken',
    (error: unknown) => String(error),
  );
}

/** Bodies of a redirect: nothing, JSON, or a complete streamed answer. */
function bodies(protocol: TestedProtocol): readonly (readonly [string, Reply])[] {
  return [
    ['no body', [{ do: 'end' }]],
    ['a list of models', [send('{"data":[{"id":"some-model"}]}'), { do: 'end' }]],
    ['a streamed answer', [send(answerText(protocol)), { do: 'end' }]],
    ['a stream that never ends', [send('data: 1\n\n')]],
  ];
}

describe.each(protocols)('a redirect ($name)', (protocol) => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function serve(replies: Replies): Promise<LoopbackServer> {
    const server = await startLoopbackServer(replies);
    cleanups.push(() => server.close());
    return server;
  }

  /** The redirect's target. It would answer every request. */
  function redirectTarget(): Promise<LoopbackServer> {
    return serve(({ method }) =>
      method === 'GET'
        ? plainReply(200, { data: [{ id: 'some-model' }] })
        : [streamHead(), send(answerText(protocol)), { do: 'end' }],
    );
  }

  function provide(server: LoopbackServer): Provider {
    const provider = protocol.create({ baseUrl: server.url, apiKey: key });
    cleanups.push(() => provider.dispose());
    return provider;
  }

  const cases = [301, 302, 303, 307, 308].flatMap((status) =>
    requests.flatMap(([what, ask]) =>
      bodies(protocol).map(([body, steps]) => ({ status, what, ask, body, steps })),
    ),
  );

  it.each(cases)(
    'is not followed by $what ($status, $body)',
    async ({ status, ask, body, steps }) => {
      const type = body === 'a list of models' ? 'application/json' : 'text/event-stream';
      const target = await redirectTarget();
      const server = await serve(({ path }) => [
        {
          do: 'head',
          status,
          headers: { 'content-type': type, location: `${target.url}${path}` },
        },
        ...steps,
      ]);
      const text = await ask(provide(server));
      // Neither a request nor a connection.
      expect({ requests: target.requests, sockets: target.socketsOpened }).toEqual({
        requests: [],
        sockets: 0,
      });
      expect(text).toContain(
        `${new URL(server.url).host} redirects to ${new URL(target.url).host}`,
      );
      expect(text).toContain(`HTTP ${status}`);
      expect(text).not.toContain(key);
      // Only the configured server got the key, in a single request.
      expect(server.requests).toHaveLength(1);
      expect(JSON.stringify(server.requests[0]?.headers)).toContain(key);
    },
  );

  it.each([
    ['a path', '/elsewhere'],
    ['nothing', undefined],
    ['no address', 'http://'],
    ['another scheme', 'file:///etc/passwd'],
    ['a name and a password', 'https://me:letmein-42@127.0.0.1:9/?token=abcdefgh'],
    ['a line end', 'http://127.0.0.1:9/\u0085x'],
  ])('to %s is not followed and shows no secret', async (_what, location) => {
    const server = await serve(() =>
      plainReply(307, '', location === undefined ? {} : { location }),
    );
    for (const [, ask] of requests) {
      const text = await ask(provide(server));
      expect(text).toContain('Redirects are not followed');
      expect(text).not.toMatch(/letmein|abcdefgh|passwd|\u0085/);
    }
    expect(server.requests).toHaveLength(requests.length);
  });
});
