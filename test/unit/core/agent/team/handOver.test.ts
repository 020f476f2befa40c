import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AgentDefinition } from '../../../../../src/core/base/agentDefinition.ts';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';
import type { RunOverrides } from '../../../../../src/core/runner/runRequest.ts';
import { defineTool } from '../../../../../src/core/tools/defineTool.ts';
import { record } from '../../../../support/runs.ts';
import type { Reply } from '../../../../support/scriptedProvider.ts';
import { ScriptedProvider } from '../../../../support/scriptedProvider.ts';
import { agentOf, planOf, runOfPlan, teamRequest } from '../../../../support/teams.ts';

const sum = { callId: 's', name: 'sum_numbers', input: { numbers: [1, 2] } };

const transfer = (to: string, input: object = { note: 'Go on.' }, callId = 't') => ({
  ...{ callId, name: `transfer_to_${to}`, input },
});

/** Who is asked, by the system prompt of `agentOf`. */
const whoOf = ({ system }: ModelRequest) => system.replace(/^You are (.*)\.$/, '$1');

const toolNames = ({ tools }: ModelRequest) => tools.map(({ name }) => name);

/** Runs one prompt; each agent answers with its replies, in order. */
async function runTeam(
  agents: readonly AgentDefinition[],
  script: { readonly [agent: string]: readonly Reply[] },
  overrides: RunOverrides = {},
) {
  const left = new Map(Object.entries(script).map(([name, replies]) => [name, [...replies]]));
  const provider = new ScriptedProvider(
    (request) => left.get(whoOf(request))?.shift() ?? new Error(`${whoOf(request)} asked again`),
  );
  const run = runOfPlan(await planOf(teamRequest(agents, ['What is it?'], overrides), provider));
  const events = record(run);
  run.start();
  const result = await run.ended();
  const conversation = result.conversations[0]!;
  return { provider, events, run, result, conversation, state: run.state.conversations[0]! };
}

const planner = agentOf('planner', { handoffs: [{ agent: 'reviewer', label: 'Review it' }] });
const reviewer = agentOf('reviewer');

