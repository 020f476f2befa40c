import type { ConversationState } from '../../shared/conversationState.ts';
import { given } from '../../shared/given.ts';
import type { RaisedLimits } from '../../shared/raisedLimits.ts';
import type { Agent } from '../agent/agent.ts';
import type { AgentLimits } from '../agent/agentSpec.ts';
import {
  messagesAfterTurnLimit,
  messagesToContinue,
  timesContinued,
} from '../agent/continuation.ts';
import { activeAgent } from '../agent/team/activeAgent.ts';
import { sentMessages } from '../agent/team/sentMessages.ts';
import { messagesToAskAgain } from '../agent/unattendedDenials.ts';
import type { Message } from '../providers/message.ts';
import { countTurns } from '../providers/message.ts';
import type { RunItem } from './runPlan.ts';

/** Where a conversation starts, and its agent. */
export interface StartingPoint {
  readonly agent: Agent;
  readonly messages: readonly Message[];
  /** The messages at the end that are not recorded yet. */
  readonly fresh: readonly Message[];
}

/**
 * Where each conversation of a run starts the next time: at its prompt, or at the end of its history if it
 * continues. A history is kept until its conversation has succeeded.
 */
export class StartingPoints {
  readonly #items: readonly RunItem[];
  readonly #histories = new Map<number, Message[]>();
  readonly #continuing = new Map<number, StartingPoint>();

  /** `histories` come from an earlier process. */
  constructor(items: readonly RunItem[], histories: ReadonlyMap<number, readonly Message[]>) {
    this.#items = items;
    for (const [index, messages] of histories) this.#histories.set(index, [...messages]);
  }

  /** A message was added to a conversation's history. */
  add(index: number, message: Message): void {
    const history = this.#histories.get(index);
    if (history === undefined) this.#histories.set(index, [message]);
    else history.push(message);
  }

  /** Complete turns in the history. */
  turns(index: number): number {
    return countTurns(this.#histories.get(index) ?? []);
  }

  /** Lets the conversation start from its prompt if it runs again. */
  restart(index: number): void {
    this.#histories.delete(index);
    this.#continuing.delete(index);
  }

  /**
   * Lets the conversation continue from its last complete turn, with the limits that were raised for it. After a
   * truncated answer, it gets twice the output limit.
   */
  goOn(conversation: ConversationState, raised: RaisedLimits): void {
    const { index } = conversation;
    const history = this.#histories.get(index) ?? [];
    const fresh = freshMessages(conversation, history);
    const messages = [...history, ...fresh];
    const first = this.#items[index]?.agent;
    if (first === undefined || history.length === 0) return;
    const agent = agentFor(first, messages, raised);
    this.#continuing.set(index, { agent, messages, fresh });
  }

  of(index: number, item: RunItem): StartingPoint {
    const continuing = this.#continuing.get(index);
    if (continuing !== undefined) return continuing;
    const { messages: given, planned } = item;
    // Whoever gave messages may change them later. All others are made here, and never change.
    const messages: readonly Message[] =
      given === undefined ? [{ role: 'user', text: planned.prompt }] : structuredClone(given);
    return { agent: item.agent, messages, fresh: messages };
  }
}

/**
 * The agent that goes on with these messages: the one that the conversation was handed over to last. What was
 * raised stays, also in another process: limits of the conversation, and the output limit of the agent.
 */
function agentFor(
  first: Agent,
  messages: readonly Message[],
  { maxTurns, toolCalls, repeatsStopped, timeoutSeconds }: RaisedLimits,
): Agent {
  const active = activeAgent(
    withLimits(
      first,
      given({
        ...{ maxTurns, maxToolCalls: toolCalls, repeatsStopped },
        timeoutMs: timeoutSeconds && timeoutSeconds * 1000,
      }),
    ),
    messages,
  );
  const times = timesContinued(sentMessages(messages));
  const { maxOutputTokens } = active.spec.limits;
  return withLimits(active, times > 0 ? { maxOutputTokens: maxOutputTokens * 2 ** times } : {});
}

function withLimits(agent: Agent, changes: Partial<AgentLimits>): Agent {
  return Object.keys(changes).length === 0 ? agent : agent.withLimits(changes);
}

/** The messages to add to the history before the model can continue. */
function freshMessages(
  { reason, turns }: ConversationState,
  history: readonly Message[],
): readonly Message[] {
  const isCut = reason === 'budget' && turns.at(-1)?.stop === 'truncated';
  if (reason === 'max_tokens' || isCut) return messagesToContinue(history);
  if (reason === 'needs_approval') return messagesToAskAgain(history);
  return reason === 'max_turns' ? messagesAfterTurnLimit(history) : [];
}
