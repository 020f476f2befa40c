import { describe, expect, it } from 'vitest';
import { both, fine, once } from '../../support/cases/answers.ts';
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
import { events, runCase } from '../../support/cases/runCase.ts';
import type { Reply } from '../../support/loopback/loopbackServer.ts';
import { plainReply } from '../../support/loopback/replies.ts';

describe('C11: a completed response with an empty output', () => {
  const delta = (piece: string) => ({
    ...{ type: 'response.output_text.delta', output_index: 0, content_index: 0 },
    delta: piece,
  });
  const whole = {
    type: 'response.output_text.done',
    output_index: 0,
    content_index: 0,
    text: 'done',
  };
  it.each([
    ['finished items', events(item(msg('done')), done([]))],
    ['pieces', events(delta('do'), delta('ne'), whole, done([]))],
    ['deltas and no output', events(delta('do'), delta('ne'), whole, done(undefined))],
    ['only the final event of a text', events(whole, done([]))],
  ])('is read from %s', async (_what, reply) => {
    const { conversation, bodies } = await once(reply, 'openai');
    expect(conversation).toMatchObject({ ...fine, usage: { inputTokens: 10, outputTokens: 5 } });
    expect(bodies).toHaveLength(1);
  });
});

describe('C12 and C13: arguments in other places and forms', () => {
  const added = {
    ...{ type: 'response.output_item.added', output_index: 0 },
    item: call('', { status: 'in_progress' }),
  };
  const piece = (delta: unknown) => ({
    ...{ type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'f1' },
    delta,
  });
  const ended = { type: 'response.function_call_arguments.done', output_index: 0, item_id: 'f1' };
  const numbers = { numbers: [1, 4, 5] };
  const json = JSON.stringify(numbers);
  const { arguments: _, ...bare } = call('');
  it.each([
    [
      'pieces',
      [added, piece('{"numbers":[1,4,'), piece('5]}'), ended, item(call('')), done([call('')])],
    ],
    [
      'deltas without a final value',
      [added, piece(json), ended, item(bare as never), done([bare as never])],
    ],
    [
      'the final event of the deltas',
      [added, { ...ended, arguments: json }, item(call('')), done([call('')])],
    ],
    ['an object', [item(call(numbers)), done([call(numbers)])]],
    ['an object as a delta', [added, piece(numbers), ended, item(call('')), done([call('')])]],
  ])('from %s are read as intended', async (_what, turn) => {
    const { conversation, bodies } = await runCase(
      (_body, index) => events(index === 0 ? turn : said('done')),
      { protocol: 'openai' },
    );
    expect(conversation).toMatchObject(fine);
    expect(conversation.toolCalls).toMatchObject([{ input: numbers, output: '10' }]);
    const replayed = bodies[1]!.input.find(
      ({ type }: { type?: string }) => type === 'function_call',
    );
    expect(JSON.parse(replayed.arguments)).toEqual(numbers);
  });

  it.each([
    ['an object as a delta', tool(0, 't1', 'sum_numbers', numbers)],
    [
      'the start event, and an empty delta',
      block(
        0,
        { type: 'tool_use', id: 't1', name: 'sum_numbers', input: numbers },
        { type: 'input_json_delta', partial_json: '{}' },
      ),
    ],
  ])('from %s are read in the Messages API', async (_what, content) => {
    const turn = [start(), ...content, end('tool_use'), stop];
    const { conversation, bodies } = await runCase((_b, index) =>
      events(index === 0 ? turn : ok('done')),
    );
    expect(conversation.toolCalls).toMatchObject([{ input: numbers, output: '10' }]);
    expect(bodies[1]!.messages[1].content[0].input).toEqual(numbers);
  });
});

describe('C17: missing usage', () => {
  it.each([
    ['nowhere', [start(null), ...text(0, 'done'), end('end_turn', undefined), stop]],
    ['null', [start(null), ...text(0, 'done'), end('end_turn', null), stop]],
    [
      'null and text counts',
      [
        start(null),
        ...text(0, 'done'),
        end('end_turn', { output_tokens: '12', cache_read_input_tokens: null }),
        stop,
      ],
    ],
  ])('%s: the answer is kept and its cost is unknown', async (_what, turn) => {
    const { conversation, outcome } = await once(events(turn));
    expect(conversation).toMatchObject({ ...fine, costUsd: null, usage: { incomplete: true } });
    expect(outcome.code).toBe(0);
  });
});

describe('C86: decreasing counts', () => {
  it('are ignored', async () => {
    const first = start({ input_tokens: 1000, cache_read_input_tokens: 500, output_tokens: 1 });
    const zeros = { input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 5 };
    const { conversation } = await once(
      events(first, text(0, 'done'), end('end_turn', zeros), stop),
    );
    expect(conversation.usage).toMatchObject({
      ...{ inputTokens: 1500, cacheReadTokens: 500, outputTokens: 5 },
    });
  });
});

