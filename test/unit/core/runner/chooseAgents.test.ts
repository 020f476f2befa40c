import { describe, expect, it } from 'vitest';
import type { AgentDefinition, FoundAgent } from '../../../../src/core/base/agentDefinition.ts';
import { AgentDirectory } from '../../../../src/core/runner/agentDirectory.ts';
import { chooseAgents } from '../../../../src/core/runner/chooseAgents.ts';
import { planRun } from '../../../../src/core/runner/planRun.ts';
import type { RunOverrides } from '../../../../src/core/runner/runRequest.ts';
import { createArithmeticTools } from '../../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { contextOf, requestFor } from '../../../support/requests.ts';
import { echoProvider } from '../../../support/scriptedProvider.ts';
import { agentOf, planOf, teamRequest } from '../../../support/teams.ts';

function found(
  definition: AgentDefinition,
  file = `/w/.github/agents/${definition.name}.agent.md`,
  more: Partial<FoundAgent> = {},
): FoundAgent {
  return { file, definition, isPickable: true, isForOthers: true, remarks: [], ...more };
}

function choose(
  agents: readonly FoundAgent[],
  named: string | undefined,
  overrides: RunOverrides = {},
  file = 't.prompts.md',
) {
  const request = requestFor(['a'], overrides);
  const options = named === undefined ? {} : { agent: named };
  const prompts = request.prompts.map((prompt) => ({ ...prompt, id: `${file}#a`, options }));
  return chooseAgents({ ...request, prompts }, new AgentDirectory(agents));
}

const names = ({ request }: ReturnType<typeof choose>) =>
  (request.agents ?? []).map(({ name }) => name);

