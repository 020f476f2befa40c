import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { arithmeticToolNames } from './arithmeticTools.ts';
import { outline, postJson, readEvents, type TypedEvent } from './eventReader.ts';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ pace: 0 });
});
afterAll(() => server.close());

const parallel = 'Compute (3 + 4) * (5 - 1)';
const user = (content: string) => ({ role: 'user', content });

function postResponses(request: object) {
  const tools = arithmeticToolNames.map((name) => ({ type: 'function', name, parameters: {} }));
  const body = { model: 'demo', stream: true, tools, ...request };
  return postJson(`${server.openaiBaseUrl}/responses`, body);
}

async function responseEvents(request: object): Promise<readonly TypedEvent[]> {
  const events = await readEvents<TypedEvent>(await postResponses(request));
  for (const { event, data } of events) expect(event).toBe(data.type);
  return events.map(({ data }) => data);
}

describe('the Responses API', () => {
  it('streams text in the documented order with numbered events', async () => {
    const response = await postResponses({ input: 'Hello' });
    expect(response.headers.get('x-request-id')).toMatch(/^req_demo_[0-9a-f]{24}$/);
    const events = await responseEvents({ input: 'Hello' });
    expect(outline(events)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    const added = events.find(({ type }) => type === 'response.output_item.added');
    expect(added?.item).toMatchObject({ type: 'message', status: 'in_progress', content: [] });
    expect(events.at(-1)?.response).toMatchObject({
      status: 'completed',
      usage: { input_tokens_details: { cached_tokens: 0 }, total_tokens: expect.any(Number) },
    });
  });

  it('streams several function calls, one item after another', async () => {
    const events = await responseEvents({ input: [user(parallel)] });
    expect(outline(events)).toEqual([
      'response.created',
      'response.in_progress',
      ...Array(2)
        .fill([
          'response.output_item.added',
          'response.function_call_arguments.delta',
          'response.function_call_arguments.done',
          'response.output_item.done',
        ])
        .flat(),
      'response.completed',
    ]);
    const deltas = events.filter(({ type }) => type === 'response.function_call_arguments.delta');
    const done = events.filter(({ type }) => type === 'response.function_call_arguments.done');
    for (const { item_id, arguments: whole } of done) {
      const joined = deltas
        .filter((event) => event.item_id === item_id)
        .map((event) => event.delta);
      expect(joined.join('')).toBe(whole);
    }
    expect(events.at(-1)?.response).toMatchObject({
      output: [
        { type: 'function_call', name: 'sum_numbers', status: 'completed' },
        { name: 'subtract_numbers' },
      ],
    });
  });

  it('is incomplete at max_output_tokens', async () => {
    const events = await responseEvents({ input: 'Hello', max_output_tokens: 16 });
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [{ status: 'incomplete' }],
        usage: { output_tokens: 16 },
      },
    });
  });

  it('returns the same response without streaming', async () => {
    const whole = await (await postResponses({ input: parallel, stream: false })).json();
    expect(whole).toMatchObject({
      object: 'response',
      status: 'completed',
      output: [
        { name: 'sum_numbers', arguments: '{"numbers":[3,4]}' },
        { name: 'subtract_numbers' },
      ],
    });
  });

  it.each([
    ['no input', {}, /^input: Field required/],
    ['an empty input', { input: [] }, /at least one item/],
    ['an unknown item', { input: [{ type: 'thought' }] }, /Invalid value: 'thought'/],
    [
      'an output for an unknown call',
      { input: [user('Hi'), { type: 'function_call_output', call_id: 'c9', output: '3' }] },
      /^No tool call found for function call output with call_id c9\./,
    ],
    [
      'a call without its output',
      { input: [user('Hi'), { type: 'function_call', call_id: 'c1', name: 'a', arguments: '{}' }] },
      /^No tool output found for function call c1\./,
    ],
    ['too few output tokens', { input: 'Hi', max_output_tokens: 15 }, />= 16, but got 15/],
    ['a stored response', { input: 'Hi', previous_response_id: 'resp_1' }, /'resp_1' not found/],
  ])('refuses %s', async (_what, request, message) => {
    const response = await postResponses(request);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringMatching(message) },
    });
  });

  it('refuses an unknown model', async () => {
    const response = await postResponses({ model: 'gpt-9', input: 'Hi' });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: {
        type: 'invalid_request_error',
        code: 'model_not_found',
        param: 'model',
        message: expect.stringContaining('`gpt-9` is not one of'),
      },
    });
  });
});

it('returns byte-identical answers to identical requests', async () => {
  const first = await (await postResponses({ input: parallel })).text();
  expect(await (await postResponses({ input: parallel })).text()).toBe(first);
});
