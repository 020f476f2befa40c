import { describe, expect, it, vi } from 'vitest';
import { RunLog } from '../../../src/core/export/runLog.ts';
import { currentWait } from '../../../src/shared/span.ts';
import type { FaultProtocol } from '../../support/faults/faultProtocol.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import { JumpingClock } from '../../support/faults/jumpingClock.ts';
import type { Reply } from '../../support/loopback/loopbackServer.ts';
import { plainReply, sseText, streamHead } from '../../support/loopback/replies.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { settled } from '../../support/settled.ts';
import { jumping, stage, turnReply, undisturbed, waitsOf } from './stage.ts';

const dateIn = (ms: number): string => new Date(Date.now() + ms).toUTCString();

/** Headers with a time are computed when they are sent. */
type Headers = Record<string, string | (() => string)>;

function rateLimited(protocol: FaultProtocol, headers: Headers = {}): Reply {
  const now = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value(),
  ]);
  const body = protocol.errorBody('rate_limit_error', 'Slow down.');
  return plainReply(429, body, Object.fromEntries(now));
}

describe.each(faultProtocols)('waiting for a provider ($name)', (protocol) => {
  const { start, play } = stage(protocol);
  const script = undisturbed.map((turn) => turnReply(protocol, turn));
  const answer = turnReply(protocol, { text: 'Done.' });

  describe('F1: a rate limit', () => {
    it.each<[string, Headers, number, number]>([
      ['seconds', { 'retry-after': '7' }, 7_000, 7_000],
      ['milliseconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500, 1_500],
      ['a date', { 'retry-after': () => dateIn(30_000) }, 20_000, 30_000],
      ['an hour', { 'retry-after': '3600' }, 3_600_000, 3_600_000],
      ['zero', { 'retry-after': '0' }, 100, 500],
      ['a date that has passed', { 'retry-after': () => dateIn(-60_000) }, 100, 500],
      ['a negative wait', { 'retry-after': '-5' }, 100, 500],
      ['nonsense', { 'retry-after': 'soon' }, 100, 500],
      ['nothing', {}, 100, 500],
    ])('that says %s is waited for, visibly, and the conversation continues', async (...row) => {
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

    it('that lasts an hour parks all conversations until a time of day, without a slot', async () => {
      const clock = new ManualClock();
      const prompts = ['a', 'b', 'c'];
      const limited = rateLimited(protocol, { 'retry-after': '3600' });
      let open = false;
      const { run, server, events } = await start(() => (open ? answer : limited), {
        ...{ clock, prompts },
        limits: { timeoutMs: 600_000 },
      });
      const parked = () => run.state.conversations.flatMap((one) => currentWait(one) ?? []);
      await vi.waitFor(() => expect(parked()).toHaveLength(3));
      for (const { reason, untilMs, untilTime } of parked()) {
        expect(reason).toBe('rate_limit');
        expect(untilMs).toBe(3_600_000);
        expect(Math.abs(Date.parse(untilTime!) - Date.now() - 3_600_000)).toBeLessThan(60_000);
      }
      const log = new RunLog(run.state, 'interleaved');
      const lines = events.flatMap((event) => log.lines(event)).join('\n');
      expect(lines).toMatch(/… waiting for rate limit, until \d\d:\d\d$/m);
      run.cancelConversation(1);
      await vi.waitFor(() => expect(run.state.counts.cancelled).toBe(1));
      await clock.advance(3_599_000);
      expect(server.requests).toHaveLength(3);
      open = true;
      await clock.advance(1_000);
      expect((await run.ended()).counts).toMatchObject({ done: 2, cancelled: 1 });
      expect(server.requests).toHaveLength(5);
    });

    it('shows no time of day when it is short', async () => {
      const limited = rateLimited(protocol, { 'retry-after': '120' });
      const { events } = await play([limited, answer]);
      const waits = events.filter((event) => event.type === 'conversation.waiting');
      expect(waits).toHaveLength(1);
      expect(waits[0]!.untilTime).toBeUndefined();
    });

    it.each(
      [new Date(Date.now() + 40 * 86_400_000), new Date(8e15)].map((date) => date.toUTCString()),
    )('that asks for a wait of %s can be cancelled like any other', async (wait) => {
      const limited = rateLimited(protocol, { 'retry-after': wait });
      const { run } = await start(() => limited, { clock: new ManualClock() });
      await vi.waitFor(() => expect(run.state.counts.waiting).toBe(1));
      const { untilTime } = currentWait(run.state.conversations[0]!)!;
      expect(Date.parse(untilTime!)).toBeLessThan(Date.now() + 32 * 86_400_000);
      run.cancel();
      expect((await run.ended()).counts.cancelled).toBe(1);
    });

    it.each([
      ['seconds since 1970', '1732100000'],
      ['more seconds than there are', '9'.repeat(39)],
      ['hours', '99999999999999999999h'],
      ['the end of time', '9999-12-31T23:59:59Z'],
    ])('with a reset of %s delays nobody for long', async (_, reset) => {
      const isAnthropic = protocol.name === 'anthropic';
      const named = (part: string): string =>
        isAnthropic ? `anthropic-ratelimit-requests-${part}` : `x-ratelimit-${part}-requests`;
      const headers = {
        [named('limit')]: '60',
        [named('remaining')]: '0',
        [named('reset')]: reset,
      };
      const limited = script.map((reply): Reply => [streamHead(headers), ...reply.slice(1)]);
      const { conversation, events } = await play(limited);
      expect(conversation).toMatchObject({ status: 'done' });
      expect(conversation.endMs).toBeLessThan(60_000);
      // One request per second, as the limit itself says.
      expect(events.some((event) => event.type === 'conversation.waiting')).toBe(true);
    });

    it('still applies after an answer with an impossible number of tokens', async () => {
      const [head, ...turns] = script;
      const many = JSON.parse(JSON.stringify(head).replaceAll(/(put_tokens\\":)\d+/g, '$11e308'));
      const named = (part: string): string =>
        protocol.name === 'anthropic'
          ? `anthropic-ratelimit-tokens-${part}`
          : `x-ratelimit-${part}-tokens`;
      const headers = { [named('limit')]: '60000', [named('remaining')]: '60000' };
      const first: Reply = [streamHead(headers), ...many.slice(1)];
      const { conversation, run } = await play([first, ...turns]);
      expect(conversation).toMatchObject({ status: 'done' });
      expect(conversation.endMs).toBeLessThan(600_000);
      expect(Number.isSafeInteger(run.state.usage.inputTokens)).toBe(true);
    });

    it('that never ends fails after as many requests as a turn has attempts', async () => {
      const reply = rateLimited(protocol, { 'retry-after': '1' });
      const { conversation, server } = await play(() => reply);
      expect(conversation).toMatchObject({ status: 'failed', reason: 'rate_limit' });
      expect(conversation.error!.message).toMatch(/^The rate limit of 127\.0\.0\.1:\d+ is reached/);
      expect(server.requests).toHaveLength(8);
    });
  });

  describe('F2: a rate limit that hits all conversations', () => {
    it('blocks all for the time the server asks for, and then all finish', async () => {
      const clock = new ManualClock();
      const prompts = Array.from({ length: 100 }, (_, index) => `p${index}`);
      const limited = rateLimited(protocol, { 'retry-after': '5' });
      let open = false;
      const { run, server } = await start(() => (open ? answer : limited), { clock, prompts });
      await vi.waitFor(() => expect(run.state.counts.waiting).toBe(100));
      const first = server.requests.length;
      expect(first).toBeLessThanOrEqual(32);
      await clock.advance(4_900);
      await settled();
      expect(server.requests).toHaveLength(first);
      open = true;
      // They resume at different times.
      for (let left = 400; left > 0 && run.state.state === 'running'; left--) {
        await clock.advance(100);
        await settled();
      }
      const result = await run.ended();
      expect(result.counts.done).toBe(100);
      expect(server.requests).toHaveLength(100 + first);
    });
  });

  it('F2: a storm of refusals takes few requests, and all finish', async () => {
    const clock = new JumpingClock();
    const prompts = Array.from({ length: 100 }, (_, index) => `p${index}`);
    let [level, atMs] = [5, 0];
    const isTaken = (): boolean => {
      level = Math.min(5, level + (clock.now() - atMs) * 0.005);
      atMs = clock.now();
      if (level < 1) return false;
      level -= 1;
      return true;
    };
    const limited = rateLimited(protocol, { 'retry-after': '1' });
    const { run, server } = await start(
      ({ body }) => {
        if (!isTaken()) return limited;
        const turn = body.match(/"(tool_result|function_call_output)"/g)?.length ?? 0;
        return script[turn]!;
      },
      { runner: jumping(clock), prompts },
    );
    const result = await run.ended();
    expect(result.counts.done).toBe(100);
    expect(result.conversations.every(({ turns }) => turns === 3)).toBe(true);
    expect(server.requests.length).toBeLessThanOrEqual(1.2 * 300);
  });

  describe('F3 and F4: an error that the user must fix', () => {
    it.each([
      ['quota', 429, 'insufficient_quota'],
      ['auth', 401, 'authentication_error'],
    ])('(%s) pauses the run once, and it continues where it was', async (kind, status, code) => {
      let isFixed = false;
      let refusals = 0;
      const prompts = Array.from({ length: 40 }, (_, index) => `p${index}`);
      const { run, server, events, kept } = await start(
        ({ body }) => {
          const isFirst = !body.includes('call_a');
          if (isFirst) return script[0]!;
          if (isFixed) return turnReply(protocol, { text: protocol.promptOf(body) });
          refusals++;
          return plainReply(status, protocol.errorBody(code, 'No luck.'));
        },
        { prompts, whenBlocked: 'pause' },
      );
      await vi.waitFor(() => expect(run.state.paused).toMatchObject({ kind }));
      await vi.waitFor(() => expect(run.state.counts.waiting).toBe(40));
      expect(refusals).toBeLessThanOrEqual(32);
      const sent = server.requests.length;
      await settled();
      expect(server.requests).toHaveLength(sent);
      expect(events.filter(({ type }) => type === 'run.paused')).toHaveLength(1);
      isFixed = true;
      run.resume();
      const result = await run.ended();
      expect(result.conversations.map(({ answer: text }) => text)).toEqual(prompts);
      expect(server.requests).toHaveLength(80 + refusals);
      expect([...kept.values()].every((messages) => messages.length === 4)).toBe(true);
    });
  });

  it('F5: backoff grows after each failure, up to a max', async () => {
    const { events } = await play(() => plainReply(529, protocol.errorBody('x', 'Busy.')));
    const found = waitsOf(events).map(({ ms }) => ms);
    expect(found).toEqual([375, 750, 1_500, 3_000, 6_000, 12_000, 22_500]);
  });

  describe('F9: a silent provider', () => {
    it.each<[string, Reply, RegExp]>([
      ['before the head', [], /did not begin to answer within 60 s/],
      ['after the head', [streamHead()], /did not begin|stopped sending/],
      [
        'in the middle',
        [
          streamHead(),
          { do: 'send', bytes: sseText(protocol.events({ text: 'No.' }).slice(0, 5)) },
        ],
        /stopped sending .*: no data for 60 s\. Check/,
      ],
    ])('%s times out after a minute and is retried', async (where, silent, message) => {
      const clock = new ManualClock();
      const replies = [script[0]!, silent, script[1]!, script[2]!];
      const { run, server, events } = await start(replies, {
        provider: { clock, headersTimeoutMs: 59_900 },
      });
      const discarded = () => events.filter((event) => event.type === 'turn.discarded');
      await vi.waitFor(() => expect(server.requests).toHaveLength(2));
      const hasText = () => events.some((event) => event.type === 'turn.delta' && event.turn === 2);
      if (where === 'in the middle') await vi.waitFor(() => expect(hasText()).toBe(true));
      await settled();
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
