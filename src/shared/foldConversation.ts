import type { Answerer } from './answerer.ts';
import type { ConversationEvent, EventOf } from './conversationEvents.ts';
import type { ConversationState, TurnRecord } from './conversationState.ts';
import { answererOf } from './conversationState.ts';
import type { Cost } from './cost.ts';
import { costOfRequest, sumOfCosts } from './cost.ts';
import { endAsked, withNested, withQuestion } from './foldNested.ts';
import { requeued, resumed } from './foldRerun.ts';
import {
  endAll,
  endOpen,
  withFailure,
  withFirstToken,
  withSpan,
  withToolEnd,
  withTurn,
  withWait,
} from './foldSpans.ts';
import { withProposalSteps } from './proposals.ts';
import type { Span } from './span.ts';
import { currentWait, isForOthers } from './span.ts';
import { askedCalls, withCallEvent } from './toolCall.ts';
import type { Usage } from './usage.ts';
import { addUsage } from './usage.ts';

/**
 * The next state of a conversation. Extension host, command line and results panel all use this one fold.
 * Pure; the cost of an event does not depend on the number of conversations.
 */
export function foldConversation(
  state: ConversationState,
  event: ConversationEvent,
): ConversationState {
  if (event.within !== undefined) return nested(state, event);
  switch (event.type) {
    case 'conversation.requeued':
      return requeued(state, event.atMs);
    case 'conversation.resumed':
      return resumed(state, event);
    case 'conversation.started':
      return started(state, event.atMs);
    case 'conversation.waiting':
      return waiting(state, event);
    case 'turn.started':
      return turnStarted(state, event);
    case 'turn.delta': {
      const spans = withFirstToken(state.spans, event.atMs);
      return { ...state, spans, partial: state.partial + event.text };
    }
    case 'turn.thinking': {
      const spans = withFirstToken(state.spans, event.atMs);
      return { ...state, spans, thinking: state.thinking + event.text };
    }
    case 'turn.discarded':
      return discarded(state, event);
    case 'turn.finished':
      return turnFinished(state, event);
    case 'tool.checked':
    case 'tool.waiting':
      return { ...state, toolCalls: withCallEvent(state.toolCalls, event) };
    case 'tool.started':
      return toolStarted(state, event);
    case 'tool.finished':
      return toolFinished(state, event);
    case 'agent.changed':
      return { ...state, handedTo: { to: event.to, afterTurn: event.turn } };
    case 'agent.asked':
      return withQuestion(state, event);
    case 'conversation.finished':
      return finished(state, event);
  }
}

function without<S extends object, K extends keyof S>(state: S, ...keys: readonly K[]): Omit<S, K> {
  // V8 makes an object slow for good when a property is deleted, so this copies only when it must.
  if (!keys.some((key) => key in state)) return state;
  const rest = { ...state };
  for (const key of keys) delete rest[key];
  return rest;
}

/** What a nested conversation waits for, the one around it waits for. */
function nested(state: ConversationState, event: ConversationEvent): ConversationState {
  const next = withNested(state, event, foldConversation);
  if (next === state) return state;
  if (event.type === 'conversation.waiting') return waiting(next, event);
  const goesOn = event.type === 'turn.started' || event.type === 'tool.started';
  if (!goesOn || currentWait(next) === undefined) return next;
  const spans = endOpen(next.spans, event.atMs);
  return { ...next, spans, waitedMs: waitedMsAt(next, spans, event.atMs), phase: 'running' };
}

/** Waits before the start are not part of its own time. */
function started(state: ConversationState, atMs: number): ConversationState {
  const spans = endOpen(state.spans, atMs);
  return { ...state, spans, phase: 'running', startMs: atMs, waitedMs: 0 };
}

function waiting(
  state: ConversationState,
  event: EventOf<'conversation.waiting'>,
): ConversationState {
  const { type: _, seq: __, conversation: ___, within: ____, atMs, ...wait } = event;
  const spans = withWait(state.spans, wait, atMs);
  return { ...state, spans, waitedMs: waitedMsAt(state, spans, atMs), phase: 'waiting' };
}

/** The time spent waiting, with that of a wait that ends with the next spans. */
function waitedMsAt(state: ConversationState, spans: readonly Span[], atMs: number): number {
  const wait = currentWait(state);
  const isOver = wait !== undefined && spans[state.spans.length - 1]?.endMs !== undefined;
  const counts = isOver && isForOthers(wait) && state.startMs !== undefined;
  return state.waitedMs + (counts ? atMs - wait.startMs : 0);
}

