import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import { anthropicEvents } from '../../support/loopback/anthropicScript.ts';
import { plainReply, sseText, streamReply } from '../../support/loopback/replies.ts';
import { stage, turnReply, undisturbed } from './stage.ts';

const [anthropic] = faultProtocols;

describe.each(faultProtocols)('an unusual answer ($name)', (protocol) => {
  const { play } = stage(protocol);
  const script = undisturbed.map((turn) => turnReply(protocol, turn));
  const answer = turnReply(protocol, { text: 'Done.' });

  describe('F10: an odd but valid stream', () => {
    const odd: readonly [string, (text: string) => string][] = [
      ['has CRLF line ends', (text) => text.replaceAll('\n', '\r\n')],
      ['has CR line ends', (text) => text.replaceAll('\n', '\r')],
      ['begins with a byte order mark', (text) => `\uFEFF${text}`],
      ['has comments', (text) => text.replaceAll('event: ', ': still here\n\nevent: ')],
      [
        'has unknown events',
        (text) => text.replace('event: ', 'event: novelty\ndata: {"type":"novelty"}\n\nevent: '),
      ],
    ];
    it.each(odd)('is accepted when it %s', async (_, change) => {
      const text = change(sseText(protocol.events({ text: 'Grüße, 20 €.' })));
      const { conversation, server } = await play([streamReply(text)]);
      expect(conversation).toMatchObject({ status: 'done', answer: 'Grüße, 20 €.', attempts: 1 });
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('F12: an empty turn', () => {
    it('counts in the usage, since it was paid for', async () => {
      const empty = turnReply(protocol, { text: ' ' });
      const { conversation } = await play([empty, empty, answer]);
      expect(conversation).toMatchObject({ status: 'done', answer: 'Done.', attempts: 3 });
      expect(conversation.usage).toMatchObject({ inputTokens: 30, outputTokens: 15 });
      const never = await play(() => empty);
      expect(never.conversation).toMatchObject({ status: 'failed', attempts: 3 });
      expect(never.conversation.usage).toMatchObject({ inputTokens: 30, outputTokens: 15 });
    });
  });

  describe('F13: an answer truncated at its limit', () => {
    it.each([0, 1, 2])('stops after %i turns, keeps the text and runs no tool', async (before) => {
      const cut = turnReply(protocol, {
        text: 'As far as',
        calls: [{ id: 'call_c', name: 'sum_numbers', input: '{"numbers":[1,2' }],
        end: 'truncated',
      });
      const { conversation, server } = await play([...script.slice(0, before), cut]);
      expect(conversation).toMatchObject({
        status: 'stopped',
        reason: 'max_tokens',
        answer: 'As far as',
      });
      expect(conversation.toolCalls).toHaveLength(before);
      expect(server.requests).toHaveLength(before + 1);
    });
  });

  describe('F14: a refusal', () => {
    it.each([0, 1, 2])(
      'ends after %i turns without an error and without a retry',
      async (before) => {
        const refusal = turnReply(protocol, { text: 'I will not.', end: 'refused' });
        const { conversation, server } = await play([...script.slice(0, before), refusal]);
        expect(conversation).toMatchObject({
          status: 'stopped',
          reason: 'refused',
          answer: 'I will not.',
        });
        expect(conversation.error).toBeUndefined();
        expect(server.requests).toHaveLength(before + 1);
      },
    );
  });

  describe('F16: a tool call that cannot run', () => {
    it.each([
      ['arguments that are not JSON', 'sum_numbers', '{"numbers":[1,'],
      ['arguments that do not fit the schema', 'sum_numbers', { numbers: 'two' }],
      ['an unknown tool', 'delete_everything', {}],
    ])(
      '(%s) is answered with an error, and stops the conversation the fourth time',
      async (_, name, input) => {
        const wrong = (id: string) => ({ calls: [{ id, name, input: withId(input, id) }] });
        const corrected = await play([
          turnReply(protocol, wrong('w1')),
          turnReply(protocol, wrong('w2')),
          turnReply(protocol, wrong('w3')),
          answer,
        ]);
        expect(corrected.conversation).toMatchObject({ status: 'done', answer: 'Done.' });
        expect(corrected.conversation.toolCalls.map(({ isError }) => isError)).toEqual([
          true,
          true,
          true,
        ]);
        // Corrected mistakes no longer count, however many there are.
        const right = (turn: number) => {
          const input = { numbers: [turn] };
          return turnReply(protocol, { calls: [{ id: `r${turn}`, name: 'sum_numbers', input }] });
        };
        const rounds = [1, 2, 3].flatMap((turn) => [
          ...[0, 1, 2].map((time) => turnReply(protocol, wrong(`w${turn}${time}`))),
          right(turn),
        ]);
        expect((await play([...rounds, answer])).conversation.status).toBe('done');
        let asked = 0;
        const never = await play(() => turnReply(protocol, wrong(`w${asked++}`)));
        expect(never.conversation).toMatchObject({ status: 'stopped', reason: 'loop' });
        expect(never.server.requests).toHaveLength(4);
      },
    );
  });

  describe('F17: tool calls with bad ids', () => {
    it('get unique ids, and every call gets its result in call order', async () => {
      const id = fc.constantFrom('a', 'b', '', 'call_1', undefined);
      const turns = fc.array(fc.array(id, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(turns, fc.boolean(), async (ids, parallel) => {
          let number = 0;
          const call = (given: string | undefined) => ({
            id: given,
            name: 'sum_numbers',
            input: { numbers: [number++] },
          });
          const replies = ids.map((turn) => turnReply(protocol, { calls: turn.map(call) }));
          const toolExecution = parallel ? 'parallel' : 'serial';
          const { conversation, kept0 } = await play([...replies, answer], {
            agent: { toolExecution },
          });
          expect(conversation).toMatchObject({ status: 'done', answer: 'Done.' });
          const results = kept0.flatMap((message) =>
            message.role === 'tool' ? message.outcomes.map(({ content }) => content) : [],
          );
          expect(results).toEqual(Array.from({ length: number }, (_, index) => String(index)));
        }),
        { numRuns: 30 },
      );
    });
  });

  describe('F19: a model that repeats itself', () => {
    const round = (names: readonly string[]) => {
      let asked = 0;
      return () => {
        const id = `c${asked}`;
        const name = names[asked++ % names.length]!;
        return turnReply(protocol, { calls: [{ id, name, input: { numbers: [1, 2] } }] });
      };
    };

    it('gets a warning after the third identical call and stops at the fifth', async () => {
      const { conversation, server, kept0 } = await play(round(['sum_numbers']));
      expect(conversation).toMatchObject({ status: 'stopped', reason: 'loop', turns: 5 });
      expect(conversation.toolCalls.filter(({ state }) => state === 'ended')).toHaveLength(4);
      expect(server.requests).toHaveLength(5);
      const warned = kept0.map((message) => JSON.stringify(message).includes('same call several'));
      expect(warned).toEqual([false, false, false, false, false, false, true, false, true, false]);
    });

    it('stops when two calls alternate', async () => {
      const { conversation, server } = await play(round(['sum_numbers', 'multiply_numbers']));
      expect(conversation).toMatchObject({ status: 'stopped', reason: 'loop' });
      expect(server.requests.length).toBeLessThanOrEqual(10);
    });

    it.each([
      { what: 'turns', limits: { maxTurns: 6 }, reason: 'max_turns', calls: 5, requests: 7 },
      {
        what: 'tool calls',
        limits: { maxToolCalls: 6 },
        reason: 'max_tool_calls',
        calls: 6,
        requests: 7,
      },
    ])('stops at the limit of $what even if every call is new', async (row) => {
      const { limits, reason, calls, requests } = row;
      let asked = 0;
      const { conversation, server } = await play(
        () => {
          const input = { numbers: [asked++] };
          return turnReply(protocol, { calls: [{ id: `c${asked}`, name: 'sum_numbers', input }] });
        },
        { limits },
      );
      expect(conversation).toMatchObject({ status: 'stopped', reason });
      expect(conversation.toolCalls.filter(({ state }) => state === 'ended')).toHaveLength(calls);
      expect(server.requests).toHaveLength(requests);
    });
  });

  describe('F20: a history that is too long', () => {
    const tooLong = (status: number, code: string) =>
      plainReply(status, protocol.errorBody(code, 'Too long.'));
    const unnamed = { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 8' };
    const overflow = [
      { status: '400 without a name', reply: plainReply(400, { error: unnamed }) },
      { status: 413, reply: tooLong(413, 'request_too_large') },
      { status: 400, reply: tooLong(400, 'context_length_exceeded') },
    ];
    const longer = Array.from({ length: 4 }, (_, index) =>
      turnReply(protocol, {
        calls: [{ id: `c${index}`, name: 'sum_numbers', input: { numbers: [1_000, index] } }],
      }),
    );

    it.each(overflow)(
      'is sent again once without old tool results (HTTP $status)',
      async ({ reply }) => {
        const { conversation, server } = await play([...longer, reply, answer]);
        expect(conversation).toMatchObject({ status: 'done', answer: 'Done.' });
        expect(server.requests).toHaveLength(6);
        const [whole, shorter] = server.requests.slice(-2).map(({ body }) => body);
        expect(whole).toContain('"1000"');
        expect(shorter).not.toContain('"1000"');
        expect(shorter).toContain('"1003"');
        expect(shorter!.match(/Left out to make room/g)).toHaveLength(2);
      },
    );

    it.each(overflow)('is not shortened a second time (HTTP $status)', async ({ reply }) => {
      const { conversation, server } = await play([...longer, reply, longer[0]!, reply, answer]);
      expect(conversation).toMatchObject({ status: 'stopped', reason: 'context_full' });
      expect(server.requests).toHaveLength(7);
    });

    it.each(overflow)(
      'stops the conversation when it is still too long (HTTP $status)',
      async ({ reply }) => {
        const { conversation, server } = await play([...longer, reply, reply]);
        expect(conversation).toMatchObject({ status: 'stopped', reason: 'context_full' });
        expect(conversation.error!.message).toMatch(/rejected the request .*too long/i);
        expect(conversation.toolCalls).toHaveLength(4);
        expect(server.requests).toHaveLength(6);
        const first = await play([reply]);
        expect(first.conversation).toMatchObject({ status: 'stopped', reason: 'context_full' });
        expect(first.server.requests).toHaveLength(1);
      },
    );
  });
});

describe('F15: a turn that stops for another reason (anthropic)', () => {
  const { play } = stage(anthropic!);
  const turn = (text: string, stopReason: string) =>
    streamReply(sseText(anthropicEvents({ content: [{ type: 'text', text }], stopReason })));

  it('continues when the provider paused it, and keeps the whole text', async () => {
    const { conversation, server } = await play([
      turn('One, ', 'pause_turn'),
      turn('two, ', 'pause_turn'),
      turn('three.', 'end_turn'),
    ]);
    expect(conversation).toMatchObject({ status: 'done', answer: 'One, two, three.' });
    expect(server.requests).toHaveLength(3);
  });

  it('stops when it is paused repeatedly', async () => {
    const { conversation, server } = await play(() => turn('On. ', 'pause_turn'));
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'loop' });
    expect(server.requests).toHaveLength(6);
  });

  it('stops when the context is full, and keeps the text', async () => {
    const full = turn('So far', 'model_context_window_exceeded');
    const { conversation, server } = await play([full]);
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'context_full' });
    expect(conversation.answer).toBe('So far');
    expect(server.requests).toHaveLength(1);
  });

  it('fails visibly and without a retry when the reason is unknown', async () => {
    const { conversation, server } = await play(() => turn('So far', 'some_new_reason'));
    expect(conversation).toMatchObject({ status: 'failed', reason: 'protocol' });
    expect(conversation.error!.message).toMatch(/unknown reason: "some_new_reason"\. Update/);
    expect(server.requests).toHaveLength(1);
  });
});

/** The same mistake in different words, so that the loop guard does not end the conversation. */
function withId(input: unknown, id: string): unknown {
  if (typeof input === 'string') return `${input}"${id}`;
  return { ...(input as object), id };
}
