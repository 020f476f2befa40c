import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentDefinition } from '../../../../../src/core/base/agentDefinition.ts';
import { createAnthropicProvider } from '../../../../../src/core/providers/anthropic/provider.ts';
import { createOpenAiProvider } from '../../../../../src/core/providers/openai/provider.ts';
import { planRun } from '../../../../../src/core/runner/planRun.ts';
import type { RunOverrides } from '../../../../../src/core/runner/runRequest.ts';
import { anthropicEvents } from '../../../../support/loopback/anthropicScript.ts';
import type { RecordedRequest, Reply } from '../../../../support/loopback/loopbackServer.ts';
import { startLoopbackServer } from '../../../../support/loopback/loopbackServer.ts';
import { openAiEvents } from '../../../../support/loopback/openAiScript.ts';
import { plainReply, sseText, streamReply } from '../../../../support/loopback/replies.ts';
import { contextOf } from '../../../../support/requests.ts';
import { record } from '../../../../support/runs.ts';
import { settled } from '../../../../support/settled.ts';
import { agentOf, runOfPlan, teamRequest } from '../../../../support/teams.ts';

const sides = ['anthropic', 'openai'] as const;
type Side = (typeof sides)[number];

interface Call {
  readonly name: string;
  readonly input: object;
}

interface Asked {
  readonly who: string;
  /** Whether the model has answered before in the history that was sent. */
  readonly isFirst: boolean;
  readonly model: string;
}

function readRequest({ body }: RecordedRequest): Asked {
  const { model, system, instructions, messages, input } = JSON.parse(body);
  const text: string = instructions ?? system.map((one: { text: string }) => one.text).join('');
  const items: readonly { role?: string; type?: string }[] = messages ?? input;
  const isAnswer = ({ role, type }: (typeof items)[number]) =>
    role === 'assistant' || type === 'function_call';
  return {
    who: /You are (\w+)\./.exec(text)?.[1] ?? '',
    ...{ isFirst: !items.some(isAnswer), model },
  };
}

function turn(side: Side, calls: readonly Call[]) {
  const given = calls.map((call, index) => ({ id: `c${index}`, ...call }));
  if (side === 'anthropic') {
    const uses = given.map((call) => ({ type: 'tool_use', ...call }));
    const content = uses.length > 0 ? uses : [{ type: 'text', text: 'Done.' }];
    return anthropicEvents({ content, stopReason: uses.length > 0 ? 'tool_use' : 'end_turn' });
  }
  const text = { type: 'output_text', text: 'Done.' };
  const message = { type: 'message', id: 'm', role: 'assistant', content: [text] };
  const uses = given.map(({ id, name, input }) => ({
    ...{ type: 'function_call', id: `f${id}`, call_id: id, name },
    ...{ arguments: JSON.stringify(input), status: 'completed' },
  }));
  return openAiEvents({ output: uses.length > 0 ? uses : [message] });
}

/**
 * A model whose responses begin only when everything that can come meanwhile has come. Counts, for each agent, the
 * first requests that came before any response to that agent had begun: they find an empty prompt cache.
 */