function turnStarted(state: ConversationState, event: EventOf<'turn.started'>): ConversationState {
  const { turn, attempt, atMs } = event;
  const spans = withSpan(state.spans, { kind: 'request', turn, attempt, startMs: atMs });
  return {
    ...state,
    spans,
    waitedMs: waitedMsAt(state, spans, atMs),
    phase: 'running',
    turn,
    attempt,
    // A conversation that is resumed is not started again.
    startMs: state.startMs ?? atMs,
    attempts: state.attempts + 1,
    // Even a failed request may cost something.
    cost: answererOf(state).price === undefined ? { ...state.cost, costUsd: null } : state.cost,
    partial: '',
    thinking: '',
  };
}

function discarded(state: ConversationState, event: EventOf<'turn.discarded'>): ConversationState {
  const spans = withFailure(state.spans, event);
  return {
    ...state,
    usage: usageWith(state, event.usage),
    cost: costWith(state, event.usage),
    spans,
    waitedMs: waitedMsAt(state, spans, event.atMs),
    partial: '',
    thinking: '',
  };
}

function turnFinished(
  state: ConversationState,
  event: EventOf<'turn.finished'>,
): ConversationState {
  const { turn, text, usage, stop, requestId } = event;
  const by: Answerer = { ...answererOf(state), ...event.by };
  const record: TurnRecord = {
    turn,
    text,
    usage,
    by,
    ...(stop === undefined ? {} : { stop }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  return {
    ...state,
    spans: withTurn(state.spans, event),
    partial: '',
    thinking: '',
    turns: [...state.turns, record],
    toolCalls: [...state.toolCalls, ...askedCalls(event)],
    usage: usageWith(state, usage),
    cost: costWith(state, usage),
  };
}

/** The usage, with that of one more request. */
function usageWith({ usage }: ConversationState, request: Usage | undefined): Usage {
  return request === undefined ? usage : addUsage(usage, request);
}

/** The cost, with that of one more request. */
function costWith(state: ConversationState, request: Usage | undefined): Cost {
  if (request === undefined) return state.cost;
  return sumOfCosts(state.cost, costOfRequest(request, answererOf(state).price));
}

/** A wait for the disk or for a decision ends when a call runs. */
function toolStarted(state: ConversationState, event: EventOf<'tool.started'>): ConversationState {
  const { turn, callId, name, atMs } = event;
  const spans = withSpan(state.spans, { kind: 'tool', turn, callId, name, startMs: atMs });
  return {
    ...state,
    spans,
    waitedMs: waitedMsAt(state, spans, atMs),
    phase: state.phase === 'waiting' ? 'running' : state.phase,
    toolCalls: withCallEvent(state.toolCalls, event),
  };
}

function toolFinished(
  state: ConversationState,
  event: EventOf<'tool.finished'>,
): ConversationState {
  const toolCalls = withCallEvent(state.toolCalls, event);
  if (toolCalls === state.toolCalls) return state;
  const next = { ...state, spans: withToolEnd(state.spans, event), toolCalls };
  const { proposed = [] } = event;
  if (proposed.length === 0) return next;
  const proposals = withProposalSteps(state.proposals ?? [], proposed);
  return { ...without(next, 'proposals'), ...(proposals.length === 0 ? {} : { proposals }) };
}

function finished(
  state: ConversationState,
  event: EventOf<'conversation.finished'>,
): ConversationState {
  const settled = without(state, 'error', 'answerIs', 'limit');
  const succeeded = event.status === 'done';
  const spans = endAll(state.spans, event);
  return {
    ...(succeeded ? without(settled, 'previous') : settled),
    spans,
    waitedMs: waitedMsAt(state, spans, event.atMs),
    phase: event.status,
    reason: event.reason,
    ...(event.limit === undefined ? {} : { limit: event.limit }),
    answer: event.answer,
    ...(event.answerIs === undefined ? {} : { answerIs: event.answerIs }),
    partial: '',
    thinking: '',
    usage: usageWith(state, event.usage),
    cost: costWith(state, event.usage),
    ...(state.asked === undefined ? {} : { asked: endAsked(state.asked, event, foldConversation) }),
    endMs: event.atMs,
    ...(event.error === undefined ? {} : { error: event.error }),
  };
}
