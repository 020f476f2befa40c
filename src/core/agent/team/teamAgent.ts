import type { Answerer } from '../../../shared/answerer.ts';
import type { Message } from '../../providers/message.ts';
import type { AgentParts } from '../agentSpec.ts';
import type { ConversationContext } from '../conversationContext.ts';
import type { Ending } from '../nextStep.ts';
import type { FinalText } from '../progress.ts';
import type { Contact } from './contact.ts';

/** An agent that can reach others. */
export interface TeamAgent extends AgentParts {
  /** The ways to other agents, by the name of the tool that takes them. */
  readonly contacts: ReadonlyMap<string, Contact>;
  readonly answerer: Answerer;
  /** The agents that led to this one, its own name last. */
  readonly path: readonly string[];
  /** The agent at the end of one of its ways. It has no tool that this one has not. */
  reach(contact: Contact): TeamAgent;
  run(messages: readonly Message[], context: ConversationContext): Promise<Ending & FinalText>;
}
