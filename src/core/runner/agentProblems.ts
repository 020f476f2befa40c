import type { AgentMention, FoundAgent } from '../base/agentDefinition.ts';
import { isChatAgent } from '../base/agentDefinition.ts';
import { UserError } from '../base/errors.ts';
import { quoted } from '../base/text.ts';
import type { AgentDirectory } from './agentDirectory.ts';

/** What is wrong with a name of an agent in a file. */
export interface AgentProblem {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: 'unknown-agent' | 'same-name' | 'own-agent' | 'agent-cycle';
  /** What is wrong and what to do. */
  readonly message: string;
  readonly range: AgentMention['range'];
}

/**
 * What is wrong with the agents that an agent file names. Nothing of it stops a run that does not start with this
 * agent: names that lead nowhere are left out.
 */
export function problemsOfAgent(
  agent: FoundAgent,
  mentions: readonly AgentMention[],
  directory: AgentDirectory,
): readonly AgentProblem[] {
  return mentions.flatMap((mention) => {
    const problem =
      mention.role === 'own'
        ? ownNameProblem(agent, directory)
        : contactProblem(agent, mention, directory);
    return problem === undefined ? [] : [{ ...problem, range: mention.range }];
  });
}

/**
 * What is wrong with the agents that a prompt file names. `isOfChat`: the file may be meant for VS Code's chat, so an
 * unknown agent stops no run.
 */
export function problemsOfPrompts(
  mentions: readonly AgentMention[],
  directory: AgentDirectory,
  { isOfChat }: { readonly isOfChat: boolean },
): readonly AgentProblem[] {
  return mentions.flatMap(({ name, range }) => {
    const found = lookUp(() => directory.named(name));
    if ('several' in found) return [{ ...sameName(found.several, 'error'), range }];
    if (found.agent !== undefined) return [];
    const { message } = directory.unknown(name);
    const problem = isOfChat
      ? unknown('information', `${message} The prompt is answered without one.`)
      : unknown('error', message);
    return [{ ...problem, range }];
  });
}

type Problem = Omit<AgentProblem, 'range'>;

function ownNameProblem(agent: FoundAgent, directory: AgentDirectory): Problem | undefined {
  const found = lookUp(() => directory.named(agent.definition.name));
  return 'several' in found ? sameName(found.several, 'warning') : undefined;
}

function contactProblem(
  from: FoundAgent,
  { name, role }: AgentMention,
  directory: AgentDirectory,
): Problem | undefined {
  const found = lookUp(() => directory.besides(from, name));
  if ('several' in found) return sameName(found.several, 'warning');
  if (found.agent === undefined) return unknownContact(name, directory);
  const back = wayBack(from, found.agent, directory);
  if (back === undefined) return undefined;
  if (back.length === 0) {
    const message = `${quoted(name)} is this agent itself: it is left out.`;
    return { severity: 'warning', code: 'own-agent', message };
  }
  const way = [from, ...back, from].map(({ definition }) => definition.name).join(' → ');
  const verb = role === 'transfer' ? 'hands over' : 'asks';
  const message = `This agent ${verb} in a circle: ${way}. A conversation meets no agent twice, so the last step is not offered.`;
  return { severity: 'information', code: 'agent-cycle', message };
}

function unknownContact(name: string, directory: AgentDirectory): Problem {
  if (isChatAgent(name)) {
    return unknown(
      'information',
      `${quoted(name)} is an agent of VS Code's chat and is left out here.`,
    );
  }
  return unknown('warning', `${directory.unknown(name).message} It is left out.`);
}

function unknown(severity: AgentProblem['severity'], message: string): Problem {
  return { severity, code: 'unknown-agent', message };
}

function sameName(message: string, severity: AgentProblem['severity']): Problem {
  return { severity, code: 'same-name', message };
}

/**
 * The agents on the shortest way from one to itself whose first step is `next`; none when that is the agent itself,
 * undefined when there is no such way. Ways of agents that ask all others do not count: they may, but hardly mean to.
 */
function wayBack(
  agent: FoundAgent,
  next: FoundAgent,
  directory: AgentDirectory,
): readonly FoundAgent[] | undefined {
  if (next === agent) return [];
  const ways = new Map<FoundAgent, readonly FoundAgent[]>([[next, [next]]]);
  // The map grows during the loop.
  for (const [last, way] of ways) {
    for (const other of contactsOf(last, directory)) {
      if (other === agent) return way;
      if (!ways.has(other)) ways.set(other, [...way, other]);
    }
  }
  return undefined;
}

function contactsOf(from: FoundAgent, directory: AgentDirectory): readonly FoundAgent[] {
  const { agents, handoffs } = from.definition;
  const names = [...handoffs.map(({ agent }) => agent), ...agents];
  return names.flatMap((name) => {
    const found = lookUp(() => directory.besides(from, name));
    return 'agent' in found && found.agent !== undefined ? [found.agent] : [];
  });
}

function lookUp(
  find: () => FoundAgent | undefined,
): { readonly agent: FoundAgent | undefined } | { readonly several: string } {
  try {
    return { agent: find() };
  } catch (error) {
    if (error instanceof UserError) return { several: error.message };
    throw error;
  }
}
