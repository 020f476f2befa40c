import type { Answerer } from './answerer.ts';
import { stoppedBy } from './continuing.ts';
import type { AskedConversation, ConversationState, TurnRecord } from './conversationState.ts';
import { answererOf, hasEnded } from './conversationState.ts';
import type { Cost } from './cost.ts';
import { costOfRequest } from './cost.ts';
import type { ConversationError, ConversationStatus, FinishReason } from './outcome.ts';
import type { RaisableLimit } from './raisedLimits.ts';
import type { ResultToolCall } from './resultToolCall.ts';
import { resultToolCalls } from './resultToolCall.ts';
import { turnOfKey } from './span.ts';
import type { Usage } from './usage.ts';

/** One turn of a result: who answered, and what that has cost. */
export interface ResultTurn extends Answerer, Cost {
  readonly turn: number;
  readonly usage: Usage;
}

/** What an agent asked another one. Times are ms since the run's start. */
export interface ResultAsked extends Omit<Answerer, 'price'>, Cost {
  /** The turn in which it was asked. */
  readonly turn: number;
  readonly prompt: string;
  readonly status: ConversationStatus;
  readonly reason: FinishReason;
  /** The limit that stopped it, as in a conversation. */
  readonly limit?: RaisableLimit;
  readonly answer: string;
  readonly error?: ConversationError;
  readonly turns: number;
  readonly answeredBy: readonly ResultTurn[];
  readonly toolCalls: readonly ResultToolCall[];
  readonly asked: readonly ResultAsked[];
  readonly usage: Usage;
  readonly startMs: number;
  readonly endMs: number;
}

/** Who answered each turn. */
export function resultTurns(turns: readonly TurnRecord[]): readonly ResultTurn[] {
  return turns.map(({ turn, usage, by }) => ({
    ...{ turn, ...by, usage },
    ...costOfRequest(usage, by.price),
  }));
}

/** What the agents of a conversation asked others. */
export function resultAsked(
  { asked = [] }: ConversationState,
  nowMs: number,
): readonly ResultAsked[] {
  return asked.map((one) => oneAsked(one, nowMs));
}

function oneAsked({ key, state }: AskedConversation, nowMs: number): ResultAsked {
  const { price: _, ...by } = answererOf(state);
  const endMs = state.endMs ?? nowMs;
  return {
    ...{ turn: turnOfKey(key), ...by, prompt: state.prompt },
    status: hasEnded(state) ? state.phase : 'cancelled',
    reason: state.reason ?? 'cancelled',
    ...stoppedBy(state),
    answer: state.answer,
    ...(state.error === undefined ? {} : { error: state.error }),
    turns: state.turns.length,
    answeredBy: resultTurns(state.turns),
    toolCalls: resultToolCalls(state, endMs),
    asked: resultAsked(state, nowMs),
    usage: state.usage,
    ...state.cost,
    startMs: Math.round(state.startMs ?? endMs),
    endMs: Math.round(endMs),
  };
}
