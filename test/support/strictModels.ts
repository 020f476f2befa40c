import { createHash } from 'node:crypto';
import { createAnthropicProvider } from '../../src/core/providers/anthropic/provider.ts';
import { createOpenAiProvider } from '../../src/core/providers/openai/provider.ts';
import type { Provider, ProviderId } from '../../src/core/providers/provider.ts';
import type { ScriptedCall } from './faults/faultProtocol.ts';
import { historyProblems } from './faults/historyProblems.ts';
import { anthropicEvents } from './loopback/anthropicScript.ts';
import type { LoopbackServer, RecordedRequest } from './loopback/loopbackServer.ts';
import { startLoopbackServer } from './loopback/loopbackServer.ts';
import { openAiEvents } from './loopback/openAiScript.ts';
import { plainReply, sseText, streamReply } from './loopback/replies.ts';

/** What a model says: a text, with thinking before it, and its calls. */
export interface StrictTurn {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
}

/** What a request says, whatever its protocol. */
export interface StrictRequest {
  readonly protocol: 'anthropic' | 'openai';
  readonly model: string;
  readonly system: string;
  /** Names of the tools. */
  readonly tools: readonly string[];
  /** The model's turns so far, of the history that was sent. */
  readonly turns: number;
  readonly body: string;
}

/** Two vendors' servers in one, and everything that they would have refused. */
export interface StrictModels {
  readonly providers: ReadonlyMap<ProviderId, Provider>;
  readonly requests: readonly StrictRequest[];
  readonly problems: readonly string[];
  close(): Promise<void>;
}

interface Block {
  readonly type?: string;
  readonly role?: string;
  readonly signature?: string;
  readonly encrypted_content?: string;
  readonly name?: string;
}

interface Body {
  readonly model: string;
  readonly system?: readonly { readonly text: string }[];
  readonly instructions?: string;
  readonly tools?: readonly { readonly name: string }[];
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly input?: readonly Block[];
}

/**
 * Servers that check every request as the vendors do: the order of roles, pairs of calls and results, calls of
 * tools that are listed, and thinking, which is bound to the model, the system prompt, the tools and every message
 * before it. Each turn has thinking, so that whatever is sent back wrongly shows.
 */
export async function startStrictModels(
  turnOf: (request: StrictRequest) => StrictTurn,
): Promise<StrictModels> {
  const requests: StrictRequest[] = [];
  const problems: string[] = [];
  const answer = (recorded: RecordedRequest) => {
    if (recorded.method !== 'POST') return plainReply(404, { error: { message: 'No list.' } });
    const body = JSON.parse(recorded.body) as Body;
    const found = [...historyProblems(recorded.body), ...bindingProblems(body)];
    const request = readRequest(body, recorded.body);
    requests.push(request);
    if (found.length > 0) {
      problems.push(...found.map((problem) => `${request.system}: ${problem}`));
      const error = { type: 'invalid_request_error', message: found.join('; ') };
      return plainReply(400, { type: 'error', error });
    }
    return streamReply(sseText(eventsOf(turnOf(request), body, requests.length)));
  };
  const server: LoopbackServer = await startLoopbackServer(answer);
  const options = { baseUrl: `${server.url}/v1`, apiKey: undefined };
  const providers = new Map<ProviderId, Provider>([
    ['anthropic', createAnthropicProvider({ ...options, baseUrl: server.url })],
    ['openai', createOpenAiProvider(options)],
  ]);
  return {
    ...{ providers, requests, problems },
    close: async () => {
      for (const provider of providers.values()) provider.dispose();
      await server.close();
    },
  };
}

function readRequest(parsed: Body, body: string): StrictRequest {
  const { model, tools = [] } = parsed;
  return {
    protocol: parsed.messages === undefined ? 'openai' : 'anthropic',
    model,
    system: parsed.instructions ?? (parsed.system ?? []).map(({ text }) => text).join(''),
    tools: tools.map(({ name }) => name),
    turns: turnsIn(parsed),
    body,
  };
}

function turnsIn({ messages, input = [] }: Body): number {
  if (messages !== undefined) return messages.filter(({ role }) => role === 'assistant').length;
  return input.filter(({ type }) => type === 'reasoning').length;
}

/** What binds thinking: everything that the model had before it. */
function bindingOf(body: Body, before: readonly unknown[]): string {
  const { model, system, instructions, tools } = body;
  const prefix = JSON.stringify([model, system, instructions, tools, withoutMarkers(before)]);
  return createHash('sha256').update(prefix).digest('base64');
}

/** Cache breakpoints move from request to request, and bind nothing. */
function withoutMarkers(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, one) => (key === 'cache_control' ? undefined : one)),
  );
}

function bindingProblems(body: Body): readonly string[] {
  const listed = new Set((body.tools ?? []).map(({ name }) => name));
  const items: readonly unknown[] = body.messages ?? body.input ?? [];
  return items.flatMap((item, index) => {
    const before = items.slice(0, index);
    const { content } = item as { readonly content?: unknown };
    const isTurn = body.messages !== undefined && Array.isArray(content);
    const blocks = isTurn ? (content as readonly Block[]) : [item as Block];
    return blocks.flatMap((block) => blockProblems(block, listed, bindingOf(body, before)));
  });
}

function blockProblems(
  { type, signature, encrypted_content: encrypted, name }: Block,
  listed: ReadonlySet<string>,
  binding: string,
): readonly string[] {
  const isCall = type === 'tool_use' || type === 'function_call';
  if (isCall && !listed.has(name ?? '')) return [`the tool ${name} is not listed`];
  const isThinking = type === 'thinking' || type === 'reasoning';
  if (isThinking && (signature ?? encrypted) !== binding) return ['thinking of another prefix'];
  return [];
}

function eventsOf({ text, calls = [] }: StrictTurn, body: Body, number: number) {
  const given = body.messages ?? body.input ?? [];
  const binding = bindingOf(body, given);
  if (body.messages !== undefined) {
    return anthropicEvents({
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: binding },
        ...(text === undefined ? [] : [{ type: 'text', text }]),
        ...calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
      ],
      stopReason: calls.length > 0 ? 'tool_use' : 'end_turn',
    });
  }
  const message = {
    ...{ type: 'message', id: `msg_${number}`, role: 'assistant' },
    content: [{ type: 'output_text', text }],
  };
  return openAiEvents({
    output: [
      { type: 'reasoning', id: `rs_${number}`, summary: [], encrypted_content: binding },
      ...(text === undefined ? [] : [message]),
      ...calls.map(({ id, name, input }) => ({
        ...{ type: 'function_call', id: `fc_${number}_${id}`, call_id: id, name },
        ...{ arguments: JSON.stringify(input), status: 'completed' },
      })),
    ],
  });
}
