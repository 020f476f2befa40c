import type {
  ConversationEvent,
  ConversationStatus,
  PlannedConversation,
  Usage,
} from './conversationEvents.ts';
import { addUsage } from './conversationEvents.ts';
import type {
  ConversationState,
  DiscardedAttempt,
  PreviousOutcome,
  ToolCallRecord,
  TurnRecord,
} from './conversationState.ts';
import { hasEnded, ownTimeMs, queuedConversation } from './conversationState.ts';
import { costOfRequest, sumOfCosts } from './cost.ts';
import { withProposalSteps } from './proposals.ts';

/**
 * The next state of a conversation: the only place where its state is made, in the extension host,
 * on the command line and in the results panel alike. Pure; the cost does not depend on the run.
 */
export function foldConversation(
  state: ConversationState,
  event: ConversationEvent,
): ConversationState {
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
    case 'turn.delta':
      return { ...state, partial: state.partial + event.text };
    case 'turn.thinking':
      return { ...state, thinking: state.thinking + event.text };
    case 'turn.discarded':
      return discarded(state, event);
    case 'turn.finished':
      return turnFinished(state, event);
    case 'tool.started':
      return toolStarted(state, event);
    case 'tool.finished':
      return toolFinished(state, event);
    case 'conversation.finished':
      return finished(state, event);
  }
}

type EventOf<T extends ConversationEvent['type']> = Extract<
  ConversationEvent,
  { readonly type: T }
>;

function without<S extends object, K extends keyof S>(state: S, ...keys: readonly K[]): Omit<S, K> {
  // An object that something was deleted from is slow for ever after, so that it is rarely done.
  if (!keys.some((key) => key in state)) return state;
  const rest = { ...state };
  for (const key of keys) delete rest[key];
  return rest;
}

function requeued(state: ConversationState, atMs: number): ConversationState {
  const previous = hasEnded(state) ? previousOutcome(state) : state.previous;
  return {
    ...queuedConversation(planOf(state), state.index),
    attempts: state.attempts,
    usage: state.usage,
    cost: state.cost,
    earlierMs: ownTimeMs(state, atMs),
    ...(previous === undefined ? {} : { previous }),
  };
}

/** Named one by one, so that a new field of a plan cannot be forgotten here. */
const planFields: { readonly [K in keyof Required<PlannedConversation>]: true } = {
  id: true,
  name: true,
  prompt: true,
  provider: true,
  model: true,
  price: true,
  source: true,
  promptHash: true,
  agent: true,
};

/** What was known before the start: a rerun begins from this and nothing else. */
function planOf(state: ConversationState): PlannedConversation {
  const known = Object.entries(state).filter(([field]) => Object.hasOwn(planFields, field));
  return Object.fromEntries(known) as unknown as PlannedConversation;
}

/** Complete turns and tool calls stay; what was under way is forgotten and done anew. */
function resumed(
  state: ConversationState,
  { atMs, keptTurns = Number.POSITIVE_INFINITY, proposals }: EventOf<'conversation.resumed'>,
): ConversationState {
  const fresh = queuedConversation(planOf(state), state.index);
  const isKept = ({ turn }: { readonly turn: number }): boolean => turn <= keptTurns;
  const turns = state.turns.filter(isKept);
  // An interruption says nothing of the conversation itself.
  const isOutcome = hasEnded(state) && state.reason !== 'interrupted';
  const previous = isOutcome ? previousOutcome(state) : state.previous;
  return {
    ...fresh,
    turn: turns.length,
    attempts: state.attempts,
    turns,
    toolCalls: state.toolCalls.filter((call) => call.endMs !== undefined && isKept(call)),
    ...(proposals === undefined ? {} : { proposals }),
    answer: state.answer,
    ...(state.answerIs === undefined ? {} : { answerIs: state.answerIs }),
    usage: state.usage,
    cost: state.cost,
    earlierMs: ownTimeMs(state, atMs),
    ...(previous === undefined ? {} : { previous }),
  };
}

function previousOutcome(
  state: ConversationState & { readonly phase: ConversationStatus },
): PreviousOutcome {
  return {
    status: state.phase,
    reason: state.reason ?? 'internal',
    ...(state.error === undefined ? {} : { error: state.error }),
    ...keptAnswer(state),
  };
}

/** The final answer there is, from this execution or an earlier one. */
function keptAnswer(state: ConversationState): Pick<PreviousOutcome, 'answer'> {
  const answer = state.phase === 'done' ? state.answer : state.previous?.answer;
  return answer === undefined || answer === '' ? {} : { answer };
}

/** Whatever it waited for before its start is no part of its own time. */
function started(state: ConversationState, atMs: number): ConversationState {
  const ready = without(state, 'wait', 'waitStartMs');
  return { ...ready, phase: 'running', startMs: atMs, waitedMs: 0 };
}

