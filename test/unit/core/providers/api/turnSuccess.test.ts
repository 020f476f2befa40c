import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';
import {
  plainReply,
  sseText,
  streamHead,
  streamReply,
} from '../../../../support/loopback/replies.ts';
import { answerText, noAbort, protocols, smallRequest } from '../protocols.ts';
import { failureOf, send, turnHarness, until } from '../turnHarness.ts';

describe.each(protocols)('a turn over HTTP ($name)', (protocol) => {
  const { serve, provide, ask } = turnHarness(protocol);

  describe('that succeeds', () => {
    it('calls its observer for the head, the beginning and the text of one chunk', async () => {
      const server = await serve([
        streamReply(answerText(protocol), { 'request-id': 'req_7', 'x-limit': '3' }),
      ]);
      const calls: string[] = [];
      const turn = await ask(
        server,
        {},
        {
          onHead: (status, header) => calls.push(`head ${status} ${header('x-limit')}`),
          onBegin: () => calls.push('begin'),
          onText: (text) => calls.push(text),
        },
      );
      expect(calls).toEqual(['head 200 3', 'begin', 'The answer is 20.']);
      expect(turn).toMatchObject({
        message: { role: 'assistant', text: 'The answer is 20.', toolCalls: [] },
        stop: 'final',
        requestId: 'req_7',
      });
      expect(turn.usage).toMatchObject({ inputTokens: 10, outputTokens: 5 });
    });

    it('passes on a delta without waiting for the next one', async () => {
      const events = protocol.answer('The answer is 20.');
      const last = events.length - 3;
      const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<void>();
      const server = await serve([
        [
          streamHead(),
          send(sseText(events.slice(0, last))),
          { do: 'wait', for: goOn },
          send(sseText(events.slice(last))),
          { do: 'end' },
        ],
      ]);
      let streamed = '';
      const onText = (piece: string): void => {
        streamed += piece;
      };
      const turn = ask(server, {}, { onText });
      await until(() => streamed !== '');
      letGoOn();
      expect((await turn).message.text).toBe('The answer is 20.');
      expect(streamed).toBe('The answer is 20.');
    });

    it('is the same when every byte arrives by itself', async () => {
      const text = answerText(protocol, 'Zwölf Boxkämpfer jagen 🦊.');
      const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
      const server = await serve([streamReply(text), streamReply(bytes)]);
      const provider = provide(server);
      const whole = await provider.turn(smallRequest, {}, noAbort());
      expect(whole.message.text).toBe('Zwölf Boxkämpfer jagen 🦊.');
      expect(await provider.turn(smallRequest, {}, noAbort())).toEqual(whole);
    });

    it('takes the request id from x-request-id, and none when there is none', async () => {
      const server = await serve([
        streamReply(answerText(protocol), { 'x-request-id': 'req_x' }),
        streamReply(answerText(protocol)),
      ]);
      const provider = provide(server);
      expect((await provider.turn(smallRequest, {}, noAbort())).requestId).toBe('req_x');
      expect(await provider.turn(smallRequest, {}, noAbort())).not.toHaveProperty('requestId');
    });

    it('does not need the response to end after its last event', async () => {
      const server = await serve([[streamHead(), send(answerText(protocol))]]);
      expect((await ask(server)).message.text).toBe('The answer is 20.');
    });

    it('ignores what follows its last event', async () => {
      const rest = 'data: not json\n\n';
      const server = await serve([
        [streamHead(), send(answerText(protocol) + rest), { do: 'reset' }],
      ]);
      expect((await ask(server)).message.text).toBe('The answer is 20.');
    });

    it('ignores unknown events, comments and unknown fields', async () => {
      const events = protocol.answer('20').flatMap((event) => [
        { ...event, novelty: { a: [1] } },
        { type: 'something.new', data: null },
      ]);
      const server = await serve([streamReply(`: hello\n\n${sseText(events)}`)]);
      expect((await ask(server)).message.text).toBe('20');
    });

    it('uses one socket for turns that follow one another', async () => {
      const server = await serve(() => streamReply(answerText(protocol)));
      const provider = provide(server);
      for (let count = 0; count < 5; count += 1) {
        await provider.turn(smallRequest, {}, noAbort());
      }
      expect(server.socketsOpened).toBe(1);
    });

    it('uses one socket for each concurrent turn', async () => {
      const server = await serve(() => streamReply(answerText(protocol)));
      const provider = provide(server);
      const conversation = async (): Promise<void> => {
        for (let count = 0; count < 4; count += 1) {
          await provider.turn(smallRequest, {}, noAbort());
        }
      };
      await Promise.all(Array.from({ length: 20 }, conversation));
      expect(server.requests).toHaveLength(80);
      expect(server.socketsOpened).toBeLessThanOrEqual(20);
    });

    it('runs to its end after the provider was disposed, and then its socket is closed', async () => {
      const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<void>();
      const server = await serve([
        [streamHead(), { do: 'wait', for: goOn }, send(answerText(protocol)), { do: 'end' }],
      ]);
      const provider = provide(server);
      const turn = provider.turn(smallRequest, {}, noAbort());
      await until(() => server.requests.length === 1);
      provider.dispose();
      letGoOn();
      expect((await turn).message.text).toBe('The answer is 20.');
      await server.requests[0]!.closed;
    });

    it('leaves an idle socket that dispose closes', async () => {
      const server = await serve([streamReply(answerText(protocol))]);
      const provider = provide(server);
      await provider.turn(smallRequest, {}, noAbort());
      provider.dispose();
      await server.requests[0]!.closed;
    });
  });

  it('never changes the request it was given', async () => {
    const server = await serve(({ method }) =>
      method === 'GET' ? plainReply(404, {}) : streamReply(answerText(protocol)),
    );
    const request: ModelRequest = {
      ...smallRequest,
      system: 'Be brief.',
      tools: [{ name: 't', description: 'd', inputSchema: { type: 'object' } }],
      effort: 'high',
    };
    const before = structuredClone(request);
    const provider = provide(server);
    await provider.turn(request, {}, noAbort());
    await provider.turn(request, {}, noAbort());
    expect(request).toEqual(before);
    const [first, second] = server.requests.filter(({ method }) => method === 'POST');
    expect(second!.body).toBe(first!.body);
  });

  it('reports a bug of this program as internal', async () => {
    const server = await serve([]);
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const tools = [{ name: 't', description: 'd', inputSchema: { circular } }];
    const turn = provide(server).turn({ ...smallRequest, tools }, {}, noAbort());
    expect(await failureOf(turn)).toMatchObject({ kind: 'internal', retryable: false });
    expect(server.requests).toHaveLength(0);
  });
});
