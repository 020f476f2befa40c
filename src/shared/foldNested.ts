import type { ConversationEvent, EventOf } from './conversationEvents.ts';
import type { AskedConversation, ConversationState } from './conversationState.ts';
import { hasEnded, queuedConversation } from './conversationState.ts';
import type { Cost } from './cost.ts';
import { addCosts } from './cost.ts';
import { callKey } from './span.ts';
import { addUsage } from './usage.ts';

type Fold = (state: ConversationState, event: ConversationEvent) => ConversationState;

/** An agent asks another one: a nested conversation begins. */
export function withQuestion(
  state: ConversationState,
  event: EventOf<'agent.asked'>,
): ConversationState {
  const { by, prompt } = event;
  const { agent: agentName, provider, model, price } = by;
  const planned = {
    ...{ id: state.id, name: agentName ?? '', prompt, provider, model },
    ...(agentName === undefined ? {} : { agentName }),
    ...(price === undefined ? {} : { price }),
  };
  const asked: AskedConversation = {
    key: callKey(event),
    state: queuedConversation(planned, state.index),
  };
  return { ...state, asked: [...(state.asked ?? []), asked] };
}

/**
 * Folds an event of a nested conversation. Its requests, usage and cost count for the conversation around it,
 * too. An event of a nested conversation that is not known changes nothing.
 */
export function withNested(
  state: ConversationState,
  event: ConversationEvent,
  fold: Fold,
): ConversationState {
  const [key, ...rest] = event.within ?? [];
  const { within: _, ...own } = event;
  const all = state.asked ?? [];
  const at = all.findLastIndex((one) => one.key === key);
  const known = all[at];
  if (known === undefined || hasEnded(state)) return state;
  const inner = rest.length === 0 ? own : { ...own, within: rest };
  const next = fold(known.state, inner as ConversationEvent);
  if (next === known.state) return state;
  const usage = 'usage' in event ? event.usage : undefined;
  return {
    ...state,
    asked: all.with(at, { ...known, state: next }),
    attempts: state.attempts + next.attempts - known.state.attempts,
    ...(usage === undefined ? {} : { usage: addUsage(state.usage, usage) }),
    cost: withMore(state.cost, known.state.cost, next.cost),
  };
}

/** Changes the nested conversation that these calls lead to, or the conversation itself where there are none. */
export function changeAsked(
  state: ConversationState,
  [key, ...rest]: readonly string[] = [],
  change: (state: ConversationState) => ConversationState,
): ConversationState {
  if (key === undefined) return change(state);
  const all = state.asked ?? [];
  const at = all.findLastIndex((one) => one.key === key);
  const known = all[at];
  if (known === undefined) return state;
  return {
    ...state,
    asked: all.with(at, { ...known, state: changeAsked(known.state, rest, change) }),
  };
}

/** A sum, after one of its parts has changed. */
function withMore(sum: Cost, before: Cost, after: Cost): Cost {
  if (before === after) return sum;
  const { costUsd: was } = before;
  const more = addCosts(after.costUsd, was === null ? null : -was);
  return {
    costUsd: addCosts(sum.costUsd, more),
    knownCostUsd: sum.knownCostUsd + after.knownCostUsd - before.knownCostUsd,
  };
}

/** The nested conversations when the one around them has ended: none goes on. */
export function endAsked(
  asked: readonly AskedConversation[],
  event: EventOf<'conversation.finished'>,
  fold: Fold,
): readonly AskedConversation[] {
  if (asked.every(({ state }) => hasEnded(state))) return asked;
  const { seq, atMs, conversation, reason } = event;
  return asked.map((one) => {
    if (hasEnded(one.state)) return one;
    const { answer, partial } = one.state;
    const end: EventOf<'conversation.finished'> = {
      ...{ type: 'conversation.finished', seq, atMs, conversation, status: 'cancelled' },
      reason: reason === 'interrupted' ? reason : 'cancelled',
      answer: answer || partial,
    };
    return { ...one, state: fold(one.state, end) };
  });
}
