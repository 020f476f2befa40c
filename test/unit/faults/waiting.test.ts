import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { FaultProtocol } from '../../support/faults/faultProtocol.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import type { Reply } from '../../support/loopback/loopbackServer.ts';
import { plainReply, sseText, streamHead } from '../../support/loopback/replies.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { stage, turnReply, undisturbed, waitsOf } from './stage.ts';

const dateIn = (ms: number): string => new Date(Date.now() + ms).toUTCString();

function rateLimited(protocol: FaultProtocol, headers: Record<string, string> = {}): Reply {
  return plainReply(429, protocol.errorBody('rate_limit_error', 'Slow down.'), headers);
}

describe.each(faultProtocols)('waiting for a provider ($name)', (protocol) => {
  const { start, play } = stage(protocol);
  const script = undisturbed.map((turn) => turnReply(protocol, turn));
  const answer = turnReply(protocol, { text: 'Done.' });

  describe('F1: a rate limit', () => {
    it.each<[string, Record<string, string>, number, number]>([
      ['seconds', { 'retry-after': '7' }, 7_000, 7_000],
      ['milliseconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500, 1_500],
      ['a date', { 'retry-after': dateIn(30_000) }, 20_000, 30_000],
      ['an hour', { 'retry-after': '3600' }, 3_600_000, 3_600_000],
      ['no time at all', { 'retry-after': '0' }, 100, 500],
      ['a date that has passed', { 'retry-after': dateIn(-60_000) }, 100, 500],
      ['less than nothing', { 'retry-after': '-5' }, 100, 500],
      ['something without sense', { 'retry-after': 'soon' }, 100, 500],
      ['nothing', {}, 100, 500],
    ])('that says %s is waited for, visibly, and the conversation goes on', async (...row) => {
      const [, headers, least, most] = row;
      const replies = [script[0]!, rateLimited(protocol, headers), script[1]!, script[2]!];
      const { conversation, server, events } = await play(replies);
      expect(conversation).toMatchObject({ status: 'done', answer: 'The answer is 40.', turns: 3 });
      expect(server.requests).toHaveLength(4);
      const found = waitsOf(events);
      expect(found).toHaveLength(1);
      expect(found[0]!.reason).toBe('rate_limit');
      expect(found[0]!.ms).toBeGreaterThanOrEqual(least);
      expect(found[0]!.ms).toBeLessThanOrEqual(most);
    });

    it('that never ends is given up after 100 requests', async () => {
      const reply = rateLimited(protocol, { 'retry-after': '1' });
      const { conversation, server } = await play(() => reply);
      expect(conversation).toMatchObject({ status: 'failed', reason: 'rate_limit' });
      expect(conversation.error!.message).toMatch(/^The rate limit of 127\.0\.0\.1:\d+ is reached/);
      expect(server.requests).toHaveLength(100);
    });
  });

  describe('F2: a rate limit that hits all conversations', () => {
    it('holds everyone for the time the server asks for, and then all finish', async () => {
      const clock = new ManualClock();
      const prompts = Array.from({ length: 100 }, (_, index) => `p${index}`);
      const limited = rateLimited(protocol, { 'retry-after': '5' });
      let open = false;
      const { run, server } = await start(() => (open ? answer : limited), { clock, prompts });
      await vi.waitFor(() => expect(run.state.counts.waiting).toBe(100));
      const first = server.requests.length;
      expect(first).toBeLessThanOrEqual(32);
      await clock.advance(4_900);
      await sleep(30);
      expect(server.requests).toHaveLength(first);
      open = true;
      await clock.advance(200);
      const result = await run.ended();
      expect(result.counts.done).toBe(100);
      expect(server.requests).toHaveLength(100 + first);
    });
  });

  describe('F3 and F4: an error that a person has to mend', () => {
    it.each([
      ['quota', 429, 'insufficient_quota'],
      ['auth', 401, 'authentication_error'],
    ])('(%s) pauses the run once and goes on where it was', async (kind, status, code) => {
      let mended = false;
      let refusals = 0;
      const prompts = Array.from({ length: 40 }, (_, index) => `p${index}`);
      const { run, server, events, kept } = await start(
        ({ body }) => {
          const isFirst = !body.includes('call_a');
          if (isFirst) return script[0]!;
          if (mended) return turnReply(protocol, { text: protocol.promptOf(body) });
          refusals++;
          return plainReply(status, protocol.errorBody(code, 'No luck.'));
        },
        { prompts, whenBlocked: 'pause' },
      );
      await vi.waitFor(() => expect(run.state.paused).toMatchObject({ kind }));
      await vi.waitFor(() => expect(run.state.counts.waiting).toBe(40));
      expect(refusals).toBeLessThanOrEqual(32);
      const sent = server.requests.length;
      await sleep(30);
      expect(server.requests).toHaveLength(sent);
      expect(events.filter(({ type }) => type === 'run.paused')).toHaveLength(1);
      mended = true;
      run.resume();
      const result = await run.ended();
      expect(result.conversations.map(({ answer: text }) => text)).toEqual(prompts);
      expect(server.requests).toHaveLength(80 + refusals);
      expect([...kept.values()].every((messages) => messages.length === 4)).toBe(true);
    });
  });

  it('F5: waits longer after each failure, with an end', async () => {
    const { events } = await play(() => plainReply(529, protocol.errorBody('x', 'Busy.')));
    const found = waitsOf(events).map(({ ms }) => ms);
    expect(found).toEqual([375, 750, 1_500, 3_000, 6_000, 12_000, 22_500]);
  });

  describe('F9: a provider that falls silent', () => {
    it.each<[string, Reply, RegExp]>([
      ['before the head', [], /did not begin to answer within 60 s/],
      ['after the head', [streamHead()], /did not begin|stopped sending/],
      [
        'in the middle',
        [
          streamHead(),
          { do: 'send', bytes: sseText(protocol.events({ text: 'No.' }).slice(0, 5)) },
        ],
        /stopped sending .*\(60 s\)/,
      ],
    ])('%s is given up after a minute and asked again', async (where, silent, message) => {
      const clock = new ManualClock();
      const replies = [script[0]!, silent, script[1]!, script[2]!];
      const { run, server, events } = await start(replies, { provider: { clock } });
      const discarded = () => events.filter((event) => event.type === 'turn.discarded');
      await vi.waitFor(() => expect(server.requests).toHaveLength(2));
      const heard = () => events.some((event) => event.type === 'turn.delta' && event.turn === 2);
      if (where === 'in the middle') await vi.waitFor(() => expect(heard()).toBe(true));
      await sleep(20);
      await clock.advance(59_000);
      expect(discarded()).toHaveLength(0);
      await clock.advance(1_000);
      const result = await run.ended();
      expect(discarded()).toMatchObject([{ turn: 2, attempt: 1, error: { kind: 'network' } }]);
      expect(discarded()[0]!.error.message).toMatch(message);
      expect(result.conversations[0]).toMatchObject({
        status: 'done',
        answer: 'The answer is 40.',
      });
      expect(server.requests).toHaveLength(4);
      await server.requests[1]!.closed;
    });
  });
});
