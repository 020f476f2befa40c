import { describe, expect, it, vi } from 'vitest';
import type { LoopbackServer, Reply } from '../../../../support/loopback/loopbackServer.ts';
import { sseText, streamHead, streamReply } from '../../../../support/loopback/replies.ts';
import { settled } from '../../../../support/settled.ts';
import { answerText, noAbort, protocols, smallRequest } from '../protocols.ts';
import { send, turnHarness, until } from '../turnHarness.ts';

describe.each(protocols)('a turn over HTTP ($name)', (protocol) => {
  const { serve, provide } = turnHarness(protocol);

  describe('that is aborted', () => {
    const reason = new Error('changed my mind');

    async function abortWhen(
      reply: Reply,
      condition: (server: LoopbackServer, begun: boolean) => boolean,
    ): Promise<void> {
      const server = await serve([reply]);
      const controller = new AbortController();
      let begun = false;
      const observer = {
        onBegin: () => {
          begun = true;
        },
      };
      const turn = provide(server).turn(smallRequest, observer, controller.signal);
      const outcome = turn.catch((error: unknown) => error);
      await until(() => condition(server, begun));
      controller.abort(reason);
      expect(await outcome).toBe(reason);
      await server.requests[0]!.closed;
    }

    it('rejects with the reason and closes the socket while it waits for the head', async () => {
      await abortWhen([], (server) => server.requests.length === 1);
    });

    it('rejects with the reason and closes the socket while it streams', async () => {
      const events = protocol.answer('20').slice(0, 3);
      await abortWhen([streamHead(), send(sseText(events))], (_, begun) => begun);
    });

    it('rejects with the reason while it reads an error', async () => {
      const server = await serve([[{ do: 'head', status: 500 }, send('{"err')]]);
      const controller = new AbortController();
      const observer = { onHead: () => void settled().then(() => controller.abort(reason)) };
      const turn = provide(server).turn(smallRequest, observer, controller.signal);
      await expect(turn).rejects.toBe(reason);
      await server.requests[0]!.closed;
    });

    it('rejects with the reason when its observer aborts it', async () => {
      const server = await serve([streamReply(answerText(protocol))]);
      const controller = new AbortController();
      const observer = { onHead: () => controller.abort(reason) };
      const turn = provide(server).turn(smallRequest, observer, controller.signal);
      await expect(turn).rejects.toBe(reason);
      await server.requests[0]!.closed;
    });

    it('sends nothing when it is aborted beforehand', async () => {
      const server = await serve([streamReply(answerText(protocol))]);
      const turn = provide(server).turn(smallRequest, {}, AbortSignal.abort(reason));
      await expect(turn).rejects.toBe(reason);
      expect(server.requests).toHaveLength(0);
      expect(server.socketsOpened).toBe(0);
    });

    it('leaves the other turns alone', async () => {
      const text = answerText(protocol);
      const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<void>();
      const slow: Reply = [
        streamHead(),
        send(text.slice(0, 20)),
        { do: 'wait', for: goOn },
        send(text.slice(20)),
        { do: 'end' },
      ];
      const server = await serve(() => slow);
      const provider = provide(server);
      const controller = new AbortController();
      const other = provider.turn(smallRequest, {}, noAbort());
      const aborted = provider.turn(smallRequest, {}, controller.signal).catch((error) => error);
      await until(() => server.requests.length === 2);
      controller.abort(reason);
      expect(await aborted).toBe(reason);
      letGoOn();
      expect((await other).message.text).toBe('The answer is 20.');
    });

    it('leaves no listener on a signal that outlives it', async () => {
      const server = await serve(() => streamReply(answerText(protocol)));
      const { signal } = new AbortController();
      let listeners = 0;
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      vi.spyOn(signal, 'addEventListener').mockImplementation((...args: Parameters<typeof add>) => {
        listeners += 1;
        add(...args);
      });
      vi.spyOn(signal, 'removeEventListener').mockImplementation(
        (...args: Parameters<typeof remove>) => {
          listeners -= 1;
          remove(...args);
        },
      );
      await provide(server).turn(smallRequest, {}, signal);
      expect(signal.addEventListener).toHaveBeenCalled();
      expect(listeners).toBe(0);
    });
  });
});
