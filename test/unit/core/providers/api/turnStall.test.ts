import { describe, expect, it } from 'vitest';
import type { ReplyStep } from '../../../../support/loopback/loopbackServer.ts';
import { sseText, streamHead } from '../../../../support/loopback/replies.ts';
import { ManualClock } from '../../../../support/manualClock.ts';
import { settled } from '../../../../support/settled.ts';
import { noAbort, protocols, smallRequest } from '../protocols.ts';
import { failureOf, send, turnHarness, until } from '../turnHarness.ts';

function isSettled(promise: Promise<unknown>): () => boolean {
  let hasEnded = false;
  void promise.finally(() => {
    hasEnded = true;
  });
  return () => hasEnded;
}

describe.each(protocols)('a turn over HTTP ($name)', (protocol) => {
  const { serve, ask, provide } = turnHarness(protocol);

  describe('that stalls', () => {
    it.each([
      ['10 minutes by default for a local server', {}, 600],
      ['its own setting for any server', { headersTimeoutMs: 61_000 }, 61],
    ])('C22: fails without a head after %s', async (_what, limits, seconds) => {
      const server = await serve([[]]);
      const clock = new ManualClock();
      const turn = failureOf(ask(server, { clock, ...limits }));
      const hasEnded = isSettled(turn);
      await until(() => server.requests.length === 1);
      await clock.advance(seconds * 1000 - 1);
      await settled();
      expect(hasEnded()).toBe(false);
      await clock.advance(1);
      expect(await turn).toMatchObject({ kind: 'network', retryable: true });
      expect((await turn).message).toContain(`did not begin to answer within ${seconds} s`);
      expect((await turn).message).toContain('raise the limit headersSeconds');
      await server.requests[0]!.closed;
    });

    it('C22: raises the timeout of the next requests, once for all that were in flight', async () => {
      const server = await serve(() => []);
      const clock = new ManualClock();
      const provider = provide(server, { clock, headersTimeoutMs: 3_000 });
      const retry = () => failureOf(provider.turn(smallRequest, {}, noAbort()));
      const waits = [3, 6, 12, 24, 24];
      let sent = 0;
      for (const seconds of waits) {
        const turns = [retry(), retry()];
        sent += turns.length;
        await until(() => server.requests.length === sent);
        await clock.advance(seconds * 1000);
        for (const turn of turns) expect((await turn).message).toContain(`within ${seconds} s`);
      }
    });

    it('fails after 60 s without a byte, counted from the last one', async () => {
      const events = protocol.answer('The answer is 20.');
      const last = events.length - 3;
      const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<void>();
      const server = await serve([
        [
          streamHead(),
          send(sseText(events.slice(0, 5))),
          { do: 'wait', for: goOn },
          send(sseText(events.slice(5, last))),
        ],
      ]);
      const clock = new ManualClock();
      let text = '';
      const onText = (delta: string): void => {
        text += delta;
      };
      const turn = failureOf(ask(server, { clock }, { onText }));
      const hasEnded = isSettled(turn);
      await until(() => text !== '');
      await clock.advance(59_999);
      letGoOn();
      await until(() => text.length > 12);
      await clock.advance(59_999);
      await settled();
      expect(hasEnded()).toBe(false);
      await clock.advance(1);
      expect((await turn).message).toContain(
        'stopped sending in the middle of its answer: no data for 60 s.',
      );
      expect(await turn).toMatchObject({ kind: 'network', retryable: true });
      await server.requests[0]!.closed;
    });

    it('C23: continues as long as heartbeats arrive', async () => {
      const [first, ...rest] = protocol.answer('The answer is 20.');
      const signs = ['event: ping\ndata: {"type":"ping"}\n\n', ': still here\n\n', '\n'];
      const lulls = Array.from({ length: 9 }, () => Promise.withResolvers<void>());
      const server = await serve([
        [
          streamHead(),
          send(sseText([first!])),
          ...lulls.flatMap(({ promise }, index): ReplyStep[] => [
            { do: 'wait', for: promise },
            send(signs[index % signs.length]!),
          ]),
          send(sseText(rest)),
          { do: 'end' },
        ],
      ]);
      const clock = new ManualClock();
      const turn = ask(server, { clock, contentTimeoutMs: 55_000 });
      await until(() => server.requests.length === 1);
      await settled();
      for (const { resolve } of lulls) {
        await clock.advance(50_000);
        resolve();
        await settled();
      }
      expect((await turn).message.text).toBe('The answer is 20.');
      expect(server.requests).toHaveLength(1);
    });

    it('uses other limits', async () => {
      const server = await serve([[], [streamHead()]]);
      const [head, idle] = [{ headersTimeoutMs: 50 }, { idleTimeoutMs: 50 }];
      expect((await failureOf(ask(server, head))).message).toContain('did not begin');
      expect((await failureOf(ask(server, idle))).message).toContain('stopped sending');
    });
  });
});
