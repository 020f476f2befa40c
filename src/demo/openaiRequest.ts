import { isJsonObject, type JsonObject } from '../shared/json.ts';
import { objectsIn, textOf } from './contentText.ts';
import { type DemoRequest, estimateTokens, type ToolExchange } from './demoRequest.ts';
import { fingerprint } from './fingerprint.ts';
import { checkToolNames, invalid, missing, readModel, readStream } from './requestFields.ts';

const minOutputTokens = 16;
const itemTypes = [
  'message',
  'function_call',
  'function_call_output',
  'reasoning',
  'item_reference',
  'compaction',
] as const;

/** Reads and checks a request to the Responses API. */
export function parseResponsesRequest(body: JsonObject): DemoRequest {
  const model = readModel(body);
  checkStateless(body);
  const items = readItems(body.input);
  checkPairing(items);
  const tools = readTools(body);
  const prompts = items.filter(isUserMessage).map((item) => textOf(item.content));
  return {
    model,
    prompt: prompts.at(-1) ?? '',
    firstPrompt: prompts[0] ?? '',
    prompts: prompts.length,
    turn: turnsIn(items),
    exchanges: exchangesIn(items),
    tools: body.tool_choice === 'none' ? [] : tools,
    oneCallATurn: body.parallel_tool_calls === false,
    maxOutputTokens: readMaxOutputTokens(body),
    inputTokens: estimateTokens(JSON.stringify([body.instructions, body.tools, body.input])),
    stream: readStream(body),
    fingerprint: fingerprint(model, JSON.stringify(body.input)),
    body,
  };
}

/** Rejects references to stored state: the server is stateless. */
function checkStateless(body: JsonObject): void {
  const previous = body.previous_response_id;
  if (typeof previous === 'string') {
    throw invalid(
      `Previous response with id '${previous}' not found. The demo model stores no responses: ` +
        'send the whole conversation as input.',
      'previous_response_id',
      'previous_response_not_found',
    );
  }
  if (body.conversation !== undefined && body.conversation !== null) {
    throw invalid('The demo model stores no conversations.', 'conversation');
  }
}

function readItems(input: unknown): readonly JsonObject[] {
  if (input === undefined) throw missing('input');
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  if (!Array.isArray(input) || input.length === 0) {
    throw invalid('input: must be a string or a list with at least one item.', 'input');
  }
  return input.map(readItem);
}

function readItem(item: unknown, index: number): JsonObject {
  const at = `input[${index}]`;
  if (!isJsonObject(item)) throw invalid(`${at}: must be an object.`, at);
  const type = item.type ?? 'message';
  if (!itemTypes.some((known) => known === type)) {
    throw invalid(
      `Invalid value: '${type}'. Supported values are: ${itemTypes.join(', ')}.`,
      `${at}.type`,
      'invalid_value',
    );
  }
  if (type === 'message' && !isRole(item.role)) {
    throw invalid(`${at}.role: must be user, assistant, system or developer.`, `${at}.role`);
  }
  if (type === 'message' && typeof item.content !== 'string' && !Array.isArray(item.content)) {
    throw invalid(`Missing required parameter: '${at}.content'.`, `${at}.content`);
  }
  return { ...item, type };
}

function isRole(role: unknown): boolean {
  return role === 'user' || role === 'assistant' || role === 'system' || role === 'developer';
}

/** Checks that every call has one output after it, and every output a call before it. */
function checkPairing(items: readonly JsonObject[]): void {
  const open = new Set<unknown>();
  for (const item of items) {
    if (item.type === 'function_call') open.add(item.call_id);
    if (item.type === 'function_call_output' && !open.delete(item.call_id)) {
      throw invalid(
        `No tool call found for function call output with call_id ${item.call_id}.`,
        'input',
      );
    }
  }
  const [unanswered] = open;
  if (unanswered !== undefined) {
    throw invalid(`No tool output found for function call ${unanswered}.`, 'input');
  }
}

function readTools(body: JsonObject): readonly string[] {
  const functions = objectsIn(body.tools).filter((tool) => tool.type === 'function');
  return checkToolNames(
    functions.map((tool) => tool.name),
    'tools',
  );
}

function readMaxOutputTokens(body: JsonObject): number | undefined {
  const value = body.max_output_tokens;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minOutputTokens) {
    throw invalid(
      "Invalid 'max_output_tokens': integer below minimum value. " +
        `Expected a value >= ${minOutputTokens}, but got ${value} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    );
  }
  return value;
}

function isUserMessage(item: JsonObject): boolean {
  return item.type === 'message' && item.role === 'user' && textOf(item.content) !== '';
}

/** Counts the model's responses: each is a run of consecutive items that the model made. */
function turnsIn(items: readonly JsonObject[]): number {
  let turns = 0;
  let inTurn = false;
  for (const item of items) {
    const isModels =
      item.type === 'function_call' || item.type === 'reasoning' || item.role === 'assistant';
    if (isModels && !inTurn) turns += 1;
    inTurn = isModels;
  }
  return turns;
}

function exchangesIn(items: readonly JsonObject[]): readonly ToolExchange[] {
  const calls = new Map(
    items.filter((item) => item.type === 'function_call').map((item) => [item.call_id, item]),
  );
  return items
    .filter((item) => item.type === 'function_call_output')
    .map((item) => {
      const call = calls.get(item.call_id);
      const output = textOf(item.output);
      // The API has no error flag: by convention a failed call's output begins with "error".
      const isError = /^\s*error\b/i.test(output);
      return {
        name: String(call?.name),
        input: readArguments(call?.arguments),
        output: output.replace(/^\s*error:\s*/i, ''),
        isError,
      };
    });
}

function readArguments(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
