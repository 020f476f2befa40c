import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, type JsonObject } from '../shared/json.ts';
import { objectsIn, textOf } from './contentText.ts';
import { type DemoRequest, estimateTokens, type ToolExchange } from './demoRequest.ts';
import { fingerprint } from './fingerprint.ts';
import { checkToolNames, invalid, missing, readModel, readStream } from './requestFields.ts';

interface MessageParam {
  readonly role: string;
  readonly blocks: readonly JsonObject[];
}

/** Reads and checks a request to the Messages API. */
export function parseMessagesRequest(body: JsonObject, headers: IncomingHttpHeaders): DemoRequest {
  if (headers['anthropic-version'] === undefined) {
    throw invalid('anthropic-version: header is required');
  }
  const model = readModel(body);
  const maxOutputTokens = readMaxTokens(body);
  const messages = readMessages(body);
  checkPairing(messages);
  const tools = readTools(body);
  const choice = isJsonObject(body.tool_choice) ? body.tool_choice : {};
  const prompts = promptsIn(messages);
  return {
    model,
    prompt: prompts.at(-1) ?? '',
    firstPrompt: prompts[0] ?? '',
    prompts: prompts.length,
    turn: messages.filter((message) => message.role === 'assistant').length,
    exchanges: exchangesIn(messages),
    tools: choice.type === 'none' ? [] : tools,
    oneCallATurn: choice.disable_parallel_tool_use === true,
    maxOutputTokens,
    inputTokens: estimateTokens(JSON.stringify([body.system, body.tools, body.messages])),
    stream: readStream(body),
    fingerprint: fingerprint(model, JSON.stringify(body.messages)),
    body,
  };
}

/** 0 asks for no output: the request only fills the prompt cache. */
function readMaxTokens(body: JsonObject): number {
  const value = body.max_tokens;
  if (value === undefined) throw missing('max_tokens');
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw invalid('max_tokens: must be a whole number, 0 or greater.');
  }
  return value;
}

function readMessages(body: JsonObject): readonly MessageParam[] {
  const { messages } = body;
  if (messages === undefined) throw missing('messages');
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid('messages: at least one message is required');
  }
  const read = messages.map(readMessage);
  if (read.find((message) => message.role !== 'system')?.role !== 'user') {
    throw invalid('messages: first message must use the "user" role');
  }
  if (read.at(-1)?.role === 'assistant') {
    throw invalid(
      'This model does not support assistant message prefill. ' +
        'The conversation must end with a user message.',
    );
  }
  return read;
}

function readMessage(message: unknown, index: number): MessageParam {
  const at = `messages.${index}`;
  if (!isJsonObject(message)) throw invalid(`${at}: must be an object.`);
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalid(`${at}.role: must be "user", "assistant" or "system".`);
  }
  if (content === undefined) throw missing(`${at}.content`);
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (!Array.isArray(blocks) || !blocks.every(isJsonObject)) {
    throw invalid(`${at}.content: must be a string or a list of content blocks.`);
  }
  if (blocks.length === 0) throw invalid(`${at}: all messages must have non-empty content`);
  if (blocks.some((block) => block.type === 'text' && !hasText(block))) {
    throw invalid(`${at}: text content blocks must be non-empty`);
  }
  return { role, blocks };
}

function hasText(block: JsonObject): boolean {
  return typeof block.text === 'string' && block.text !== '';
}

/** Checks that the message after each tool use holds its result, and no other results. */
function checkPairing(messages: readonly MessageParam[]): void {
  const seen = new Set<unknown>();
  let called: readonly unknown[] = [];
  for (const [index, message] of messages.entries()) {
    const answered = idsIn(message, 'tool_result', 'tool_use_id');
    const unknownId = answered.find((id) => !called.includes(id));
    if (unknownId !== undefined) {
      throw invalid(
        `messages.${index}.content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ` +
          `${unknownId}. Each \`tool_result\` block must have a corresponding \`tool_use\` block ` +
          'in the previous message.',
      );
    }
    checkAnswered(index, called, answered);
    called = message.role === 'assistant' ? idsIn(message, 'tool_use', 'id') : [];
    for (const id of called) {
      if (seen.has(id)) throw invalid(`messages.${index}: \`tool_use\` ids must be unique: ${id}`);
      seen.add(id);
    }
  }
}

function checkAnswered(
  index: number,
  called: readonly unknown[],
  answered: readonly unknown[],
): void {
  const open = called.filter((id) => !answered.includes(id));
  if (open.length > 0) {
    throw invalid(
      `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks ` +
        `immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding ` +
        '`tool_result` block in the next message.',
    );
  }
  if (new Set(answered).size < answered.length) {
    throw invalid(`messages.${index}: each tool_use must have a single result.`);
  }
}

function idsIn(message: MessageParam, type: string, field: string): readonly unknown[] {
  return message.blocks.filter((block) => block.type === type).map((block) => String(block[field]));
}

function readTools(body: JsonObject): readonly string[] {
  const tools = objectsIn(body.tools);
  for (const [index, tool] of tools.entries()) {
    const schema = tool.input_schema;
    if (!isJsonObject(schema) || schema.type !== 'object') {
      throw invalid(`tools.${index}.input_schema: must be a JSON Schema with type "object".`);
    }
  }
  return checkToolNames(
    tools.map((tool) => tool.name),
    'tools',
  );
}

/** The user's texts, without messages that only carry tool results. */
function promptsIn(messages: readonly MessageParam[]): readonly string[] {
  return messages
    .filter(({ role, blocks }) => role === 'user' && !blocks.some(isToolResult))
    .map(({ blocks }) => textOf(blocks))
    .filter((text) => text !== '');
}

function isToolResult(block: JsonObject): boolean {
  return block.type === 'tool_result';
}

function exchangesIn(messages: readonly MessageParam[]): readonly ToolExchange[] {
  const blocks = messages.flatMap((message) => message.blocks);
  const uses = new Map(
    blocks.filter((block) => block.type === 'tool_use').map((block) => [block.id, block]),
  );
  return blocks.filter(isToolResult).map((block) => {
    const use = uses.get(block.tool_use_id);
    return {
      name: String(use?.name),
      input: use?.input,
      output: textOf(block.content),
      isError: block.is_error === true,
    };
  });
}