function waiting(
  state: ConversationState,
  event: EventOf<'conversation.waiting'>,
): ConversationState {
  return {
    ...endWait(state, event.atMs),
    phase: 'waiting',
    wait: without(event, 'type', 'seq', 'atMs', 'conversation'),
    ...(event.reason === 'retry' ? {} : { waitStartMs: event.atMs }),
  };
}

/** Ends the wait under way, if any, and books its time. */
function endWait(state: ConversationState, atMs: number): ConversationState {
  const began = state.waitStartMs;
  const waitedMs = state.waitedMs + (began === undefined ? 0 : atMs - began);
  return { ...without(state, 'wait', 'waitStartMs'), waitedMs };
}

function turnStarted(state: ConversationState, event: EventOf<'turn.started'>): ConversationState {
  return {
    ...endWait(state, event.atMs),
    phase: 'running',
    turn: event.turn,
    attempt: event.attempt,
    // A conversation that is resumed is not started again.
    startMs: state.startMs ?? event.atMs,
    attemptStartMs: event.atMs,
    attempts: state.attempts + 1,
    // Whatever comes of it has a price.
    cost: state.price === undefined ? { ...state.cost, costUsd: null } : state.cost,
    partial: '',
    thinking: '',
  };
}

function discarded(state: ConversationState, event: EventOf<'turn.discarded'>): ConversationState {
  const hadText = state.partial !== '' || state.thinking !== '';
  const lost: DiscardedAttempt = hadText ? { ...event.error, hadText } : event.error;
  return { ...state, ...spent(state, event.usage), partial: '', thinking: '', discarded: lost };
}

function turnFinished(
  state: ConversationState,
  event: EventOf<'turn.finished'>,
): ConversationState {
  const turn: TurnRecord = {
    turn: event.turn,
    text: event.text,
    usage: event.usage,
    attempts: state.attempt,
    startMs: state.attemptStartMs,
    endMs: event.atMs,
    ...(event.stop === undefined ? {} : { stop: event.stop }),
    ...(event.requestId === undefined ? {} : { requestId: event.requestId }),
  };
  return {
    ...without(state, 'discarded'),
    partial: '',
    thinking: '',
    turns: [...state.turns, turn],
    ...spent(state, event.usage),
  };
}

/** Usage and cost with those of one more request. */
function spent(
  { usage, cost, price }: ConversationState,
  request: Usage | undefined,
): Pick<ConversationState, 'usage' | 'cost'> {
  if (request === undefined) return { usage, cost };
  return { usage: addUsage(usage, request), cost: sumOfCosts(cost, costOfRequest(request, price)) };
}

/** A call that had to wait for the disk waits no more when it starts. */
function toolStarted(state: ConversationState, event: EventOf<'tool.started'>): ConversationState {
  const at = state.phase === 'waiting' ? endWait(state, event.atMs) : state;
  const phase = state.phase === 'waiting' ? 'running' : state.phase;
  return { ...at, phase, toolCalls: [...state.toolCalls, startedCall(event)] };
}

function startedCall(event: EventOf<'tool.started'>): ToolCallRecord {
  return {
    turn: event.turn,
    callId: event.callId,
    name: event.name,
    input: event.input,
    isError: false,
    startMs: event.atMs,
    seq: event.seq,
  };
}

function toolFinished(
  state: ConversationState,
  event: EventOf<'tool.finished'>,
): ConversationState {
  const toolCalls = state.toolCalls.map((call) => finishedCall(call, event));
  const proposals = withProposalSteps(state.proposals ?? [], event.proposed ?? []);
  const rest = without(state, 'proposals');
  return { ...rest, toolCalls, ...(proposals.length === 0 ? {} : { proposals }) };
}

function finishedCall(call: ToolCallRecord, event: EventOf<'tool.finished'>): ToolCallRecord {
  const same = call.callId === event.callId && call.turn === event.turn;
  if (!same || call.endMs !== undefined) return call;
  return { ...call, output: event.output, isError: event.isError, endMs: event.atMs };
}

function finished(
  state: ConversationState,
  event: EventOf<'conversation.finished'>,
): ConversationState {
  const settled = without(endWait(state, event.atMs), 'discarded', 'error', 'answerIs');
  const succeeded = event.status === 'done';
  return {
    ...(succeeded ? without(settled, 'previous') : settled),
    phase: event.status,
    reason: event.reason,
    answer: event.answer,
    ...(event.answerIs === undefined ? {} : { answerIs: event.answerIs }),
    partial: '',
    thinking: '',
    ...spent(state, event.usage),
    endMs: event.atMs,
    ...(event.error === undefined ? {} : { error: event.error }),
  };
}
