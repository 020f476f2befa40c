import { UserError } from '../../base/errors.ts';
import type { Message } from '../../providers/message.ts';
import type { Agent } from '../agent.ts';

/** The agent that has a conversation at the end of its history. Throws a `UserError` when it is not there. */
export function activeAgent(first: Agent, history: readonly Message[]): Agent {
  return history.reduce((agent, message) => {
    const to = message.role === 'tool' ? message.handOver?.agent : undefined;
    return to === undefined ? agent : nextAgent(agent, to);
  }, first);
}

function nextAgent(agent: Agent, to: string): Agent {
  for (const contact of agent.contacts.values()) {
    if (contact.kind === 'transfer' && contact.to === to) return agent.reach(contact);
  }
  throw new UserError(
    `This conversation was handed over to the agent "${to}", which is not there any more. Start its prompt as a new run.`,
  );
}
