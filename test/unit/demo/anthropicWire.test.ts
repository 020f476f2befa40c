import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { arithmeticToolNames } from './arithmeticTools.ts';
import { outline, postJson, readEvents, type TypedEvent } from './eventReader.ts';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ pace: 0 });
});
afterAll(() => server.close());

const version = { 'anthropic-version': '2026-10-21' };
const parallel = 'Compute (3 + 4) * (5 - 1)';
const user = (content: string) => ({ role: 'user', content });

function postMessages(request: object, headers: Record<string, string> = version) {
  const tools = arithmeticToolNames.map((name) => ({ name, input_schema: { type: 'object' } }));
  const body = { model: 'demo', max_tokens: 1000, stream: true, tools, ...request };
  return postJson(`${server.anthropicBaseUrl}/v1/messages`, body, headers);
}

async function messageEvents(request: object): Promise<readonly TypedEvent[]> {
  const events = await readEvents<TypedEvent>(await postMessages(request));
  for (const { event, data } of events) expect(event).toBe(data.type);
  return events.map(({ data }) => data);
}

describe('the Messages API', () => {
  it('streams text in the documented order', async () => {
    const response = await postMessages({ messages: [user('Hello')] });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('request-id')).toMatch(/^req_demo_[0-9a-f]{24}$/);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const events = await messageEvents({ messages: [user('Hello')] });
    expect(outline(events)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const start = events[0]?.message;
    expect(start).toMatchObject({
      role: 'assistant',
      model: 'demo',
      content: [],
      stop_reason: null,
    });
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'end_turn' },
      usage: { cache_read_input_tokens: 0, output_tokens: expect.any(Number) },
    });
  });

  it('streams several tool calls, one block after another', async () => {
    const events = await messageEvents({ messages: [user(parallel)] });
    const starts = events.filter(({ type }) => type === 'content_block_start');
    expect(starts).toMatchObject([
      { index: 0, content_block: { type: 'tool_use', name: 'sum_numbers', input: {} } },
      { index: 1, content_block: { type: 'tool_use', name: 'subtract_numbers', input: {} } },
    ]);
    const stops = events.findIndex(({ type }) => type === 'content_block_stop');
    expect(events[stops + 1]?.type).toBe('content_block_start');
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  it('stops at max_tokens, and returns no output for 0', async () => {
    const cut = await messageEvents({ messages: [user('Hello')], max_tokens: 3 });
    expect(cut.at(-2)).toMatchObject({
      delta: { stop_reason: 'max_tokens' },
      usage: { output_tokens: 3 },
    });
    const none = await messageEvents({ messages: [user('Hello')], max_tokens: 0 });
    expect(outline(none)).toEqual(['message_start', 'ping', 'message_delta', 'message_stop']);
  });

  it('returns the same message without streaming', async () => {
    const whole = await (await postMessages({ messages: [user(parallel)], stream: false })).json();
    expect(whole).toMatchObject({
      type: 'message',
      stop_reason: 'tool_use',
      content: [
        { type: 'tool_use', name: 'sum_numbers', input: { numbers: [3, 4] } },
        { type: 'tool_use', name: 'subtract_numbers', input: { minuend: 5, subtrahend: 1 } },
      ],
    });
  });

  it.each([
    [
      'no max_tokens',
      { max_tokens: undefined, messages: [user('Hi')] },
      /^max_tokens: Field required/,
    ],
    ['no messages', {}, /^messages: Field required/],
    [
      'an assistant first',
      { messages: [{ role: 'assistant', content: 'Hi' }, user('Hi')] },
      /first message/,
    ],
    ['a prefill', { messages: [user('Hi'), { role: 'assistant', content: 'Hi' }] }, /prefill/],
    ['an empty text', { messages: [user('')] }, /non-empty/],
    [
      'a tool use without its result',
      {
        messages: [
          user('Hi'),
          { role: 'assistant', content: [use('t1'), use('t2')] },
          { role: 'user', content: [result('t1')] },
        ],
      },
      /`tool_use` ids were found without `tool_result` blocks immediately after: t2\./,
    ],
    [
      'a result without its tool use',
      {
        messages: [
          user('Hi'),
          { role: 'assistant', content: [use('t1')] },
          { role: 'user', content: [result('t1'), result('t9')] },
        ],
      },
      /unexpected `tool_use_id` found in `tool_result` blocks: t9/,
    ],
    [
      'two results for one tool use',
      {
        messages: [
          user('Hi'),
          { role: 'assistant', content: [use('t1')] },
          { role: 'user', content: [result('t1'), result('t1')] },
        ],
      },
      /single result/,
    ],
    [
      'two tools with the same name',
      { messages: [user('Hi')], tools: [tool('a'), tool('a')] },
      /unique: a/,
    ],
    [
      'a tool without a schema',
      { messages: [user('Hi')], tools: [{ name: 'a' }] },
      /tools\.0\.input_schema/,
    ],
  ])('refuses %s', async (_what, request, message) => {
    const response = await postMessages(request);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringMatching(message) },
      request_id: response.headers.get('request-id'),
    });
  });

  it('refuses a request without a version, and an unknown model', async () => {
    const unversioned = await postMessages({ messages: [user('Hi')] }, {});
    expect(await unversioned.json()).toMatchObject({
      error: { message: expect.stringMatching(/anthropic-version/) },
    });
    const unknown = await postMessages({ model: 'claude-opus-5-5', messages: [user('Hi')] });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      error: { type: 'not_found_error', message: expect.stringContaining('`demo`, `demo-fast`') },
    });
  });
});

function use(id: string) {
  return { type: 'tool_use', id, name: 'sum_numbers', input: { numbers: [1, 2] } };
}

function result(id: string) {
  return { type: 'tool_result', tool_use_id: id, content: '3' };
}

function tool(name: string) {
  return { name, input_schema: { type: 'object' } };
}

it('returns byte-identical answers to identical requests', async () => {
  const first = await (await postMessages({ messages: [user(parallel)] })).text();
  expect(await (await postMessages({ messages: [user(parallel)] })).text()).toBe(first);
});
