import { callsPerRound, conversationOf } from '../../workload/workload.ts';
import { type IssuedTurns, replayProblem } from '../issuedTurns.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { PromptPart, ReadRequest } from '../readRequest.ts';
import { checkBody, prefixText, readSystem, readTools } from './body.ts';
import { BreakpointCount } from './breakpointCount.ts';
import { blockPart, resultText } from './contentBlocks.ts';
import { itemOf } from './items.ts';
import { refuse } from './refuse.ts';

/**
 * Checks a Messages API request as strictly as the API. Two checks are stricter: tool results must
 * be in the order of their calls, and the model's turns must come back exactly as sent. Throws a
 * `RequestRefusal`.
 */
export function readMessagesRequest(body: JsonObject, issued: IssuedTurns): ReadRequest {
  checkBody(body);
  const breakpoints = new BreakpointCount();
  const tools = readTools(body.tools, breakpoints);
  const system = readSystem(body.system, breakpoints);
  const { conversation, results, newCallIds, parts } = readMessages(body, issued, breakpoints);
  const all = [...tools, ...system, ...parts];
  if (body.cache_control !== undefined && body.cache_control !== null) {
    breakpoints.read(body.cache_control, 'cache_control');
    const last = all.length - 1;
    all[last] = { ...(all[last] as PromptPart), breakpoint: true };
  }
  return {
    model: body.model as string,
    conversation,
    results,
    newCallIds,
    parts: all,
    cacheNamespace: `anthropic ${body.model}`,
    prefix: prefixText(body, [...tools, ...system]),
    echo: '',
  };
}

interface ReadMessages
  extends Pick<ReadRequest, 'conversation' | 'results' | 'newCallIds' | 'parts'> {}

function readMessages(
  body: JsonObject,
  issued: IssuedTurns,
  breakpoints: BreakpointCount,
): ReadMessages {
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) {
    refuse('messages: at least one message is required');
  }
  const parts: PromptPart[] = [];
  const results: string[] = [];
  let conversation = -1;
  let called: readonly string[] = [];
  let answered: readonly string[] = [];
  const seen = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const at = `messages.${index}`;
    const { role, blocks } = readMessage(message, at, index % 2 === 0 ? 'user' : 'assistant');
    for (const [place, block] of blocks.entries()) {
      parts.push(blockPart(block, `${at}.content.${place}`, role, breakpoints));
    }
    if (role === 'assistant') {
      called = readTurn(blocks, { at, issued, conversation, round: (index - 1) / 2, seen });
    } else if (index === 0) {
      conversation = readPrompt(blocks);
    } else {
      answered = readResults(blocks, { at, called, results });
      called = [];
    }
  }
  if (messages.length % 2 === 0) {
    refuse(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  return { conversation, results, newCallIds: answered, parts };
}

interface ReadMessage {
  readonly role: 'user' | 'assistant';
  readonly blocks: readonly JsonObject[];
}

function readMessage(message: unknown, at: string, role: 'user' | 'assistant'): ReadMessage {
  if (!isJsonObject(message)) refuse(`${at}: Input should be an object`);
  for (const name in message) {
    if (name !== 'role' && name !== 'content')
      refuse(`${at}.${name}: Extra inputs are not permitted`);
  }
  if (message.role !== role) {
    refuse(`${at}: roles must alternate between "user" and "assistant", beginning with "user"`);
  }
  const { content } = message;
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (!Array.isArray(blocks) || blocks.length === 0) {
    refuse(`${at}: all messages must have non-empty content`);
  }
  return { role, blocks };
}

function readPrompt(blocks: readonly JsonObject[]): number {
  const text = blocks.length === 1 && blocks[0]?.type === 'text' ? String(blocks[0].text) : '';
  return (
    conversationOf(text) ?? refuse('messages.0: the first message must be a prompt of the workload')
  );
}

interface TurnPlace {
  readonly at: string;
  readonly issued: IssuedTurns;
  readonly conversation: number;
  readonly round: number;
  /** Ids of all calls so far. */
  readonly seen: Set<string>;
}

/** Checks an assistant message and returns the ids of its calls. */
function readTurn(blocks: readonly JsonObject[], place: TurnPlace): readonly string[] {
  const { at, seen } = place;
  const ids = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => String(id));
  for (const id of ids) {
    if (seen.has(id)) refuse(`${at}: \`tool_use\` ids must be unique: ${id}`);
    seen.add(id);
  }
  const [first] = ids;
  if (first === undefined) refuse(`${at}: the conversation had ended here`);
  const { issued, conversation, round } = place;
  const problem = replayProblem(issued.find(first), {
    conversation,
    round,
    items: blocks.map(itemOf),
  });
  if (problem !== undefined) refuse(`${at}: the assistant message ${problem}`);
  return ids;
}

interface ResultPlace {
  readonly at: string;
  readonly called: readonly string[];
  /** Receives the results. */
  readonly results: string[];
}

/** Checks the message after an assistant message: one result for each call, in call order. */
function readResults(
  blocks: readonly JsonObject[],
  { at, called, results }: ResultPlace,
): readonly string[] {
  const answers = blocks.filter(({ type }) => type === 'tool_result');
  const ids = answers.map(({ tool_use_id }) => String(tool_use_id));
  const foreign = ids.find((id) => !called.includes(id));
  if (foreign !== undefined) {
    refuse(`${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${foreign}`);
  }
  const open = called.filter((id) => !ids.includes(id));
  if (open.length > 0) {
    refuse(
      `${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}`,
    );
  }
  if (ids.length > callsPerRound) refuse(`${at}: each tool_use must have a single result`);
  if (ids.some((id, place) => id !== called[place])) {
    refuse(`${at}: tool results must be in the order of their calls`);
  }
  if (answers.length !== blocks.length) refuse(`${at}: nothing but tool results was expected`);
  for (const answer of answers) results.push(resultText(answer, at));
  return ids;
}