describe('C20: stop reasons of the other API', () => {
  it.each(['stop', 'STOP', 'completed', '', null])('%j ends the answer', async (reason) => {
    const { conversation, bodies } = await once(
      events(start(), text(0, 'done'), end(reason), stop),
    );
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it.each(['length', 'max_output_tokens'])('%s truncates the answer', async (reason) => {
    const { conversation } = await once(events(start(), text(0, 'half'), end(reason), stop));
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'max_tokens', answer: 'half' });
  });

  it('content_filter is a refusal', async () => {
    const { conversation } = await once(
      events(start(), text(0, 'No.'), end('content_filter'), stop),
    );
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'refused', answer: 'No.' });
  });

  it.each([
    ['with its last event', [stop]],
    ['without', []],
  ])('fails once for an unknown one and keeps the text (%s)', async (_what, last) => {
    const { conversation, bodies, outcome } = await once(
      events(start(), text(0, 'So far'), end('new_reason'), last),
    );
    expect(conversation).toMatchObject({
      ...{ status: 'failed', answer: 'So far', answerIs: 'broken_off' },
    });
    expect(conversation.error?.message).toContain('new_reason');
    expect(outcome.out).toContain('The answer was cut off:');
    expect(bodies).toHaveLength(1);
  });
});

describe('C20 and C21: a finished tool call', () => {
  it.each(['tool_calls', 'end_turn', 'stop', '', null])(
    'runs despite the stop reason %j',
    async (reason) => {
      const turn = [start(), ...tool(0, 't1', 'list_files', '{}'), end(reason), stop];
      const { conversation } = await runCase((_, index) => events(index === 0 ? turn : ok('done')));
      expect(conversation).toMatchObject(fine);
      expect(conversation.toolCalls).toMatchObject([{ name: 'list_files', isError: false }]);
    },
  );
});

describe.each(both)('C24: error bodies in other formats (%s)', (protocol) => {
  it.each<[number, object, string]>([
    [
      400,
      [{ error: { code: 400, message: 'Unknown name tools', status: 'INVALID_ARGUMENT' } }],
      'Unknown name tools',
    ],
    [
      422,
      { detail: [{ loc: ['body', 'input'], msg: 'Field required', type: 'missing' }] },
      'body.input: Field required',
    ],
    [400, { errors: [{ message: 'No such field' }] }, 'No such field'],
    [400, { error: { message: { detail: 'Deeper words' } } }, 'Deeper words'],
    [400, { title: 'Bad Request', detail: 'The body is empty' }, 'The body is empty'],
  ])("%i %j shows the server's message", async (status, body, words) => {
    const { conversation, bodies } = await once(plainReply(status, body), protocol);
    expect(conversation.error?.message).toContain(words);
    expect(bodies).toHaveLength(1);
  });
});

describe('C25: incomplete with another reason', () => {
  it.each(['length', 'max_output_tokens'])('%s is a truncated answer', async (reason) => {
    const response = {
      status: 'incomplete',
      incomplete_details: { reason },
      output: [msg('half')],
    };
    const { conversation } = await once(
      events({ type: 'response.incomplete', response }),
      'openai',
    );
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'max_tokens', answer: 'half' });
  });
});

describe('a failed response', () => {
  const failed = (code: string): Reply =>
    events({
      type: 'response.failed',
      response: { id: 'r', status: 'failed', error: { code, message: 'Their own words.' } },
    });

  it.each(['invalid_prompt', 'bio_policy', 'image_content_policy_violation', 'content_filter'])(
    'with %s is a refusal without retry',
    async (code) => {
      const { conversation, bodies } = await once(failed(code), 'openai');
      expect(conversation).toMatchObject({ status: 'stopped', reason: 'refused' });
      expect(conversation.error?.message).toContain('Their own words.');
      expect(bodies).toHaveLength(1);
    },
  );

  it.each(['invalid_image', 'data_residency_mismatch'])('with %s is final', async (code) => {
    const { conversation, bodies } = await once(failed(code), 'openai');
    expect(conversation).toMatchObject({ status: 'failed', reason: 'invalid_request' });
    expect(bodies).toHaveLength(1);
  });

  it.each(['server_error', 'vector_store_timeout'])('with %s is retried', async (code) => {
    const { conversation } = await runCase(
      (_, index) => (index === 0 ? failed(code) : events(said('done'))),
      { protocol: 'openai' },
    );
    expect(conversation).toMatchObject(fine);
  });
});

describe('several texts in one response', () => {
  it('are separated', async () => {
    const { conversation } = await once(
      events(start(), text(0, 'Let me see.'), text(1, 'It is 4.'), end('end_turn'), stop),
    );
    expect(conversation.answer).toBe('Let me see.\n\nIt is 4.');
  });

  it('are one answer without the commentary', async () => {
    const output = [
      msg('I look.', { id: 'm1', phase: 'commentary' }),
      msg('done', { id: 'm2', phase: 'final_answer' }),
    ];
    const { conversation, outcome } = await once(
      events(...output.map((one, index) => item(one, index)), done(output)),
      'openai',
    );
    expect(conversation.answer).toBe('done');
    expect(outcome.out).not.toContain('I look.');
  });
});
