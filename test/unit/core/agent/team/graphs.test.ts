import '../../../../support/propertySeed.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../../../../src/core/agent/agent.ts';
import type { AgentDefinition } from '../../../../../src/core/base/agentDefinition.ts';
import { echoProvider } from '../../../../support/scriptedProvider.ts';
import { agentOf, planOf, teamRequest } from '../../../../support/teams.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const tools = ['sum_numbers', 'multiply_numbers', 'divide_numbers'];

const definitions: fc.Arbitrary<readonly AgentDefinition[]> = fc.tuple(
  ...names.map((name) =>
    fc
      .record({
        own: fc.option(fc.subarray(tools), { nil: undefined }),
        handoffs: fc.subarray([...names, 'nobody']),
        agents: fc.subarray([...names, 'nobody']),
      })
      .map(({ own, handoffs, agents }) =>
        agentOf(name, {
          ...{ agents, handoffs: handoffs.map((agent) => ({ agent })) },
          options: own === undefined ? {} : { tools: own },
        }),
      ),
  ),
);

/** Every agent that conversations may come to, with those that lead to it. */
function* reachable(agent: Agent, before: readonly Agent[] = []): Generator<readonly Agent[]> {
  const path = [...before, agent];
  yield path;
  for (const contact of agent.contacts.values()) yield* reachable(agent.reach(contact), path);
}

/** The tools of an agent that do something, without its ways to others. */
const toolsOf = (agent: Agent) => [...agent.tools.keys()].filter((name) => tools.includes(name));

describe('agents in any graph', () => {
  it('never reach more tools, the same agent twice, or more than three steps', async () => {
    await fc.assert(
      fc.asyncProperty(definitions, async (team) => {
        const plan = await planOf(teamRequest(team), echoProvider());
        for (const path of reachable(plan.items[0]!.agent)) {
          const agent = path.at(-1)!;
          expect(path.length).toBeLessThanOrEqual(4);
          expect(agent.path).toEqual(path.map(({ spec }) => spec.name));
          expect(new Set(agent.path).size).toBe(path.length);
          for (const before of path) {
            expect(toolsOf(before)).toEqual(expect.arrayContaining(toolsOf(agent)));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are each made once for a path, and shared by all conversations', async () => {
    const plan = await planOf(
      teamRequest([agentOf('a', { agents: ['b'] }), agentOf('b')], ['x', 'y']),
      echoProvider(),
    );
    const [first, second] = plan.items.map(({ agent }) => agent);
    expect(second).toBe(first);
    const [contact] = first!.contacts.values();
    expect(first!.reach(contact!)).toBe(first!.reach(contact!));
  });
});
