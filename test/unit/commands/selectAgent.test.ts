import { beforeEach, describe, expect, it, vi } from 'vitest';
import { selectAgent } from '../../../src/commands/selectAgent.ts';
import type { FoundAgent } from '../../../src/core/base/agentDefinition.ts';
import { agentOf } from '../../support/teams.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

const { workspace } = vi.hoisted(() => ({ workspace: { isTrusted: true } }));

vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  workspace,
}));

beforeEach(() => person.reset());

const found = (name: string, more: Partial<FoundAgent> = {}): FoundAgent => ({
  ...{ file: `/w/.github/agents/${name}.agent.md`, definition: agentOf(name) },
  ...{ isPickable: true, isForOthers: true, remarks: [] },
  ...more,
});

function command(agents: readonly FoundAgent[], current = '') {
  const chosen: string[] = [];
  const run = selectAgent({
    configuration: {
      runSettings: () => ({ agent: current }),
      chooseAgent: async (name: string) => void chosen.push(name),
    },
    engine: { get: async () => ({ findAgents: async () => ({ agents, remarks: [] }) }) },
  } as unknown as Parameters<typeof selectAgent>[0]);
  return { run, chosen };
}

describe('Select Agent…', () => {
  it('offers the agents that a person may pick, and keeps the choice in the user settings', async () => {
    const { run, chosen } = command(
      [found('a'), found('b'), found('c', { isPickable: false })],
      'a',
    );
    person.chooses = 'b';
    expect(await run()).toBe('b');
    expect(chosen).toEqual(['b']);
    expect(person.lists[0]!.map(({ label, description }) => [label, description])).toEqual([
      ['No agent', undefined],
      ['a', 'selected · Does a.'],
      ['b', 'Does b.'],
    ]);
  });

  it('reads no agent file in Restricted Mode', async () => {
    workspace.isTrusted = false;
    const { run } = command([found('a')]);
    await expect(run()).rejects.toThrow('Restricted Mode');
    expect(person.lists).toEqual([]);
    workspace.isTrusted = true;
  });

  it('takes the choice back with no agent', async () => {
    const { run, chosen } = command([found('a')], 'a');
    person.chooses = 'No agent';
    expect(await run()).toBe('');
    expect(chosen).toEqual(['']);
  });

  it('says where agent files are when there are none', async () => {
    const { run, chosen } = command([]);
    expect(await run()).toBeUndefined();
    expect(person.messages[0]!.text).toContain('.github/agents');
    expect(chosen).toEqual([]);
  });
});