describe('a hand-over', () => {
  it('lets the other agent answer, with its own system prompt and a history of its own', async () => {
    const { provider, conversation } = await runTeam([planner, reviewer], {
      planner: [{ text: 'I hand it over.', calls: [transfer('reviewer')] }],
      reviewer: [{ text: 'Fine.' }],
    });
    expect(conversation).toMatchObject({ status: 'done', answer: 'Fine.', turns: 2 });
    const [, second] = provider.requests;
    expect(second!.system).toBe('You are reviewer.');
    expect(second!.messages).toHaveLength(1);
    const [task] = second!.messages;
    expect(task?.role === 'user' && task.text).toMatch(
      /^What is it\?\n[\s\S]*"planner"[\s\S]*Go on\.$/,
    );
  });

  it.each([{ results: ['sum_numbers'] }, { history: true }])(
    'with %j passes on each result with its own arguments, where a model uses an id again',
    async (what) => {
      const again = { ...sum, input: { numbers: [30, 40] } };
      const { provider } = await runTeam([planner, reviewer], {
        planner: [
          { calls: [sum] },
          { calls: [again] },
          { calls: [transfer('reviewer', { note: 'Go on.', ...what })] },
        ],
        reviewer: [{ text: 'Fine.' }],
      });
      const [task] = provider.requests.at(-1)!.messages;
      const text = task?.role === 'user' ? task.text : '';
      expect(text).toContain('Result of sum_numbers {"numbers":[1,2]}:\n3');
      expect(text).toContain('Result of sum_numbers {"numbers":[30,40]}:\n70');
    },
  );

  it('shows who answered each turn, and counts the turns of both', async () => {
    const { state, events } = await runTeam([planner, reviewer], {
      planner: [{ calls: [sum] }, { calls: [transfer('reviewer')] }],
      reviewer: [{ calls: [{ ...sum, callId: 'r' }] }, { text: 'Three.' }],
    });
    expect(state.turns.map(({ turn, by }) => [turn, by.agent])).toEqual([
      [1, 'planner'],
      [2, 'planner'],
      [3, 'reviewer'],
      [4, 'reviewer'],
    ]);
    const changed = events.filter(({ type }) => type === 'agent.changed');
    expect(changed).toMatchObject([{ turn: 2, callId: 't', to: { agent: 'reviewer' } }]);
    expect(state.usage.inputTokens).toBe(40);
  });

  it('passes on the results that the agent chose, and the whole conversation on request', async () => {
    const other = { callId: 'm', name: 'multiply_numbers', input: { numbers: [2, 4] } };
    const taskWith = async (input: object) => {
      const { provider } = await runTeam([planner, reviewer], {
        planner: [
          { text: 'Adding.', calls: [sum, other] },
          { calls: [transfer('reviewer', input)] },
        ],
        reviewer: [{ text: 'Done.' }],
      });
      const [task] = provider.requests.at(-1)!.messages;
      return task?.role === 'user' ? task.text : '';
    };
    const chosen = await taskWith({ note: 'See.', results: ['sum_numbers'] });
    expect(chosen).toContain('Result of sum_numbers {"numbers":[1,2]}:\n3');
    expect(chosen).not.toContain('multiply_numbers');
    expect(await taskWith({ note: 'See.' })).not.toContain('sum_numbers');
    const all = await taskWith({ note: 'See.', history: true });
    expect(all).toContain('Agent: Adding.');
    expect(all).toContain('Result of multiply_numbers');
  });

  it('says what the agent file says that the next agent is to do', async () => {
    const prompt = 'Look for faults only.';
    const strict = agentOf('planner', { handoffs: [{ agent: 'reviewer', prompt }] });
    const { provider } = await runTeam([strict, reviewer], {
      planner: [{ calls: [transfer('reviewer')] }],
      reviewer: [{ text: 'Fine.' }],
    });
    expect(JSON.stringify(provider.requests[1]!.messages)).toContain(prompt);
  });

  it('gives the next agent no tool that the one before had not', async () => {
    const narrow = agentOf('planner', {
      ...{ options: { tools: ['sum_numbers'] }, handoffs: [{ agent: 'reviewer' }] },
    });
    const wide = agentOf('reviewer', { options: { tools: ['sum_numbers', 'multiply_numbers'] } });
    const { provider } = await runTeam([narrow, wide], {
      planner: [{ calls: [transfer('reviewer')] }],
      reviewer: [{ text: 'Fine.' }],
    });
    expect(toolNames(provider.requests[0]!)).toEqual(['sum_numbers', 'transfer_to_reviewer']);
    expect(toolNames(provider.requests[1]!)).toEqual(['sum_numbers']);
  });

  it('keeps the limits of the conversation', async () => {
    const patient = agentOf('reviewer', { options: { maxTurns: 50 } });
    const { conversation } = await runTeam(
      [planner, patient],
      {
        planner: [{ calls: [transfer('reviewer')] }],
        reviewer: [{ calls: [sum] }, { calls: [{ ...sum, callId: 's2' }] }, { text: 'Three.' }],
      },
      { limits: { maxTurns: 3 } },
    );
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'max_turns' });
  });

  it('happens once in a turn; every call of it is answered', async () => {
    const two = agentOf('planner', { handoffs: [{ agent: 'reviewer' }, { agent: 'writer' }] });
    const { state, conversation } = await runTeam([two, reviewer, agentOf('writer')], {
      planner: [{ calls: [sum, transfer('reviewer'), transfer('writer', { note: 'Me?' }, 'w')] }],
      reviewer: [{ text: 'Fine.' }],
    });
    expect(conversation.answer).toBe('Fine.');
    expect(state.toolCalls).toMatchObject([
      { name: 'sum_numbers', state: 'ended', isError: false },
      { name: 'transfer_to_reviewer', state: 'ended', isError: false },
      { name: 'transfer_to_writer', isError: true, output: expect.stringContaining('first') },
    ]);
  });

  it('does not happen for a call that does not fit, or that the gate denies', async () => {
    const { conversation, provider } = await runTeam([planner, reviewer], {
      planner: [{ calls: [transfer('reviewer', { note: '' })] }, { text: 'I answer.' }],
    });
    expect(conversation.answer).toBe('I answer.');
    expect(provider.requests).toHaveLength(2);
  });

  it('never goes back to an agent that has had the conversation', async () => {
    const back = agentOf('reviewer', { handoffs: [{ agent: 'planner' }], agents: ['planner'] });
    const { conversation, provider, state } = await runTeam([planner, back], {
      planner: [{ calls: [transfer('reviewer')] }],
      reviewer: [{ calls: [transfer('planner', { note: 'No, you.' }, 'b')] }, { text: 'Well.' }],
    });
    expect(conversation).toMatchObject({ status: 'done', answer: 'Well.' });
    expect(toolNames(provider.requests[1]!)).not.toContain('transfer_to_planner');
    expect(toolNames(provider.requests[1]!)).not.toContain('ask_planner');
    expect(state.toolCalls.at(-1)).toMatchObject({ isError: true, wasRun: false });
  });

  it('happens three times at most, one after the other', async () => {
    const chain = ['a', 'b', 'c', 'd', 'e'].map((name, index, names) =>
      agentOf(name, {
        handoffs: names.slice(index + 1, index + 2).map((agent) => ({ agent })),
      }),
    );
    const { conversation, provider } = await runTeam(chain, {
      a: [{ calls: [transfer('b', undefined, '1')] }],
      b: [{ calls: [transfer('c', undefined, '2')] }],
      c: [{ calls: [transfer('d', undefined, '3')] }],
      d: [{ calls: [transfer('e', undefined, '4')] }, { text: 'Enough.' }],
    });
    expect(conversation.answer).toBe('Enough.');
    expect(toolNames(provider.requests[3]!)).not.toContain('transfer_to_e');
  });
});