describe('the agents of a run', () => {
  it('are those that prompts and the setting name, and those behind them', () => {
    const all = [
      found(agentOf('a', { handoffs: [{ agent: 'b' }] })),
      found(agentOf('b', { agents: ['c'] })),
      found(agentOf('c')),
      found(agentOf('d')),
    ];
    expect(names(choose(all, 'a'))).toEqual(['a', 'b', 'c']);
    expect(names(choose(all, undefined, { agent: 'd' }))).toEqual(['d']);
    expect(names(choose(all, 'c', { agent: 'd' }))).toEqual(['c']);
    expect(names(choose(all, undefined))).toEqual([]);
  });

  it('include the one of the settings when some prompt names none', () => {
    const request = requestFor(['a', 'b'], { agent: 'd' });
    const prompts = request.prompts.map((prompt, index) =>
      index === 0 ? { ...prompt, options: { agent: 'c' } } : prompt,
    );
    const directory = new AgentDirectory([found(agentOf('c')), found(agentOf('d'))]);
    const chosen = chooseAgents({ ...request, prompts }, directory);
    expect(names(chosen)).toEqual(['c', 'd']);
    expect(chosen.request.settings.agent).toBe('d');
  });

  it('are found by their names, in any case, or by their files', () => {
    const all = [found(agentOf('Code Review'), '/w/.github/agents/review.agent.md')];
    for (const name of ['Code Review', 'code review', 'review']) {
      const { request } = choose(all, name);
      expect(request.prompts[0]!.options.agent).toBe('Code Review');
    }
  });

  it('are refused when there is none of that name, with those that there are', () => {
    expect(() => choose([found(agentOf('a'))], 'b')).toThrow('no agent named "b". There are: a.');
    expect(() => choose([], undefined, { agent: 'b' })).toThrow('nor any other');
  });

  it('are refused when two have the same name, unless one stands beside the agent that names it', () => {
    const here = found(agentOf('twin'), '/w/.github/agents/twin.agent.md');
    const there = found(agentOf('twin'), '/home/me/.copilot/agents/twin.agent.md');
    expect(() => choose([here, there], 'twin')).toThrow(/named "twin": \/w\/.*\/home\//);
    const asking = found(agentOf('asking', { agents: ['twin'] }));
    expect(names(choose([asking, here, there], 'asking'))).toEqual(['asking', 'twin']);
  });

  it('leave out names of others that are not there, and agents that are not to be asked by any', () => {
    const all = [
      found(agentOf('a', { agents: ['*'], handoffs: [{ agent: 'nobody' }] })),
      found(agentOf('open')),
      found(agentOf('closed'), undefined, { isForOthers: false }),
    ];
    const { request } = choose(all, 'a');
    expect(request.agents).toMatchObject([{ agents: ['open'], handoffs: [] }, { name: 'open' }]);
  });

  it('come with what is odd in their files, and not with what is odd in others', () => {
    const all = [
      found(agentOf('a', { agents: ['b'] }), undefined, { remarks: ['a is odd'] }),
      found(agentOf('b'), undefined, { remarks: ['b is odd'] }),
      found(agentOf('c'), undefined, { remarks: ['c is odd'] }),
    ];
    expect(choose(all, 'a').remarks).toEqual(['a is odd', 'b is odd']);
  });

  it('are none where a prompt for the chat of VS Code names one that only the chat has', () => {
    const chosen = choose([found(agentOf('a'))], 'Chat Agent', {}, 'x.prompt.md');
    expect(chosen.request.prompts[0]!.options).toEqual({});
    expect(chosen.remarks).toEqual([expect.stringContaining('"Chat Agent", which is not there')]);
  });
});

describe('what a prompt, its agent and the settings say', () => {
  const agent = agentOf('a', {
    options: { model: 'of-agent', maxTurns: 7, tools: ['sum_numbers'], effort: 'low' },
  });

  const planned = async (options: object, overrides: RunOverrides = {}) => {
    const request = teamRequest([agent], ['x'], { model: 'of-settings', ...overrides });
    const prompts = request.prompts.map((prompt) => ({ ...prompt, options }));
    const plan = await planOf({ ...request, prompts }, echoProvider());
    return plan.items[0]!.agent.spec;
  };

  it('counts in this order: prompt, agent file, settings', async () => {
    expect(await planned({})).toMatchObject({
      ...{ name: 'a', systemPrompt: 'You are a.', model: 'of-agent', reasoningEffort: 'low' },
      tools: ['sum_numbers'],
      limits: { maxTurns: 7, maxOutputTokens: 16_000 },
    });
    const own = { model: 'of-prompt', maxTurns: 3, system: 'Mine.', tools: ['multiply_numbers'] };
    expect(await planned(own)).toMatchObject({
      ...{ model: 'of-prompt', systemPrompt: 'Mine.', tools: ['multiply_numbers'] },
      limits: { maxTurns: 3 },
    });
  });

  it('never gives an agent a tool that the settings do not name', async () => {
    const spec = await planned({}, { tools: ['multiply_numbers'] });
    expect(spec.tools).toEqual([]);
  });

  it('gives the model of an agent to no other provider', async () => {
    const request = teamRequest([agent], ['x']);
    const prompts = request.prompts.map((prompt) => ({
      ...prompt,
      options: { provider: 'openai' } as const,
    }));
    const plan = await planRun(
      { ...request, prompts },
      contextOf(echoProvider(), { tools: createArithmeticTools() }),
    );
    expect(plan.items[0]!.planned.model).not.toBe('of-agent');
  });

  it('shows in the origin of the run: each agent with its name and what it sends', async () => {
    const team = [agentOf('a', { handoffs: [{ agent: 'b' }] }), agentOf('b')];
    const plan = await planOf(teamRequest(team, ['x', 'y']), echoProvider());
    expect(plan.origin.agents.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(plan.items.map(({ planned }) => planned.agentName)).toEqual(['a', 'a']);
    const other = await planOf(teamRequest([agentOf('a'), agentOf('b')], ['x']), echoProvider());
    expect(other.origin.agents[0]!.toolsHash).not.toBe(plan.origin.agents[0]!.toolsHash);
    expect(other.origin.agents[1]!.systemPromptHash).toBe(plan.origin.agents[1]!.systemPromptHash);
  });

  it('stops a run whose agent is not in it', async () => {
    const request = { ...teamRequest([agent]), agents: [] };
    await expect(planOf(request, echoProvider())).rejects.toThrow('no agent named "a"');
  });
});
