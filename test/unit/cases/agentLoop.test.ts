import { describe, expect, it } from 'vitest';
import type { ConversationResult } from '../../../src/shared/runResult.ts';
import { answerOf, both, fine, refuse, thenStrict } from '../../support/cases/answers.ts';
import {
  block,
  call,
  done,
  end,
  item,
  msg,
  ok,
  said,
  start,
  stop,
  text,
  tool,
} from '../../support/cases/blocks.ts';
import type { CaseBody } from '../../support/cases/runCase.ts';
import { events, runCase } from '../../support/cases/runCase.ts';
import type { Reply } from '../../support/loopback/loopbackServer.ts';
import { sseText, streamHead } from '../../support/loopback/replies.ts';

const hasBlank = ({ messages, system }: CaseBody): string | undefined => {
  const blocks = [...messages.flatMap(({ content }: CaseBody) => content), ...(system ?? [])];
  const isBlank = ({ type, text: words }: CaseBody) => type === 'text' && words.trim() === '';
  return blocks.some(isBlank) ? 'text content blocks must contain non-whitespace text' : undefined;
};

describe('C37: blank text', () => {
  it.each(['\n\n', '   ', '\u00a0'])('%j beside a tool call is not sent back', async (blank) => {
    const turn = events(
      ...[start(), text(0, blank), tool(1, 't1', 'list_files', '{}'), end('tool_use'), stop],
    );
    const { conversation, bodies } = await runCase(thenStrict(turn, hasBlank));
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(2);
  });

  it.each(both)('in a system prompt is not sent (%s)', async (protocol) => {
    const args = ['--system', ' \u00a0\n'];
    const { conversation, bodies } = await runCase(() => events(answerOf[protocol]), {
      ...{ protocol, args },
    });
    expect(conversation).toMatchObject(fine);
    expect(bodies[0]!.system ?? bodies[0]!.instructions).toBeUndefined();
  });

  it('in a message is not sent back to the Responses API either', async () => {
    const output = [msg('\n\n'), call('{"numbers":[1]}')];
    const { conversation, bodies } = await runCase(
      (_, index) =>
        events(
          index === 0 ? [...output.map((one, at) => item(one, at)), done(output)] : said('done'),
        ),
      { protocol: 'openai' },
    );
    expect(conversation).toMatchObject(fine);
    const types = bodies[1]!.input.map(({ type, role }: CaseBody) => type ?? role);
    expect(types).toEqual(['user', 'function_call', 'function_call_output']);
  });
});

describe('C38: ids that the server itself rejects', () => {
  const isUsable = (id: string) => /^[a-zA-Z0-9_-]{1,64}$/.test(id);
  const badId = (body: CaseBody): string | undefined => {
    const parts: readonly CaseBody[] =
      body.input ?? body.messages.flatMap(({ content }: CaseBody) => content);
    const ids = parts.flatMap(({ type, id, tool_use_id, call_id }) =>
      type === 'tool_use' ? [id] : (tool_use_id ?? call_id ?? []),
    );
    return ids.length === 2 && ids[0] === ids[1] && ids.every(isUsable) ? undefined : 'bad id';
  };

  it.each(['functions.list_files:0', 'a\u0000b', 'x'.repeat(80), 'ä'])(
    '%j is replaced in call and result alike',
    async (id) => {
      const turn = events(start(), tool(0, id, 'list_files', '{}'), end('tool_use'), stop);
      expect((await runCase(thenStrict(turn, badId))).conversation).toMatchObject(fine);
      const output = [call('{"numbers":[1]}', { call_id: id })];
      const other = events(item(output[0]!), done(output));
      const { conversation } = await runCase(thenStrict(other, badId), { protocol: 'openai' });
      expect(conversation).toMatchObject(fine);
    },
  );
});

describe.each(both)('C39 and C40: arguments (%s)', (protocol) => {
  const asking = (args: unknown, reason = 'tool_use') => {
    if (protocol === 'anthropic') {
      const content =
        args === undefined
          ? block(0, { type: 'tool_use', id: 't1', name: 'list_files' })
          : tool(0, 't1', 'list_files', args);
      return [start(), ...content, end(reason), stop];
    }
    const one = call(args, { name: 'list_files' });
    return [item(one), done([one])];
  };
  const play = (turn: ReturnType<typeof asking>) =>
    runCase((_, index) => events(index === 0 ? turn : answerOf[protocol]), { protocol });

  it.each(['null', '', ' ', undefined, '"{}"'])('%j means no arguments', async (args) => {
    const { conversation } = await play(asking(args));
    expect(conversation).toMatchObject(fine);
    expect(conversation.toolCalls).toMatchObject([{ input: {}, isError: false }]);
  });

  it.each(['[]', '7', '"now"'])('%j is rejected', async (args) => {
    const { conversation } = await play(asking(args));
    expect(conversation.toolCalls).toMatchObject([{ isError: true }]);
    expect(conversation.toolCalls[0]!.output).toContain('not a JSON object');
  });

  it('that are invalid JSON do not run the tool', async () => {
    const { conversation, bodies } = await play(asking('{"path":"src'));
    expect(conversation).toMatchObject(fine);
    expect(conversation.toolCalls).toMatchObject([{ isError: true }]);
    expect(conversation.toolCalls[0]!.output).toContain('not valid JSON');
    expect(conversation.toolCalls[0]!.output).toContain('"path"');
    expect(bodies).toHaveLength(2);
  });

  it('that are truncated do not run it either', async () => {
    const turn =
      protocol === 'anthropic'
        ? asking('{"path":"src', 'max_tokens')
        : [
            {
              type: 'response.incomplete',
              response: {
                ...{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
                output: [call('{"path":"src', { name: 'list_files', status: 'incomplete' })],
              },
            },
          ];
    const { conversation } = await play(turn);
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'max_tokens', toolCalls: [] });
  });
});