describe('the ways to other agents', () => {
  it('are those to agents that there are, each once, and none to itself', async () => {
    const odd = agentOf('planner', {
      handoffs: [{ agent: 'reviewer' }, { agent: 'nobody' }, { agent: 'reviewer' }],
      agents: ['planner', 'reviewer', 'reviewer', 'nobody'],
    });
    const { provider } = await runTeam([odd, reviewer], { planner: [{ text: 'Done.' }] });
    const ways = toolNames(provider.requests[0]!).filter((name) => /^(ask|transfer)_/.test(name));
    expect(ways).toEqual(['ask_reviewer', 'transfer_to_reviewer']);
  });

  it('have names that both providers accept, each its own', async () => {
    const names = ['Code Review', 'code-review', 'レビュー', 'x'.repeat(100), 'Prüfer'];
    const many = agentOf('planner', { agents: names });
    const { provider } = await runTeam([many, ...names.map((name) => agentOf(name))], {
      planner: [{ text: 'Done.' }],
    });
    const ways = toolNames(provider.requests[0]!).filter((name) => name.startsWith('ask_'));
    expect(new Set(ways).size).toBe(names.length);
    expect(ways.every((name) => /^[A-Za-z0-9_-]{1,64}$/.test(name))).toBe(true);
    expect(ways).toContain('ask_code_review');
    expect(ways).toContain('ask_code_review_2');
  });

  it('never take the name of a tool', async () => {
    const tool = defineTool({
      ...{ name: 'ask_reviewer', description: 'Another one.', effect: 'pure' },
      inputSchema: z.object({}),
      execute: () => 'tool',
    });
    const provider = new ScriptedProvider(() => ({ text: 'Done.' }));
    const asking = agentOf('planner', { agents: ['reviewer'] });
    const request = teamRequest([asking, reviewer]);
    const run = runOfPlan(await planOf(request, provider, { tools: [tool] }));
    run.start();
    await run.ended();
    expect(toolNames(provider.requests[0]!)).toEqual(['ask_reviewer', 'ask_reviewer_2']);
  });

  it('are the same bytes for every conversation of an agent', async () => {
    const provider = new ScriptedProvider((request) =>
      whoOf(request) === 'planner' ? { calls: [transfer('reviewer')] } : { text: 'Fine.' },
    );
    const run = runOfPlan(
      await planOf(teamRequest([planner, reviewer], ['a', 'b', 'c']), provider),
    );
    run.start();
    await run.ended();
    for (const who of ['planner', 'reviewer']) {
      const prefixes = provider.requests
        .filter((one) => whoOf(one) === who)
        .map((one) => one.prefix);
      expect(prefixes).toHaveLength(3);
      expect(new Set(prefixes.map((prefix) => prefix!.key)).size).toBe(1);
    }
  });
});
