import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AgentDefinition } from '../../../../../src/core/base/agentDefinition.ts';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';
import { ProviderError } from '../../../../../src/core/providers/providerError.ts';
import type { PlanContext } from '../../../../../src/core/runner/planRun.ts';
import type { RunOverrides } from '../../../../../src/core/runner/runRequest.ts';
import { createArithmeticTools } from '../../../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { defineTool } from '../../../../../src/core/tools/defineTool.ts';
import { applyRunEvent, startRunState } from '../../../../../src/shared/runState.ts';
import { record } from '../../../../support/runs.ts';
import type { Reply } from '../../../../support/scriptedProvider.ts';
import { never, ScriptedProvider } from '../../../../support/scriptedProvider.ts';
import { agentOf, planOf, runOfPlan, teamRequest } from '../../../../support/teams.ts';

const sum = { callId: 's', name: 'sum_numbers', input: { numbers: [1, 2] } };
const ask = (agent: string, callId = 'a', task = 'Add 1 and 2.') => ({
  ...{ callId, name: `ask_${agent}`, input: { task } },
});
const whoOf = ({ system }: ModelRequest) => system.replace(/^You are (.*)\.$/, '$1');

async function start(
  agents: readonly AgentDefinition[],
  script: { readonly [agent: string]: readonly Reply[] },
  more: { readonly overrides?: RunOverrides; readonly context?: Partial<PlanContext> } = {},
) {
  const left = new Map(Object.entries(script).map(([name, replies]) => [name, [...replies]]));
  const provider = new ScriptedProvider(
    (request) => left.get(whoOf(request))?.shift() ?? new Error(`${whoOf(request)} asked again`),
  );
  const request = teamRequest(agents, ['What is it?'], more.overrides);
  const run = runOfPlan(await planOf(request, provider, more.context));
  const events = record(run);
  run.start();
  return { provider, run, events };
}

async function runTeam(...args: Parameters<typeof start>) {
  const started = await start(...args);
  const result = await started.run.ended();
  const state = started.run.state.conversations[0]!;
  return { ...started, result, state, conversation: result.conversations[0]! };
}

const boss = agentOf('boss', { agents: ['adder'] });
const adder = agentOf('adder');

