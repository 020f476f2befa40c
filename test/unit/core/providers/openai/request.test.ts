import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../../src/core/providers/message.ts';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';
import { openAiEvents } from '../../../../support/loopback/openAiScript.ts';
import { sseText, streamReply } from '../../../../support/loopback/replies.ts';
import { noAbort, outcome, smallRequest, testedProtocol } from '../protocols.ts';
import { turnHarness } from '../turnHarness.ts';

// biome-ignore lint/suspicious/noExplicitAny: a request's JSON, of whatever shape is under test
type JsonBody = any;

interface SentRequest {
  readonly path: string;
  readonly body: JsonBody;
}

const protocol = testedProtocol('openai');

describe('a request of the Responses API', () => {
  const { serve, provide } = turnHarness(protocol);

  async function sent(request: Partial<ModelRequest>, path = ''): Promise<SentRequest> {
    const server = await serve([streamReply(sseText(protocol.answer('x')))]);
    const provider = provide(server, { baseUrl: `${server.url}${path}` });
    await provider.turn({ ...smallRequest, ...request }, {}, noAbort());
    const [recorded] = server.requests;
    return { path: recorded!.path, body: JSON.parse(recorded!.body) };
  }

  it.each(['', '/', '/v1', '/v1/'])(
    'goes to /v1/responses for a base URL that ends with "%s"',
    async (path) => {
      expect((await sent({}, path)).path).toBe('/v1/responses');
    },
  );

  it('keeps the path of a gateway', async () => {
    expect((await sent({}, '/openai/v2/')).path).toBe('/openai/v2/responses');
  });

  it('asks the server to store nothing', async () => {
    expect((await sent({})).body).toEqual({
      model: 'some-model',
      stream: true,
      store: false,
      stream_options: { include_obfuscation: false },
      max_output_tokens: 1000,
      input: [{ role: 'user', content: 'What is 4 times 5?' }],
    });
  });

  it('has instructions, tools and effort', async () => {
    const inputSchema = { type: 'object', properties: { a: { type: 'number' } } };
    const tools = [{ name: 'sum', description: 'Adds.', inputSchema }];
    expect((await sent({ system: 'Be brief.', tools, effort: 'minimal' })).body).toMatchObject({
      instructions: 'Be brief.',
      tools: [
        {
          type: 'function',
          name: 'sum',
          description: 'Adds.',
          parameters: inputSchema,
          strict: false,
        },
      ],
      reasoning: { effort: 'minimal', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    });
  });

  it('has no reasoning field by default, which models without reasoning would reject', async () => {
    const { body } = await sent({ effort: 'none' });
    expect(body.reasoning).toEqual({ effort: 'none' });
    expect(body).not.toHaveProperty('include');
  });

  it('has a cache key for its prefix', async () => {
    const { body } = await sent({ prefix: { tokens: 10, key: 'the-prefix' } });
    expect(body.prompt_cache_key).toBe('the-prefix');
  });

  it("never asks for fewer tokens than the API's minimum", async () => {
    expect((await sent({ maxOutputTokens: 1 })).body.max_output_tokens).toBe(16);
  });

  it('answers tool calls, and says in the text when one has failed', async () => {
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
    expect((await sent({ messages })).body.input.slice(1)).toEqual([
      { role: 'assistant', content: 'I add.' },
      { type: 'function_call', call_id: 'a', name: 'sum', arguments: '{"x":1}' },
      { type: 'function_call', call_id: 'b', name: 'sum', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: '3' },
      { type: 'function_call_output', call_id: 'b', output: 'ERROR: no' },
    ]);
  });

  it('sends a turn back unchanged, including encrypted reasoning', async () => {
    const output = [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'b3BhcXVl' },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'I add.', annotations: [] }],
      },
      {
        type: 'function_call',
        id: 'fc_1',
        call_id: 'call_a',
        name: 'sum',
        arguments: '{"a": 1}',
        status: 'completed',
      },
    ];
    const reply = streamReply(sseText(openAiEvents({ output })));
    const server = await serve([reply, reply]);
    const provider = provide(server);
    const first = await provider.turn(smallRequest, {}, noAbort());
    const outcomes = [outcome('call_a', '3', false)];
    const messages: Message[] = [
      ...smallRequest.messages,
      first.message,
      { role: 'tool', outcomes },
    ];
    await provider.turn({ ...smallRequest, messages }, {}, noAbort());
    const { input } = JSON.parse(server.requests[1]!.body);
    expect(input.slice(1, 4)).toEqual(output);
    expect(input[4]).toEqual({ type: 'function_call_output', call_id: 'call_a', output: '3' });
  });

  it('omits reasoning without content', async () => {
    const output = [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      {
        type: 'reasoning',
        id: 'rs_2',
        summary: [],
        content: [{ type: 'reasoning_text', text: 'a' }],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'sum', arguments: '{}' },
    ];
    const reply = streamReply(sseText(openAiEvents({ output })));
    const server = await serve([reply, reply]);
    const provider = provide(server);
    const { message } = await provider.turn(smallRequest, {}, noAbort());
    // It stays in the message, because some servers require it.
    expect(message.native).toEqual(output);
    const messages: Message[] = [
      ...smallRequest.messages,
      message,
      { role: 'tool', outcomes: [outcome('a', '3', false)] },
    ];
    await provider.turn({ ...smallRequest, messages }, {}, noAbort());
    const { input } = JSON.parse(server.requests[1]!.body);
    expect(input.slice(1, -1)).toEqual(output.slice(1));
  });

  it('omits reasoning without an item after it', async () => {
    const reasoning = { type: 'reasoning', id: 'rs_1', encrypted_content: 'x', summary: [] };
    const messages: Message[] = [
      { role: 'user', text: 'Add.' },
      { role: 'assistant', text: '', toolCalls: [], native: [reasoning] },
      { role: 'user', text: 'Go on.' },
    ];
    const { body } = await sent({ messages });
    expect(body.input.map(({ role }: JsonBody) => role)).toEqual(['user', 'user']);
  });

  it('replaces lone surrogates', async () => {
    const { body } = await sent({ messages: [{ role: 'user', text: 'half \ud83e' }] });
    expect(body.input[0].content).toBe('half \ufffd');
  });
});
