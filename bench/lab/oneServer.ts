import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from '../../src/core/agent/agent.ts';
import { type AgentSpec, defaultLimits } from '../../src/core/agent/agentSpec.ts';
import type { Concurrency } from '../../src/core/limiter/limiter.ts';
import { createAnthropicProvider } from '../../src/core/providers/anthropic/provider.ts';
import type { ApiProviderOptions } from '../../src/core/providers/api/apiProvider.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import type { Run } from '../../src/core/runner/run.ts';
import type { Runner } from '../../src/core/runner/runner.ts';

/** A server's response: a refusal, or the end of an answer. */
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

const events = [
  {
    type: 'message_start',
    message: {
      id: 'm',
      role: 'assistant',
      content: [],
      usage: { input_tokens: 10, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Done.' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
  { type: 'message_stop' },
];

/** A whole answer, including its head. */
export const wholeAnswer: Answer = {
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
};

export interface OneServer {
  readonly url: string;
  readonly requests: number;
  close(): void;
}

/** A server in this process. Its response comes when `answer` resolves, with nothing before it. */
export async function startOneServer(
  answer: (body: string) => Promise<Answer> | Answer,
): Promise<OneServer> {
  let requests = 0;
  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      if (incoming.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      requests++;
      const { status, headers, body } = await answer(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A provider for this server; `isLocal` says whether it counts as a server on this machine. */
export function providerAt(
  { url }: OneServer,
  isLocal: boolean,
  options: Partial<ApiProviderOptions> = {},
): Provider {
  return { ...createAnthropicProvider({ baseUrl: url, apiKey: 'k', ...options }), isLocal };
}

/** A run of prompts with one request each, not yet started. */
export function runOf(
  runner: Runner,
  provider: Provider,
  {
    prompts,
    concurrency,
  }: { readonly prompts: readonly string[]; readonly concurrency: Concurrency },
): Run {
  const spec: AgentSpec = {
    ...{ name: 'bench', systemPrompt: 'Be brief.', tools: [], model: 'x' },
    toolExecution: 'serial',
    limits: { ...defaultLimits, timeoutMs: 86_400_000 },
  };
  const agent = new Agent(spec, { provider, tools: [] });
  const planned = prompts.map((prompt, index) => {
    return { id: `p${index}`, name: `P${index}`, prompt, provider: 'anthropic', model: 'x' };
  });
  return runner.createRun({
    title: 'bench',
    simulated: false,
    failure: 'keepPartial',
    whenBlocked: 'fail',
    warmUpCache: false,
    caps: {},
    maxCostUsd: Number.POSITIVE_INFINITY,
    maxConversationCostUsd: Number.POSITIVE_INFINITY,
    agent: {
      ...{ name: 'bench', provider: 'anthropic', model: 'x', tools: [], concurrency },
      ...{ mode: 'concurrent', toolExecution: 'serial' },
    },
    origin: { program: { name: 'bench', version: '0' }, folders: [], agents: [] },
    items: planned.map((one) => ({ planned: one, agent })),
  });
}
