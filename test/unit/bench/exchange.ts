import type { Protocol } from '../../../bench/contenders/trial.ts';
import { workToolSchemas } from '../../../bench/workload/toolSchemas.ts';
import { runCall, type WorkCall } from '../../../bench/workload/workload.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies are bent out of shape on purpose
export type Loose = any;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** The error's body; undefined for a stream. */
  readonly error: Loose;
  readonly events: readonly Loose[];
}

/** A minimal client of one API. */
export interface PlainClient {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The first request of a conversation. */
  firstBody(prompt: string, system?: string): Loose;
  /** The request after a turn with tool calls: the turn as received, and the results. */
  nextBody(body: Loose, events: readonly Loose[]): Loose;
  /** The tool results of the last request, for tests to change. */
  lastResults(body: Loose): Loose[];
  answerOf(events: readonly Loose[]): string;
  /** Tokens read from the cache, and all input tokens. */
  usageOf(events: readonly Loose[]): { readonly read: number; readonly input: number };
}

export async function post(
  base: string,
  client: PlainClient,
  body: unknown,
  headers: Readonly<Record<string, string>> = client.headers,
): Promise<Answered> {
  const response = await fetch(base + client.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  return {
    status: response.status,
    headers: response.headers,
    error: isStream ? undefined : JSON.parse(text),
    events: isStream ? eventsIn(text) : [],
  };
}

function eventsIn(text: string): readonly Loose[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)));
}

function run(name: string, input: Loose): string {
  return runCall({ name: name as WorkCall['name'], numbers: input.numbers });
}

const anthropic: PlainClient = {
  path: '/v1/messages',
  headers: { 'x-api-key': 'key', 'anthropic-version': '2026-10-21' },
  firstBody: (prompt, system = 'Be brief.') => ({
    model: 'claude-sonnet-5-5',
    max_tokens: 1000,
    stream: true,
    system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
    tools: workToolSchemas.map(({ inputSchema, ...tool }) => ({
      ...tool,
      input_schema: inputSchema,
    })),
    messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
  }),
  nextBody: (body, events) => {
    const content: Loose[] = [];
    const inputs: string[] = [];
    for (const { type, index, content_block: block, delta } of events) {
      if (type === 'content_block_start') content[index] = { ...block };
      if (type !== 'content_block_delta') continue;
      if (delta.type === 'thinking_delta') content[index].thinking += delta.thinking;
      if (delta.type === 'signature_delta') content[index].signature = delta.signature;
      if (delta.type === 'input_json_delta')
        inputs[index] = (inputs[index] ?? '') + delta.partial_json;
    }
    const results = content.flatMap((block, index) => {
      if (block.type !== 'tool_use') return [];
      block.input = JSON.parse(inputs[index] ?? '');
      return [
        { type: 'tool_result', tool_use_id: block.id, content: run(block.name, block.input) },
      ];
    });
    const turn = [
      { role: 'assistant', content },
      { role: 'user', content: results },
    ];
    return { ...body, messages: [...body.messages, ...turn] };
  },
  lastResults: (body) => body.messages.at(-1).content,
  answerOf: (events) => events.map(({ delta }) => delta?.text ?? '').join(''),
  usageOf: (events) => {
    const { usage } = events[0].message;
    const read = usage.cache_read_input_tokens;
    return { read, input: usage.input_tokens + read + usage.cache_creation_input_tokens };
  },
};

const openai: PlainClient = {
  path: '/v1/responses',
  headers: { authorization: 'Bearer key' },
  firstBody: (prompt, system = 'Be brief.') => ({
    model: 'gpt-6.1-sol',
    max_output_tokens: 1000,
    stream: true,
    store: false,
    instructions: system,
    tools: workToolSchemas.map(({ inputSchema, ...tool }) => ({
      type: 'function',
      ...tool,
      parameters: inputSchema,
      strict: false,
    })),
    input: [{ role: 'user', content: prompt }],
  }),
  nextBody: (body, events) => {
    const { output } = events.at(-1).response;
    const results = output
      .filter(({ type }: Loose) => type === 'function_call')
      .map((call: Loose) => ({
        type: 'function_call_output',
        call_id: call.call_id,
        output: run(call.name, JSON.parse(call.arguments)),
      }));
    return { ...body, input: [...body.input, ...output, ...results] };
  },
  lastResults: (body) => body.input.slice(-2),
  answerOf: (events) =>
    events
      .filter(({ type }) => type === 'response.output_text.delta')
      .map(({ delta }) => delta)
      .join(''),
  usageOf: (events) => {
    const { usage } = events.at(-1).response;
    return { read: usage.input_tokens_details.cached_tokens, input: usage.input_tokens };
  },
};

export const plainClients: { readonly [P in Protocol]: PlainClient } = { anthropic, openai };
