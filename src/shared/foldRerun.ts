import type { EventOf } from './conversationEvents.ts';
import type { ConversationState, PreviousOutcome } from './conversationState.ts';
import { hasEnded, ownTimeMs, queuedConversation } from './conversationState.ts';
import { endAll } from './foldSpans.ts';
import type { ConversationStatus } from './outcome.ts';
import type { PlannedConversation } from './plannedRun.ts';
import { onlyLimits, runLimitNames } from './raisedLimits.ts';
import { callKey } from './span.ts';
import type { ToolCallRecord } from './toolCall.ts';
import { workOf } from './work.ts';

/** The state of a conversation that runs again from its prompt. */
export function requeued(state: ConversationState, atMs: number): ConversationState {
  const previous = hasEnded(state) ? previousOutcome(state) : state.previous;
  const raised = onlyLimits(state.raised, runLimitNames);
  return {
    ...queuedConversation(planOf(state), state.index),
    attempts: state.attempts,
    usage: state.usage,
    cost: state.cost,
    earlierMs: ownTimeMs(state, atMs),
    earlierWork: workOf(state),
    // What was raised for the run stays raised.
    ...(Object.keys(raised).length === 0 ? {} : { raised }),
    ...(previous === undefined ? {} : { previous }),
  };
}

/** The type makes a forgotten field a compile error. */
const planFields: { readonly [K in keyof Required<PlannedConversation>]: true } = {
  id: true,
  name: true,
  prompt: true,
  vars: true,
  provider: true,
  model: true,
  price: true,
  source: true,
  promptHash: true,
  agent: true,
  agentName: true,
  lost: true,
};

/** What was known before the start: all that a rerun begins with. */
function planOf(state: ConversationState): PlannedConversation {
  const known = Object.entries(state).filter(([field]) => Object.hasOwn(planFields, field));
  return Object.fromEntries(known) as unknown as PlannedConversation;
}

/**
 * The state of a conversation that goes on after an interruption. Complete turns and their tool calls stay;
 * what was in flight is done again. The spans stay: the time was spent.
 */
export function resumed(
  state: ConversationState,
  {
    atMs,
    keptTurns = Number.POSITIVE_INFINITY,
    raised,
    proposals,
  }: EventOf<'conversation.resumed'>,
): ConversationState {
  const fresh = queuedConversation(planOf(state), state.index);
  const isKept = ({ turn }: { readonly turn: number }): boolean => turn <= keptTurns;
  const turns = state.turns.filter(isKept);
  // An interruption is no outcome of the conversation.
  const isOutcome = hasEnded(state) && state.reason !== 'interrupted';
  const previous = isOutcome ? previousOutcome(state) : state.previous;
  const allRaised = raised === undefined ? state.raised : { ...state.raised, ...raised };
  return {
    ...fresh,
    spans: endAll(state.spans, { atMs }),
    turn: turns.length,
    attempts: state.attempts,
    turns,
    toolCalls: state.toolCalls.filter(isKept).map(askedAgain),
    ...(proposals === undefined ? {} : { proposals }),
    answer: state.answer,
    ...(state.answerIs === undefined ? {} : { answerIs: state.answerIs }),
    usage: state.usage,
    cost: state.cost,
    earlierMs: ownTimeMs(state, atMs),
    earlierWork: state.earlierWork,
    ...(previous === undefined ? {} : { previous }),
    ...(allRaised === undefined ? {} : { raised: allRaised }),
    ...keptAgents(state, isKept),
  };
}

/** A hand-over whose turn was lost is made again, and so is a question without an answer. */
function keptAgents(
  { handedTo, asked, toolCalls }: ConversationState,
  isKept: (at: { readonly turn: number }) => boolean,
): Pick<ConversationState, 'handedTo' | 'asked'> {
  const answered = new Set(
    toolCalls.filter((call) => call.state === 'ended' && isKept(call)).map(callKey),
  );
  const kept = asked?.filter(({ key }) => answered.has(key));
  const isHanded = handedTo !== undefined && isKept({ turn: handedTo.afterTurn });
  return {
    ...(isHanded ? { handedTo } : {}),
    ...(kept === undefined ? {} : { asked: kept }),
  };
}

/** A call without a result is done again from its beginning. */
function askedAgain(call: ToolCallRecord): ToolCallRecord {
  if (call.state === 'ended') return call;
  const { turn, callId, name, input, seq } = call;
  return { state: 'asked', turn, callId, name, input, seq };
}

function previousOutcome(
  state: ConversationState & { readonly phase: ConversationStatus },
): PreviousOutcome {
  return {
    status: state.phase,
    reason: state.reason ?? 'internal',
    ...(state.limit === undefined ? {} : { limit: state.limit }),
    ...(state.error === undefined ? {} : { error: state.error }),
    ...keptAnswer(state),
  };
}

/** The final answer of this execution, or else of an earlier one. */
function keptAnswer(state: ConversationState): Pick<PreviousOutcome, 'answer'> {
  const answer = state.phase === 'done' ? state.answer : state.previous?.answer;
  return answer ? { answer } : {};
}
