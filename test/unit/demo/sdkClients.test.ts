import Anthropic, { NotFoundError } from '@anthropic-ai/sdk';
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages';
import OpenAI from 'openai';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { arithmeticToolNames, runTool } from './arithmeticTools.ts';

const prompt = 'Sum 4, 7 and 9, multiply 2 and 3, then multiply both results.';
const answer = 'The answer is **120**.';

let server: DemoServer;
let anthropic: Anthropic;
let openai: OpenAI;
beforeAll(async () => {
  server = await startDemoServer({ pace: 0 });
  anthropic = new Anthropic({
    apiKey: 'none',
    baseURL: server.anthropicBaseUrl,
    maxRetries: 0,
    logLevel: 'off',
  });
  openai = new OpenAI({
    apiKey: 'none',
    baseURL: server.openaiBaseUrl,
    maxRetries: 0,
    logLevel: 'off',
  });
});
afterAll(() => server.close());

it("Anthropic's client plays a conversation through its stream helper", async () => {
  const messages: MessageParam[] = [{ role: 'user', content: prompt }];
  for (let turn = 0; turn < 2; turn += 1) {
    const message = await anthropic.messages
      .stream({ model: 'demo', max_tokens: 1000, messages, tools: anthropicTools() })
      .finalMessage();
    expect(message.stop_reason).toBe('tool_use');
    const calls = message.content.filter((block) => block.type === 'tool_use');
    expect(calls).toHaveLength(turn === 0 ? 2 : 1);
    messages.push(
      { role: 'assistant', content: message.content },
      {
        role: 'user',
        content: calls.map((call) => ({
          type: 'tool_result',
          tool_use_id: call.id,
          content: runTool(call.name, call.input).text,
        })),
      },
    );
  }
  const stream = anthropic.messages.stream({ model: 'demo', max_tokens: 1000, messages });
  let streamed = '';
  stream.on('text', (delta) => {
    streamed += delta;
  });
  // Without tools, the model can only say so. Every request must include the tools.
  expect(await stream.finalText()).toBe(streamed);
  const last = anthropic.messages.stream({
    model: 'demo',
    max_tokens: 1000,
    messages,
    tools: anthropicTools(),
  });
  const message = await last.finalMessage();
  expect(message.stop_reason).toBe('end_turn');
  expect(await last.finalText()).toContain(answer);
  expect(message.usage.output_tokens).toBeGreaterThan(1);
  expect(message.usage.input_tokens).toBeGreaterThan(1);
});

it("Anthropic's client reads the raw stream, the models and the errors", async () => {
  const stream = await anthropic.messages.create({
    model: 'demo',
    max_tokens: 100,
    stream: true,
    messages: [{ role: 'user', content: 'Hello' }],
  });
  const types = new Set<string>();
  for await (const event of stream) types.add(event.type);
  expect(types).toContain('message_stop');
  const ids: string[] = [];
  for await (const model of anthropic.models.list()) ids.push(model.id);
  expect(ids).toEqual(['demo', 'demo-fast', 'demo-slow']);
  expect((await anthropic.models.retrieve('demo')).display_name).toBe('Demo');
  const missing = anthropic.messages.create({
    model: 'claude-opus-5-5',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello' }],
  });
  const error = await missing.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error).toMatchObject({
    status: 404,
    type: 'not_found_error',
    requestID: expect.stringContaining('req_demo_'),
  });
});

it("OpenAI's client plays a conversation through its stream helper", async () => {
  const input: ResponseInputItem[] = [{ role: 'user', content: prompt }];
  for (let turn = 0; turn < 2; turn += 1) {
    const response = await openai.responses
      .stream({ model: 'demo', input, tools: openaiTools(), store: false })
      .finalResponse();
    expect(response.status).toBe('completed');
    const calls = response.output.filter((item) => item.type === 'function_call');
    expect(calls).toHaveLength(turn === 0 ? 2 : 1);
    for (const call of calls) {
      const { call_id, name, arguments: text } = call;
      input.push({ type: 'function_call', call_id, name, arguments: text });
    }
    for (const call of calls) {
      const output = runTool(call.name, JSON.parse(call.arguments)).text;
      input.push({ type: 'function_call_output', call_id: call.call_id, output });
    }
  }
  const response = await openai.responses
    .stream({ model: 'demo', input, tools: openaiTools() })
    .finalResponse();
  expect(response.output_text).toContain(answer);
  expect(response.usage?.output_tokens).toBeGreaterThan(1);
});

it("OpenAI's client sees a truncated answer as incomplete", async () => {
  const response = await openai.responses
    .stream({ model: 'demo', input: 'Hello', max_output_tokens: 16 })
    .finalResponse();
  expect(response.status).toBe('incomplete');
  expect(response.incomplete_details?.reason).toBe('max_output_tokens');
});

it("OpenAI's client reads the raw stream, the models and the errors", async () => {
  const stream = await openai.responses.create({ model: 'demo', stream: true, input: 'Hello' });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  expect(types.at(-1)).toBe('response.completed');
  const ids: string[] = [];
  for await (const model of openai.models.list()) ids.push(model.id);
  expect(ids).toEqual(['demo', 'demo-fast', 'demo-slow']);
  const missing = openai.responses.create({ model: 'gpt-9', input: 'Hello' });
  const error = await missing.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OpenAI.NotFoundError);
  expect(error).toMatchObject({
    status: 404,
    code: 'model_not_found',
    requestID: expect.stringContaining('req_demo_'),
  });
});

function anthropicTools() {
  return arithmeticToolNames.map((name) => ({ name, input_schema: { type: 'object' as const } }));
}

function openaiTools() {
  return arithmeticToolNames.map((name) => ({
    type: 'function' as const,
    name,
    parameters: { type: 'object' },
    strict: false,
  }));
}
