import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Agent } from '../../src/core/agent/agent.ts';
import { defaultLimits } from '../../src/core/agent/agentSpec.ts';
import { createAnthropicProvider } from '../../src/core/providers/anthropic/provider.ts';
import { createOpenAiProvider } from '../../src/core/providers/openai/provider.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import { Runner } from '../../src/core/runner/runner.ts';
import type { Tool } from '../../src/core/tools/tool.ts';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { toolSpans } from '../../src/shared/span.ts';
import type { Protocol } from '../contenders/trial.ts';

/** What one run does. */
export interface ToolTrial {
  readonly protocol: Protocol;
  readonly port: number;
  readonly tools: readonly Tool[];
  readonly toolExecution: 'serial' | 'parallel';
  readonly conversations: number;
  readonly calls: readonly { readonly name: string; readonly input: object }[];
}

export interface ToolTimes {
  /** Milliseconds from the start of the first tool to the end of the last one. */
  readonly wallMs: number;
  /** The 99th percentile of the event loop's delay in milliseconds. */
  readonly loopMs: number;
  /** Whether every conversation was done, its calls without error and in the order asked. */
  readonly isRight: boolean;
}

/** The resolution of the measured delay in milliseconds. */
const resolution = 1;

export async function measureTools(trial: ToolTrial): Promise<ToolTimes> {
  const { tools, toolExecution, conversations, calls } = trial;
  const provider = providerOf(trial);
  const spec = {
    ...{ name: 'bench', systemPrompt: 'Be brief.', model: 'demo-fast', toolExecution },
    tools: tools.map(({ name }) => name),
    limits: { ...defaultLimits, parallelTools: calls.length },
  };
  const agent = new Agent(spec, { provider, tools });
  const prompt = JSON.stringify(calls);
  const items = Array.from({ length: conversations }, (_, index) => ({
    planned: {
      id: `p${index}`,
      name: `P${index}`,
      prompt,
      provider: provider.id,
      model: 'demo-fast',
    },
    agent,
  }));
  const run = new Runner().createRun({
    ...{ title: 'bench', simulated: false, failure: 'keepPartial', whenBlocked: 'fail' },
    ...{ warmUpCache: false, caps: {}, items },
    maxCostUsd: Number.POSITIVE_INFINITY,
    maxConversationCostUsd: Number.POSITIVE_INFINITY,
    agent: {
      ...{ name: 'bench', provider: provider.id, model: 'demo-fast', tools: spec.tools },
      ...{ mode: 'concurrent', concurrency: 'unlimited', toolExecution },
    },
    origin: { program: { name: 'bench', version: '0' }, folders: [], agents: [] },
  });
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  run.start();
  await run.ended();
  delay.disable();
  const states = run.state.conversations;
  const spans = states.flatMap((state) => [...toolSpans(state).values()]);
  const starts = spans.map(({ startMs }) => startMs);
  const ends = spans.map(({ endMs = Number.NaN }) => endMs);
  return {
    wallMs: Math.max(...ends) - Math.min(...starts),
    loopMs: Math.max(0, delay.percentile(99) / 1e6 - resolution),
    isRight: states.every((state) => isRight(state, calls.length)),
  };
}

function providerOf({ protocol, port }: ToolTrial): Provider {
  const origin = `http://127.0.0.1:${port}`;
  return protocol === 'anthropic'
    ? createAnthropicProvider({ baseUrl: origin, apiKey: 'k' })
    : createOpenAiProvider({ baseUrl: `${origin}/v1`, apiKey: 'k' });
}

function isRight({ phase, toolCalls }: ConversationState, calls: number): boolean {
  const inputs = toolCalls.map(({ input }) => (input as { readonly at?: number }).at ?? 0);
  return (
    phase === 'done' &&
    toolCalls.length === calls &&
    toolCalls.every((call) => call.state === 'ended' && !call.isError) &&
    inputs.every((at, index) => at === 0 || at === index)
  );
}
