import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
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
import type { CaseProtocol } from '../../support/cases/runCase.ts';
import { events, raw, runCase } from '../../support/cases/runCase.ts';
import type { Reply } from '../../support/loopback/loopbackServer.ts';
import { plainReply, sseText, streamHead } from '../../support/loopback/replies.ts';

const fine = { status: 'done', reason: 'final', answer: 'done' };
const both: readonly CaseProtocol[] = ['anthropic', 'openai'];
const answerOf = { anthropic: ok('done'), openai: said('done') };

/** Runs one prompt with this response to every request. */
async function once(reply: Reply, protocol: CaseProtocol = 'anthropic') {
  return runCase(() => reply, { protocol });
}

describe('C1: a complete answer without the final event', () => {
  it('is accepted and not requested again', async () => {
    const { conversation, bodies } = await once(events(start(), text(0, 'done'), end('end_turn')));
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it.each(['cut', 'reset'] as const)('is accepted when the connection is %s', async (how) => {
    const bytes = sseText([start(), ...text(0, 'done'), end('end_turn')]);
    const { conversation, bodies } = await once([streamHead(), { do: 'send', bytes }, { do: how }]);
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('is accepted from finished items and an end mark', async () => {
    const marked = raw(`${sseText([item(msg('done'))])}data: [DONE]\n\n`);
    const { conversation, bodies } = await once(marked, 'openai');
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('is incomplete without a stop reason, and no tool runs', async () => {
    const cut = events(start(), tool(0, 't1', 'list_files', '{}'));
    const { conversation } = await once(cut);
    expect(conversation).toMatchObject({ status: 'failed', reason: 'network', toolCalls: [] });
  });

  it('is incomplete after an unfinished item', async () => {
    const added = { type: 'response.output_item.added', output_index: 1, item: call('') };
    const marked = raw(`${sseText([item(msg('Half.')), added])}data: [DONE]\n\n`);
    expect((await once(marked, 'openai')).conversation).toMatchObject({ reason: 'network' });
  });
});

describe('C4: an error without a type in mid-stream', () => {
  const bare = (error: object) => `data: ${JSON.stringify({ error })}\n\n`;

  it.each<[CaseProtocol, unknown, string, string, boolean]>([
    ['anthropic', 502, 'Worker is full (33/32)', 'overloaded', true],
    ['openai', '429', 'Upstream busy', 'rate_limit', true],
    ['openai', 401, 'Upstream busy', 'auth', false],
    ['openai', 400, 'Upstream busy', 'invalid_request', false],
  ])('%s, code %s: shows "%s" and is %s', async (protocol, code, message, kind, isRepeated) => {
    const before = protocol === 'anthropic' ? sseText([start()]) : '';
    const failing = raw(`${before}${bare({ message, code })}data: [DONE]\n\n`);
    const { conversation, bodies, outcome } = await runCase(
      (_, index) => (index === 0 ? failing : events(answerOf[protocol])),
      { protocol },
    );
    expect(outcome.err).toContain(message);
    if (isRepeated) expect(conversation).toMatchObject(fine);
    else expect(conversation).toMatchObject({ status: 'failed', reason: kind });
    expect(bodies).toHaveLength(isRepeated ? 2 : 1);
    expect(outcome.err).toContain(kind);
  });
});

describe.each(both)('C5: an error in a JSON body with status 200 (%s)', (protocol) => {
  it.each([
    [429, 'rate_limit', true],
    [402, 'quota', false],
    [401, 'auth', false],
    [502, 'overloaded', true],
  ])('and code %i is %s', async (code, kind, isRepeated) => {
    const metadata = { raw: JSON.stringify({ error: { message: 'The model is loading' } }) };
    const failing = plainReply(200, {
      error: { message: 'Provider returned error', code, metadata },
    });
    const { conversation, bodies, outcome } = await runCase(
      (_, index) => (index === 0 ? failing : events(answerOf[protocol])),
      { protocol },
    );
    expect(outcome.err).toContain('Provider returned error: The model is loading');
    expect(outcome.err).toContain(kind);
    expect(conversation.status).toBe(isRepeated ? 'done' : 'failed');
    expect(bodies).toHaveLength(isRepeated ? 2 : 1);
  });
});

describe('C6: a repeated index', () => {
  it('opens a new block and keeps text, call and order', async () => {
    const twice = events(
      ...[
        start(),
        text(0, 'Let me look.'),
        tool(0, 't1', 'list_files', '{}'),
        end('tool_use'),
        stop,
      ],
    );
    const { conversation, bodies } = await runCase((_, index) =>
      index === 0 ? twice : events(ok('done')),
    );
    expect(conversation).toMatchObject(fine);
    expect(conversation.toolCalls).toMatchObject([
      { name: 'list_files', input: {}, isError: false },
    ]);
    expect(bodies[1]!.messages[1].content).toMatchObject([
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 't1', input: {} },
    ]);
  });

  it('opens a new item when two share an index', async () => {
    const calls = [call('{"numbers":[1]}'), call('{"numbers":[2]}', { id: 'f2', call_id: 'c2' })];
    const { conversation } = await runCase(
      (_, index) =>
        index === 0 ? events(...calls.map((one) => item(one)), done([])) : events(said('done')),
      { protocol: 'openai' },
    );
    expect(conversation.toolCalls.map(({ input }) => input)).toEqual([
      { numbers: [1] },
      { numbers: [2] },
    ]);
  });
});

describe.each(both)('C8: a stream with a wrong content type (%s)', (protocol) => {
  it.each([
    'text/plain; charset=utf-8',
    'application/json',
    'application/octet-stream',
    'text/event-stream;charset=UTF-8',
  ])('%s is read anyway', async (type) => {
    const { conversation, bodies } = await once(
      raw(sseText(answerOf[protocol]), { 'content-type': type }),
      protocol,
    );
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('is reported when the body is no stream', async () => {
    const { conversation } = await once(
      raw('%PDF-1.7 …', { 'content-type': 'application/pdf' }),
      protocol,
    );
    expect(conversation.error?.message).toContain('application/pdf');
  });
});

describe('C9: an answer without streaming', () => {
  it.each<[CaseProtocol, object]>([
    [
      'anthropic',
      {
        ...{ id: 'm', type: 'message', role: 'assistant', stop_reason: 'end_turn' },
        content: [{ type: 'text', text: 'done' }],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    ],
    ['openai', { id: 'r', object: 'response', status: 'completed', output: [msg('done')] }],
  ])('is accepted (%s)', async (protocol, body) => {
    const { conversation, bodies } = await once(plainReply(200, body), protocol);
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('fails once in an unknown format', async () => {
    const chat = { choices: [{ message: { role: 'assistant', content: 'done' } }] };
    const { conversation, bodies } = await once(plainReply(200, chat));
    expect(conversation.error?.message).toContain('application/json');
    expect(bodies).toHaveLength(1);
  });

  it('is incomplete when its JSON is truncated', async () => {
    const half = '{"type":"message","role":"assistant","content":[{"type":"text","te';
    const { conversation } = await once(raw(half, { 'content-type': 'application/json' }));
    expect(conversation).toMatchObject({ status: 'failed', reason: 'protocol' });
  });
});

describe.each(both)('C10: compression without a request for it (%s)', (protocol) => {
  const plain = sseText(answerOf[protocol]);
  it.each<[string, Uint8Array | string, Record<string, string>]>([
    ['gzip with its header', gzipSync(plain), { 'content-encoding': 'gzip' }],
    ['gzip without', gzipSync(plain), {}],
    ['none', plain, { 'content-encoding': 'none' }],
    ['nothing', plain, { 'content-encoding': '' }],
    ['a gzip header without gzip', plain, { 'content-encoding': 'gzip' }],
  ])('%s is read', async (_what, bytes, headers) => {
    const { conversation, bodies } = await once(raw(bytes, headers), protocol);
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('is incomplete when its bytes are truncated', async () => {
    const cut = gzipSync(plain).subarray(0, -20);
    const { conversation } = await once(raw(cut, { 'content-encoding': 'gzip' }), protocol);
    expect(conversation).toMatchObject({ status: 'failed' });
  });
});

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

describe.each(both)('C14 to C16: lines of servers and proxies (%s)', (protocol) => {
  const plain = sseText(answerOf[protocol]);
  it.each([
    ['C14 no event lines', plain.replaceAll(/event: .*\n/g, '')],
    ['C15 comments in data', plain.replaceAll('\n\n', `\n\n${'data: : PROCESSING\n\n'.repeat(5)}`)],
    ['C15 comments before everything', `data: : PROCESSING\n\n${plain}`],
    ['leading blanks', plain.replaceAll('data:', ' data:').replaceAll('event:', ' event:')],
    ['an empty data line', `data:\n\n${plain}`],
  ])('%s', async (_what, body) => {
    const { conversation, bodies } = await once(raw(body), protocol);
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('C15 quotes the beginning of invalid JSON', async () => {
    const { conversation } = await once(raw('data: Bad gateway, try later\n\n'), protocol);
    expect(conversation.error?.message).toContain('not valid JSON: Bad gateway, try later');
  });

  it.each(['\r\n', '\r'])(
    'C16 one byte at a time, with a byte order mark and %j',
    async (lineEnd) => {
      const words = 'grün 😀';
      const whole = sseText(protocol === 'anthropic' ? ok(words) : said(words));
      const lines = whole.replaceAll('data: {', 'data:{').replaceAll('\n', lineEnd);
      const bytes = Buffer.from(`\ufeff${lines}`);
      const pieces = Array.from(
        bytes,
        (byte) => ({ do: 'send', bytes: Uint8Array.of(byte) }) as const,
      );
      const { conversation } = await once([streamHead(), ...pieces, { do: 'end' }], protocol);
      expect(conversation.answer).toBe(words);
    },
  );
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
