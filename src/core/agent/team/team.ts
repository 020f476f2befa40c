import type { ModelPrice } from '../../../shared/modelPrice.ts';
import type { AgentDefinition } from '../../base/agentDefinition.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Tool } from '../../tools/tool.ts';
import type { AgentSpec } from '../agentSpec.ts';
import type { Contact } from './contact.ts';
import { mayReach } from './contact.ts';
import { ContactNames } from './contactNames.ts';
import { askTool, transferTool } from './contactTools.ts';

/** An agent of a team as it would be on its own. */
export interface TeamMember {
  readonly definition: AgentDefinition;
  readonly spec: AgentSpec;
  readonly provider: Provider;
  /** The tools that it may use where it is not given fewer. */
  readonly tools: readonly Tool[];
  readonly price?: ModelPrice;
}

/** The agents of a run that can reach each other, by name. */
export interface Team {
  readonly members: ReadonlyMap<string, TeamMember>;
  /** Names of all tools that there are: no way to an agent has the name of one of them. */
  readonly toolNames: readonly string[];
  /** Whether a tool is not offered to an agent; absent where all are. */
  readonly isHidden?: (tool: Tool, agent: string) => boolean;
}

/** Where an agent stands in its team. */
export interface TeamPlace {
  readonly team: Team;
  /** The agents that led to this one, from that of the prompt on, its own name last. */
  readonly path: readonly string[];
}

/** The ways from an agent to others. Names that no agent has, and those behind it, are left out. */
export function contactsAt({ team, path }: TeamPlace): readonly Contact[] {
  const own = team.members.get(path.at(-1) ?? '')?.definition;
  if (own === undefined) return [];
  const names = new ContactNames(team.toolNames);
  const targets = [...new Set(own.handoffs.map(({ agent }) => agent))];
  // Named before some are left out: a tool has the same name wherever the agent is reached.
  const all = [
    ...targets.map((to) => ({ kind: 'transfer', to, name: names.next('transfer', to) }) as const),
    ...[...new Set(own.agents)].map(
      (to) => ({ kind: 'ask', to, name: names.next('ask', to) }) as const,
    ),
  ];
  const contacts = all.flatMap(({ kind, to, name: toolName }): readonly Contact[] => {
    const member = team.members.get(to);
    if (member === undefined || !mayReach(path, to)) return [];
    const { name, description } = member.definition;
    const prompts = own.handoffs.flatMap(({ agent, prompt }) =>
      agent === to && prompt !== undefined ? [prompt] : [],
    );
    const [prompt] = prompts.length === 1 ? prompts : [];
    const labels = own.handoffs.flatMap(({ agent, label }) =>
      agent === to && label !== undefined ? [label] : [],
    );
    const facts = { name, toolName, description, labels };
    if (kind === 'ask') return [{ kind, to, tool: askTool(facts) }];
    return [{ kind, to, tool: transferTool(facts), ...(prompt === undefined ? {} : { prompt }) }];
  });
  return contacts.filter(({ tool }) => team.isHidden?.(tool, own.name) !== true);
}