describe('a question to another agent', () => {
  it('is a conversation of its own, whose answer is the result of the call', async () => {
    const { provider, state, conversation } = await runTeam([boss, adder], {
      boss: [{ text: 'I ask.', calls: [ask('adder')] }, { text: 'It is 3.' }],
      adder: [{ calls: [sum] }, { text: '3' }],
    });
    expect(conversation).toMatchObject({ status: 'done', answer: 'It is 3.', turns: 2 });
    expect(provider.requests.map(whoOf)).toEqual(['boss', 'adder', 'adder', 'boss']);
    expect(provider.requests[1]!.messages).toEqual([{ role: 'user', text: 'Add 1 and 2.' }]);
    expect(state.toolCalls).toMatchObject([{ name: 'ask_adder', output: '3', isError: false }]);
  });

  it('shows in the state of the conversation, nested, and counts for its usage and attempts', async () => {
    const { state, result } = await runTeam([boss, adder], {
      boss: [{ calls: [ask('adder')] }, { text: 'It is 3.' }],
      adder: [{ calls: [sum] }, { text: '3' }],
    });
    expect(state.asked).toMatchObject([
      {
        key: '1 a',
        state: { agentName: 'adder', phase: 'done', answer: '3', prompt: 'Add 1 and 2.' },
      },
    ]);
    expect(state.asked![0]!.state.turns).toHaveLength(2);
    expect(state.asked![0]!.state.toolCalls).toMatchObject([{ name: 'sum_numbers', output: '3' }]);
    expect(state.attempts).toBe(4);
    expect(result.usage).toMatchObject({ inputTokens: 40, outputTokens: 4 });
    expect(result.conversations[0]!.usage).toEqual(result.usage);
  });

  it('is folded from the events alone', async () => {
    const { run, events } = await runTeam([boss, adder], {
      boss: [{ calls: [ask('adder')] }, { text: 'It is 3.' }],
      adder: [{ calls: [sum] }, { text: '3' }],
    });
    const folded = startRunState(run.state.started);
    for (const event of events) if (event.type !== 'run.started') applyRunEvent(folded, event);
    expect(folded).toEqual(run.state);
  });

  it('costs what its own model costs', async () => {
    const price = (input: number) => ({ input, output: 0, cacheRead: 0, cacheWrite: 0 });
    const cheap = agentOf('adder', { options: { model: 'small' } });
    const { result, state } = await runTeam(
      [boss, cheap],
      {
        boss: [{ calls: [ask('adder')] }, { text: 'It is 3.' }],
        adder: [{ text: '3' }],
      },
      {
        overrides: { model: 'large' },
        context: { prices: { large: price(100_000), small: price(1_000) } },
      },
    );
    expect(result.costUsd).toBeCloseTo(2 * 1 + 0.01);
    expect(state.asked![0]!.state.cost.costUsd).toBeCloseTo(0.01);
    expect(state.cost.costUsd).toBeCloseTo(2.01);
  });

  it('has limits of its own, and what it had so far is told', async () => {
    const hasty = agentOf('adder', { options: { maxTurns: 1 } });
    const { state, conversation } = await runTeam([boss, hasty], {
      boss: [{ calls: [ask('adder')] }, { text: 'No answer.' }],
      adder: [{ text: 'I add.', calls: [sum] }, { text: 'Nearly 3.' }],
    });
    expect(conversation.status).toBe('done');
    expect(state.toolCalls).toMatchObject([{ isError: true }]);
    const [call] = state.toolCalls;
    expect(call!.output).toContain('turn limit reached');
    expect(call!.output).toContain('Nearly 3.');
  });

  it('that fails is a result from which the asking agent goes on', async () => {
    const busy = new ProviderError('Busy.', { kind: 'invalid_request' });
    const { state, conversation } = await runTeam([boss, adder], {
      boss: [{ calls: [ask('adder')] }, { text: 'I do it.' }],
      adder: [busy],
    });
    expect(conversation).toMatchObject({ status: 'done', answer: 'I do it.' });
    expect(state.toolCalls[0]!.output).toContain('failed: Busy.');
  });

  it('gives the asked agent no tool that the asking one has not', async () => {
    const narrow = agentOf('boss', { options: { tools: ['sum_numbers'] }, agents: ['adder'] });
    const { provider } = await runTeam([narrow, adder], {
      boss: [{ calls: [ask('adder')] }, { text: 'It is 3.' }],
      adder: [{ text: '3' }],
    });
    expect(provider.requests[1]!.tools.map(({ name }) => name)).toEqual(['sum_numbers']);
  });

  it('cannot come back up its own chain, and goes three levels deep', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const all = names.map((name) => agentOf(name, { agents: names }));
    const next = (to: string) => ({ calls: [ask(to, `to${to}`)] });
    const { provider, state, conversation } = await runTeam(all, {
      a: [next('b'), { text: 'A' }],
      b: [next('c'), { text: 'B' }],
      c: [next('d'), { text: 'C' }],
      d: [next('e'), { text: 'D' }],
    });
    expect(conversation.answer).toBe('A');
    const waysOf = (who: string) =>
      provider.requests
        .find((request) => whoOf(request) === who)!
        .tools.map(({ name }) => name)
        .filter((name) => name.startsWith('ask_'));
    expect(waysOf('a')).toEqual(['ask_b', 'ask_c', 'ask_d', 'ask_e']);
    expect(waysOf('c')).toEqual(['ask_d', 'ask_e']);
    expect(waysOf('d')).toEqual([]);
    const deepest = state.asked![0]!.state.asked![0]!.state.asked![0]!.state;
    expect(deepest).toMatchObject({ agentName: 'd', answer: 'D', phase: 'done' });
    expect(state.usage.inputTokens).toBe(80);
  });

  it('can hand the nested conversation over', async () => {
    const handing = agentOf('adder', { handoffs: [{ agent: 'expert' }] });
    const { state, conversation } = await runTeam([boss, handing, agentOf('expert')], {
      boss: [{ calls: [ask('adder')] }, { text: 'It is 3.' }],
      adder: [{ calls: [{ callId: 't', name: 'transfer_to_expert', input: { note: 'Do.' } }] }],
      expert: [{ text: '3, says the expert.' }],
    });
    expect(conversation.status).toBe('done');
    expect(state.toolCalls[0]!.output).toBe('3, says the expert.');
    expect(state.handedTo).toBeUndefined();
    expect(state.asked![0]!.state.handedTo).toMatchObject({ to: { agent: 'expert' } });
  });

  it('ends with the conversation, and nothing of it is heard afterwards', async () => {
    const { run, events, provider } = await start([boss, adder], {
      boss: [{ calls: [ask('adder')] }],
      adder: [(_request, signal) => never(signal)],
    });
    await expect.poll(() => provider.active).toBe(1);
    await expect.poll(() => provider.requests.length).toBe(2);
    run.cancel();
    const result = await run.ended();
    expect(result.conversations[0]).toMatchObject({ status: 'cancelled' });
    const end = events.findIndex(
      (event) => event.type === 'conversation.finished' && event.within === undefined,
    );
    expect(events.slice(end + 1).map(({ type }) => type)).toEqual(['run.finished']);
    expect(run.state.conversations[0]!.asked![0]!.state.phase).toBe('cancelled');
    expect(provider.active).toBe(0);
  });

  it('is asked beside others where tools run in parallel, unless one of them may change something', async () => {
    const both = agentOf('boss', { agents: ['x', 'y'] });
    const change = defineTool({
      ...{ name: 'change', description: 'Changes it.', effect: 'write' },
      inputSchema: z.object({}),
      execute: () => 'changed',
    });
    const mostActive = async (tools: readonly string[]) => {
      const gate = Promise.withResolvers<void>();
      let active = 0;
      const answer = async () => {
        active++;
        if (active === 2) gate.resolve();
        await Promise.race([gate.promise, new Promise((resolve) => setTimeout(resolve, 50))]);
        return { text: 'ok' };
      };
      const { provider } = await runTeam(
        [{ ...both, options: { tools } }, agentOf('x'), agentOf('y')],
        {
          boss: [{ calls: [ask('x', 'a1'), ask('y', 'a2')] }, { text: 'Done.' }],
          x: [answer],
          y: [answer],
        },
        {
          overrides: { toolExecution: 'parallel' },
          context: { tools: [...createArithmeticTools(), change] },
        },
      );
      return provider.maxActive;
    };
    expect(await mostActive(['sum_numbers'])).toBe(2);
    expect(await mostActive(['sum_numbers', 'change'])).toBe(1);
  });

  it('counts its waits for others as waits of the conversation', async () => {
    const refused = new ProviderError('Slow down.', { kind: 'rate_limit', retryAfterMs: 1 });
    const { state, events } = await runTeam([boss, adder], {
      boss: [{ calls: [ask('adder')] }, { text: 'Done.' }],
      adder: [refused, { text: '3' }],
    });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'conversation.waiting', within: ['1 a'] }),
    );
    expect(state.spans.map(({ kind }) => kind)).toContain('wait');
    expect(state.phase).toBe('done');
    expect(state.spans.every(({ endMs }) => endMs !== undefined)).toBe(true);
  });
});