describe('C41: an empty turn after tool results', () => {
  const turn = [
    ...[start(), ...text(0, 'Looking.'), ...tool(1, 't1', 'list_files', '{}')],
    ...[end('tool_use'), stop],
  ];
  const emptyTurn = [start(), end('end_turn'), stop];
  const endsInResult = ({ messages }: CaseBody) =>
    messages.at(-1).content.at(-1).type === 'tool_result';

  it('is followed by one request for the answer', async () => {
    const { conversation, bodies } = await runCase((body, index) => {
      if (index === 0) return events(turn);
      return events(endsInResult(body) ? emptyTurn : ok('done'));
    });
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(3);
  });

  it('fails and keeps the earlier text if the request brings nothing either', async () => {
    const { conversation, bodies, outcome } = await runCase((_, index) =>
      events(index === 0 ? turn : emptyTurn),
    );
    expect(conversation).toMatchObject({
      ...{ status: 'failed', reason: 'protocol', answer: 'Looking.', answerIs: 'interim' },
    });
    expect(conversation.toolCalls).toHaveLength(1);
    expect(bodies).toHaveLength(3);
    expect(outcome.out).toContain('No final answer. The last text before tool calls:');
  });
});

describe.each(both)('C48: the turn limit with a pending call (%s)', (protocol) => {
  const step = (index: number) => {
    const args = JSON.stringify({ numbers: [index] });
    if (protocol === 'anthropic') {
      const content = [...text(0, `step ${index}`), ...tool(1, `t${index}`, 'sum_numbers', args)];
      return [start(), ...content, end('tool_use'), stop];
    }
    const output = [
      msg(`step ${index}`, { id: `m${index}` }),
      call(args, { id: `f${index}`, call_id: `c${index}` }),
    ];
    return [...output.map((one, at) => item(one, at)), done(output)];
  };
  const isAskedForAnswer = ({ tools, tool_choice }: CaseBody) =>
    tools.length > 0 && (tool_choice === 'none' || tool_choice?.type === 'none');

  /** Calls that the limit keeps from running stay asked for. */
  const statesOfCalls = ({ toolCalls }: ConversationResult) => toolCalls.map(({ state }) => state);

  it('leads to one last request for an answer, with the tools still listed', async () => {
    const { conversation, bodies } = await runCase(
      (body, index) => events(isAskedForAnswer(body) ? answerOf[protocol] : step(index)),
      { protocol, args: ['--max-turns', '3'] },
    );
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'max_turns', answer: 'done' });
    expect(conversation).not.toHaveProperty('answerIs');
    expect(bodies).toHaveLength(4);
    expect(statesOfCalls(conversation)).toEqual(['ended', 'ended', 'asked']);
  });

  it('marks earlier text when the request brings no answer', async () => {
    const { conversation, bodies } = await runCase((_, index) => events(step(index)), {
      ...{ protocol, args: ['--max-turns', '3'] },
    });
    expect(conversation).toMatchObject({
      status: 'stopped',
      reason: 'max_turns',
      answerIs: 'interim',
    });
    expect(statesOfCalls(conversation)).toEqual(['ended', 'ended', 'asked', 'asked']);
    expect(bodies).toHaveLength(4);
  });

  it('omits tool_choice for a server that does not know it', async () => {
    const { conversation, bodies } = await runCase(
      (body, index) => {
        if (body.tool_choice !== undefined) return refuse('unknown field tool_choice');
        return events(index > 3 ? answerOf[protocol] : step(index));
      },
      { protocol, args: ['--max-turns', '3'] },
    );
    expect(conversation).toMatchObject({ reason: 'max_turns', answer: 'done' });
    expect(bodies).toHaveLength(5);
  });
});

describe('C51: a partial answer', () => {
  const half = [start(), ...text(0, 'ha').slice(0, 2)];
  const failing = {
    ...{ type: 'error' },
    error: { type: 'overloaded_error', message: 'Overloaded' },
  };
  const ways: readonly (readonly [string, Reply])[] = [
    ['an error', events(half, failing)],
    ['the end of the body', events(half)],
    ['a reset', [streamHead(), { do: 'send', bytes: sseText(half) }, { do: 'reset' }]],
  ];

  it.each(ways)('ended by %s is not joined with the complete answer', async (_what, reply) => {
    const { conversation, bodies } = await runCase((_, index) =>
      index < 2 ? reply : events(ok('whole')),
    );
    expect(conversation).toMatchObject({ status: 'done', answer: 'whole' });
    expect(conversation).not.toHaveProperty('answerIs');
    expect(bodies).toHaveLength(3);
  });

  it.each(ways)('ended by %s in every attempt is kept and marked', async (_what, reply) => {
    const args = ['--limit', 'attempts=2'];
    const { conversation, outcome } = await runCase(() => reply, { args });
    expect(conversation).toMatchObject({ status: 'failed', answer: 'ha', answerIs: 'broken_off' });
    expect(outcome.out).toContain('The answer was cut off:\n  ha');
  });
});
