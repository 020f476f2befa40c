import { describe, expect, it } from 'vitest';
import type { ReplyStep } from '../../../support/loopback/loopbackServer.ts';
import { sseText, streamHead } from '../../../support/loopback/replies.ts';
import { settled } from '../../../support/settled.ts';
import { manualClock } from './manualClock.ts';
import { protocols } from './protocols.ts';
import { failureOf, send, turnHarness, until } from './turnHarness.ts';

function isSettled(promise: Promise<unknown>): () => boolean {
  let hasEnded = false;
  void promise.finally(() => {
    hasEnded = true;
  });
  return () => hasEnded;
}

describe.each(protocols)('a turn over HTTP ($name)', (protocol) => {
  const { serve, ask } = turnHarness(protocol);

  describe('that stalls', () => {
    it('fails after 60 s without a head, and not before', async () => {
      const server = await serve([[]]);
      const clock = manualClock();
      const turn = failureOf(ask(server, { clock }));
      const hasEnded = isSettled(turn);
      await until(() => server.requests.length === 1);
      clock.advance(59_999);
      await settled();
      expect(hasEnded()).toBe(false);
      clock.advance(1);
      expect(await turn).toMatchObject({ kind: 'network', retryable: true });
      expect((await turn).message).toContain('did not begin to answer within 60 s');
      await server.requests[0]!.closed;
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
      const clock = manualClock();
      let text = '';
      const onText = (delta: string): void => {
        text += delta;
      };
      const turn = failureOf(ask(server, { clock }, { onText }));
      const hasEnded = isSettled(turn);
      await until(() => text !== '');
      clock.advance(59_999);
      letGoOn();
      await until(() => text.length > 12);
      clock.advance(59_999);
      await settled();
      expect(hasEnded()).toBe(false);
      clock.advance(1);
      expect((await turn).message).toContain(
        'stopped sending in the middle of its answer: no data for 60 s.',
      );
      expect(await turn).toMatchObject({ kind: 'network', retryable: true });
      await server.requests[0]!.closed;
    });

    it('fails after 180 s with signs of life and nothing else', async () => {
      const [first, ...rest] = protocol.answer('The answer is 20.');
      const pings = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
      const server = await serve([
        [
          streamHead(),
          send(sseText([first!])),
          ...pings.flatMap(({ promise }): ReplyStep[] => [
            { do: 'wait', for: promise },
            send(sseText([{ type: 'ping' }])),
          ]),
          send(sseText(rest)),
        ],
      ]);
      const clock = manualClock();
      const turn = failureOf(ask(server, { clock }));
      const hasEnded = isSettled(turn);
      await until(() => server.requests.length === 1);
      await settled();
      for (const { resolve } of pings.slice(0, 3)) {
        clock.advance(50_000);
        resolve();
        await settled();
      }
      clock.advance(29_999);
      await settled();
      expect(hasEnded()).toBe(false);
      clock.advance(1);
      expect(await turn).toMatchObject({ kind: 'network', retryable: true });
      expect((await turn).message).toContain('has sent nothing of its answer for 180 s');
      await server.requests[0]!.closed;
    });

    it('takes other limits', async () => {
      const server = await serve([[], [streamHead()]]);
      const [head, idle] = [{ headersTimeoutMs: 50 }, { idleTimeoutMs: 50 }];
      expect((await failureOf(ask(server, head))).message).toContain('did not begin');
      expect((await failureOf(ask(server, idle))).message).toContain('stopped sending');
    });
  });
});
