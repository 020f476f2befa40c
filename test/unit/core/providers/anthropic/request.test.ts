import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../../src/core/providers/message.ts';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';
import { anthropicEvents } from '../../../../support/loopback/anthropicScript.ts';
import { plainReply, sseText, streamReply } from '../../../../support/loopback/replies.ts';
import { noAbort, outcome, smallRequest, testedProtocol } from '../protocols.ts';
import { turnHarness } from '../turnHarness.ts';

// biome-ignore lint/suspicious/noExplicitAny: a request's JSON, of whatever shape is under test
type JsonBody = any;

interface SentRequest {
  readonly path: string;
  readonly body: JsonBody;
}

const protocol = testedProtocol('anthropic');

describe('a request of the Messages API', () => {
  const { serve, provide } = turnHarness(protocol);

  async function sent(request: Partial<ModelRequest>, path = ''): Promise<SentRequest> {
    const server = await serve(({ method }) =>
      method === 'GET' ? plainReply(404, {}) : streamReply(sseText(protocol.answer('x'))),
    );
    const provider = provide(server, { baseUrl: `${server.url}${path}` });
    await provider.turn({ ...smallRequest, ...request }, {}, noAbort());
    const recorded = server.requests.find(({ method }) => method === 'POST');
    return { path: recorded!.path, body: JSON.parse(recorded!.body) };
  }

  it.each(['', '/', '/v1', '/v1/'])(
    'goes to /v1/messages for a base URL that ends with "%s"',
    async (path) => {
      expect((await sent({}, path)).path).toBe('/v1/messages');
    },
  );

  it('keeps the path of a gateway', async () => {
    expect((await sent({}, '/anthropic/')).path).toBe('/anthropic/v1/messages');
  });

  it('has no unnecessary fields', async () => {
    expect((await sent({})).body).toEqual({
      model: 'some-model',
      max_tokens: 1000,
      stream: true,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is 4 times 5?' }] }],
    });
  });

  it('has system prompt, tools and effort', async () => {
    const inputSchema = { type: 'object', properties: { a: { type: 'number' } } };
    const tools = [{ name: 'sum', description: 'Adds.', inputSchema }];
    expect((await sent({ system: 'Be brief.', tools, effort: 'xhigh' })).body).toMatchObject({
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [{ name: 'sum', description: 'Adds.', input_schema: inputSchema }],
      output_config: { effort: 'xhigh' },
    });
  });

  it.each([
    [511, false],
    [512, true],
    [undefined, true],
  ])('with a prefix of %s tokens has a breakpoint after it: %s', async (tokens, isMarked) => {
    const prefix = tokens === undefined ? {} : { prefix: { tokens, key: 'k' } };
    const { body } = await sent({ system: 'Be brief.', ...prefix });
    expect('cache_control' in body.system[0]).toBe(isMarked);
  });

  it('moves breakpoints to the newest tool results and the end of the previous request', async () => {
    const asked = (callId: string): Message => ({
      role: 'assistant',
      text: '',
      toolCalls: [{ callId, name: 'sum', input: {} }],
      native: [],
    });
    const answered = (callId: string): Message => ({
      role: 'tool',
      outcomes: [outcome(callId, '3', false)],
    });
    const messages: Message[] = [
      { role: 'user', text: 'Add.' },
      asked('a'),
      answered('a'),
      asked('b'),
      answered('b'),
    ];
    const marks = async (count: number): Promise<boolean[]> => {
      const { body } = await sent({ messages: messages.slice(0, count) });
      return body.messages.map((message: JsonBody) =>
        JSON.stringify(message).includes('ephemeral'),
      );
    };
    expect(await marks(1)).toEqual([false]);
    expect(await marks(3)).toEqual([false, false, true]);
    expect(await marks(5)).toEqual([false, false, true, false, true]);
  });

  it.each(['none', 'minimal'] as const)(
    'omits the effort %s, which the API does not know',
    async (effort) => {
      expect((await sent({ effort })).body).not.toHaveProperty('output_config');
    },
  );

  it('answers all tool calls in one message', async () => {
    const messages: Message[] = [
      { role: 'user', text: 'Add.' },
      {
        role: 'assistant',
        text: 'I add.',
        toolCalls: [
          { callId: 'a', name: 'sum', input: { x: 1 } },
          { callId: 'b', name: 'sum', input: '{', inputError: 'bad' },
        ],
        native: [],
      },
      {
        role: 'tool',
        outcomes: [outcome('a', '3', false), outcome('b', 'no', true)],
      },
    ];
    expect((await sent({ messages })).body.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I add.' },
          { type: 'tool_use', id: 'a', name: 'sum', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'sum', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: '3' },
          {
            type: 'tool_result',
            tool_use_id: 'b',
            content: 'no',
            is_error: true,
            cache_control: { type: 'ephemeral' },
          },
        ],
      },
    ]);
  });

  it('sends a turn back unchanged, including thinking and unknown blocks', async () => {
    const content = [
      { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'b3BhcXVl' },
      { type: 'some_new_block', novelty: [1] },
      { type: 'text', text: 'I add.' },
      { type: 'tool_use', id: 'toolu_1', name: 'sum', input: { a: 1 }, caller: { type: 'direct' } },
    ];
    const events = anthropicEvents({ content, stopReason: 'tool_use' });
    const server = await serve([streamReply(sseText(events)), streamReply(sseText(events))]);
    const provider = provide(server);
    const first = await provider.turn(smallRequest, {}, noAbort());
    const outcomes = [outcome('toolu_1', '3', false)];
    const messages: Message[] = [
      ...smallRequest.messages,
      first.message,
      { role: 'tool', outcomes },
    ];
    await provider.turn({ ...smallRequest, messages }, {}, noAbort());
    const body = JSON.parse(server.requests[1]!.body);
    expect(body.messages[1]).toEqual({ role: 'assistant', content });
    expect(body.messages[2].content[0].tool_use_id).toBe('toolu_1');
  });

  it('omits thinking without content after it', async () => {
    const thinking = { type: 'thinking', thinking: 'First, I' };
    const messages: Message[] = [
      { role: 'user', text: 'Add.' },
      { role: 'assistant', text: '', toolCalls: [], native: [thinking] },
      { role: 'user', text: 'Go on.' },
    ];
    const { body } = await sent({ messages });
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Add.' },
          { type: 'text', text: 'Go on.' },
        ],
      },
    ]);
  });

  it('omits an empty assistant message and replaces lone surrogates', async () => {
    const messages: Message[] = [
      { role: 'user', text: 'half \ud83e' },
      { role: 'assistant', text: '', toolCalls: [], native: [] },
      { role: 'user', text: 'again' },
    ];
    const { body } = await sent({ messages });
    expect(body.messages).toHaveLength(1);
    expect(body.messages[0].content.map(({ text }: JsonBody) => text)).toEqual([
      'half \ufffd',
      'again',
    ]);
  });

  it('sends the key to compatible servers in both common headers', async () => {
    const server = await serve([streamReply(sseText(protocol.answer('x')))]);
    await provide(server, { apiKey: 'the-key' }).turn(smallRequest, {}, noAbort());
    const { headers } = server.requests[0]!;
    expect(headers).toMatchObject({ authorization: 'Bearer the-key', 'x-api-key': 'the-key' });
  });
});
