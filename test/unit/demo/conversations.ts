import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { DemoServer } from '../../../src/demo/server.ts';
import { arithmeticToolNames, runTool } from './arithmeticTools.ts';
import { postJson, type ReceivedEvent, readEvents } from './eventReader.ts';

export interface Call {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

export interface Outcome {
  readonly answer: string;
  /** The calls of each turn but the last. */
  readonly turns: readonly (readonly Call[])[];
}

export interface ConverseOptions {
  readonly tools?: readonly string[];
  readonly model?: string;
  readonly run?: (
    name: string,
    input: Record<string, unknown>,
  ) => { text: string; isError: boolean };
  /** Extra fields for every request. */
  readonly request?: Record<string, unknown>;
}

const maxTurns = 40;

/** Plays a whole conversation over the Messages API. */
export async function converseByMessages(
  server: DemoServer,
  prompt: string,
  options: ConverseOptions = {},
): Promise<Outcome> {
  const messages: unknown[] = [{ role: 'user', content: prompt }];
  const turns: Call[][] = [];
  while (turns.length < maxTurns) {
    const response = await postJson(
      `${server.anthropicBaseUrl}/v1/messages`,
      {
        model: options.model ?? 'demo',
        max_tokens: 4096,
        stream: true,
        messages,
        tools: (options.tools ?? arithmeticToolNames).map((name) => ({
          name,
          input_schema: { type: 'object' },
        })),
        ...options.request,
      },
      { 'anthropic-version': '2026-10-21' },
    );
    if (!response.ok) throw new Error(await response.text());
    const blocks = blocksIn(await readEvents<RawMessageStreamEvent>(response));
    const calls = blocks.flatMap(({ id, name, streamed }) =>
      id === undefined ? [] : [{ id, name, input: JSON.parse(streamed) }],
    );
    if (calls.length === 0)
      return { answer: blocks.map((block) => block.streamed).join(''), turns };
    turns.push(calls.map(({ name, input }) => ({ name, input })));
    messages.push({
      role: 'assistant',
      content: calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
    });
    const results = calls.map(({ id, name, input }) => {
      const { text, isError } = (options.run ?? runTool)(name, input);
      return { type: 'tool_result', tool_use_id: id, content: text, is_error: isError };
    });
    messages.push({ role: 'user', content: results });
  }
  throw new Error('no final answer');
}

/** Plays a whole conversation over the Responses API. */
export async function converseByResponses(
  server: DemoServer,
  prompt: string,
  options: ConverseOptions = {},
): Promise<Outcome> {
  const input: unknown[] = [{ role: 'user', content: prompt }];
  const turns: Call[][] = [];
  while (turns.length < maxTurns) {
    const response = await postJson(`${server.openaiBaseUrl}/responses`, {
      model: options.model ?? 'demo',
      stream: true,
      store: false,
      input,
      tools: (options.tools ?? arithmeticToolNames).map((name) => ({
        type: 'function',
        name,
        parameters: { type: 'object' },
        strict: false,
      })),
      ...options.request,
    });
    if (!response.ok) throw new Error(await response.text());
    const events = await readEvents<ResponseStreamEvent>(response);
    const items = events.flatMap(({ data }) =>
      data.type === 'response.output_item.done' ? [data.item] : [],
    );
    const calls = items.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return { answer: textIn(items), turns };
    turns.push(calls.map(({ name, arguments: text }) => ({ name, input: JSON.parse(text) })));
    input.push(...items);
    for (const call of calls) {
      const { text, isError } = (options.run ?? runTool)(call.name, JSON.parse(call.arguments));
      const output = isError ? `ERROR: ${text}` : text;
      input.push({ type: 'function_call_output', call_id: call.call_id, output });
    }
  }
  throw new Error('no final answer');
}

interface StreamedBlock {
  /** Only tool calls have an id. */
  readonly id: string | undefined;
  readonly name: string;
  streamed: string;
}

function blocksIn(
  events: readonly ReceivedEvent<RawMessageStreamEvent>[],
): readonly StreamedBlock[] {
  const blocks: StreamedBlock[] = [];
  for (const { data } of events) {
    if (data.type === 'content_block_start') {
      const block = data.content_block;
      const isCall = block.type === 'tool_use';
      blocks.push({
        id: isCall ? block.id : undefined,
        name: isCall ? block.name : '',
        streamed: '',
      });
    }
    if (data.type !== 'content_block_delta') continue;
    const { delta } = data;
    if (delta.type === 'text_delta') blocks[data.index]!.streamed += delta.text;
    if (delta.type === 'input_json_delta') blocks[data.index]!.streamed += delta.partial_json;
  }
  return blocks;
}

function textIn(items: readonly ResponseOutputItem[]): string {
  return items
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('');
}

/** The bold number in an answer. */
export function boldNumber(answer: string): number {
  const match = /\*\*([^*]+)\*\*/.exec(answer);
  if (match === null) throw new Error(`no number in: ${answer}`);
  return Number(match[1]);
}