async function coldRequests(
  side: Side,
  team: readonly AgentDefinition[],
  script: { readonly [who: string]: readonly Call[] },
  overrides: RunOverrides = {},
) {
  const cold: { [who: string]: number } = {};
  const all: { [who: string]: number } = {};
  const warm = new Set<string>();
  const server = await startLoopbackServer((recorded): Reply => {
    if (recorded.method !== 'POST') return plainReply(404, { error: { message: 'No list.' } });
    const { who, isFirst, model } = readRequest(recorded);
    const key = `${who} ${model}`;
    if (isFirst) all[key] = (all[key] ?? 0) + 1;
    if (isFirst && !warm.has(key)) cold[key] = (cold[key] ?? 0) + 1;
    const begins = settled().then(() => warm.add(key));
    const calls = isFirst ? (script[who] ?? []) : [];
    return [{ do: 'wait', for: begins }, ...streamReply(sseText(turn(side, calls)))];
  });
  const provider =
    side === 'anthropic'
      ? createAnthropicProvider({ baseUrl: server.url, apiKey: undefined })
      : createOpenAiProvider({ baseUrl: `${server.url}/v1`, apiKey: undefined });
  onTestFinished(async () => {
    provider.dispose();
    await server.close();
  });
  const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
  const request = teamRequest(team, texts, { concurrency: 'unlimited', ...overrides });
  const plan = await planRun(request, contextOf(provider, { provider: side }));
  const run = runOfPlan({ ...plan, warmUpCache: overrides.warmUpCache ?? true });
  const events = record(run);
  run.start();
  const result = await run.ended();
  expect(result.conversations.map(({ status }) => status)).toEqual(texts.map(() => 'done'));
  return { cold, all, events };
}

/** A system prompt that is long enough to be cached. */
const long = (name: string) => `You are ${name}. ${'Be exact. '.repeat(600)}`;
const longAgent = (name: string, more: Partial<AgentDefinition> = {}) =>
  agentOf(name, { options: { model: 'm' }, ...more, systemPrompt: long(name) });

const handOver = { name: 'transfer_to_worker', input: { note: 'Go on.' } };
const question = (who: string, task = 'What?') => ({ name: `ask_${who}`, input: { task } });

describe.each(sides)('the warm-up at %s', (side) => {
  it('sends the first request after a hand-over ahead of its equals', async () => {
    // Those that hand over are not cached, so they all do so at once.
    const lead = agentOf('lead', { handoffs: [{ agent: 'worker' }], options: { model: 'm' } });
    const team = [lead, longAgent('worker')];
    const { cold, all } = await coldRequests(side, team, { lead: [handOver] });
    expect(all).toEqual({ 'lead m': 6, 'worker m': 6 });
    expect(cold).toEqual({ 'lead m': 6, 'worker m': 1 });
  });

  it('sends the first question ahead of its equals, also of one turn', async () => {
    const team = [longAgent('lead', { agents: ['helper'] }), longAgent('helper')];
    const calls = [question('helper', 'One?'), question('helper', 'Two?')];
    const parallel = { toolExecution: 'parallel' } as const;
    const { cold, all, events } = await coldRequests(side, team, { lead: calls }, parallel);
    expect(all).toEqual({ 'lead m': 6, 'helper m': 12 });
    expect(cold).toEqual({ 'lead m': 1, 'helper m': 1 });
    // Nested conversations say what they wait for.
    const waits = events.filter(
      (event) => event.type === 'conversation.waiting' && event.reason === 'warm_up',
    );
    expect(waits.some((event) => 'within' in event && event.within !== undefined)).toBe(true);
  });

  it('has one for each model', async () => {
    const team = [
      longAgent('lead', { agents: ['helper'], handoffs: [{ agent: 'worker' }] }),
      longAgent('worker', { agents: ['helper'], options: { model: 'other' } }),
      longAgent('helper', { options: { model: 'm' } }),
    ];
    const script = { lead: [question('helper'), handOver], worker: [question('helper')] };
    const { cold } = await coldRequests(side, team, script);
    expect(cold).toEqual({ 'lead m': 1, 'worker other': 1, 'helper m': 1 });
  });

  it('holds no request whose prefix is too short for a cache, and none where it is off', async () => {
    const team = [
      longAgent('lead', { agents: ['helper'] }),
      agentOf('helper', { options: { model: 'm' } }),
    ];
    const script = { lead: [question('helper', 'One?'), question('helper', 'Two?')] };
    const parallel = { toolExecution: 'parallel' } as const;
    const { cold } = await coldRequests(side, team, script, parallel);
    expect(cold['helper m']).toBeGreaterThan(1);
    const off = await coldRequests(side, team, {}, { warmUpCache: false });
    expect(off.cold).toEqual({ 'lead m': 6 });
  });
});
