import type {
  ConversationError,
  ConversationStatus,
  FinishReason,
  LimitReason,
} from '../../shared/outcome.ts';
import type { BudgetLimit } from '../../shared/raisedLimits.ts';
import type { ToolCall } from '../providers/message.ts';
import type { ModelTurn } from '../providers/provider.ts';
import type { Contact } from './team/contact.ts';

/** What follows in a conversation: a closed set. The first three go on. */
export type NextStep =
  /** Ask the model. */
  | { readonly kind: 'ask' }
  /** Run the calls of a turn, then ask the model. */
  | { readonly kind: 'tools'; readonly turn: number; readonly calls: readonly ToolCall[] }
  /** Another agent takes over, and is asked. */
  | { readonly kind: 'hand_over'; readonly contact: Contact }
  /** The model has given its answer. */
  | { readonly kind: 'final' }
  | {
      readonly kind: 'limit';
      readonly reason: LimitReason;
      /** With `budget`: the limit that was reached. */
      readonly limit?: BudgetLimit;
      readonly error?: ConversationError;
    }
  | { readonly kind: 'failure'; readonly error: ConversationError };

/** How a conversation ended. */
export interface Ending {
  readonly status: ConversationStatus;
  readonly reason: FinishReason;
  /** With `budget`: the limit that was reached. */
  readonly limit?: BudgetLimit;
  readonly error?: ConversationError;
}

/** The step for a limit. */
export function limit(reason: LimitReason, reached?: BudgetLimit): NextStep {
  return { kind: 'limit', reason, ...(reached === undefined ? {} : { limit: reached }) };
}

/** The ending for a step; undefined when the conversation continues. */
export function endingOf(step: NextStep): Ending | undefined {
  switch (step.kind) {
    case 'ask':
    case 'tools':
    case 'hand_over':
      return undefined;
    case 'final':
      return { status: 'done', reason: 'final' };
    case 'limit': {
      const { kind: _, ...why } = step;
      return { status: 'stopped', ...why };
    }
    case 'failure':
      return { status: 'failed', reason: step.error.kind, error: step.error };
  }
}

/** A complete turn. */
export interface EndedTurn extends Pick<ModelTurn, 'stop' | 'message'> {
  readonly turn: number;
  /** The limit that allowed only a shorter answer. */
  readonly shortenedBy?: BudgetLimit | undefined;
}

/**
 * The step after a complete turn. `continuations` counts consecutive turns that the provider paused, this one included;
 * there may be `maxContinuations`.
 */
export function stepAfterTurn(
  { stop, message, turn, shortenedBy }: EndedTurn,
  continuations: number,
  maxContinuations: number,
): NextStep {
  switch (stop) {
    case 'continue':
      return continuations > maxContinuations ? limit('loop') : { kind: 'ask' };
    case 'tool_calls': {
      const calls = message.toolCalls;
      return calls.length === 0 ? { kind: 'final' } : { kind: 'tools', turn, calls };
    }
    case 'final':
      return { kind: 'final' };
    case 'truncated':
      // Truncated by the rest of the budget or by the max output tokens.
      return shortenedBy === undefined ? limit('max_tokens') : limit('budget', shortenedBy);
    case 'context_full':
      return limit('context_full');
    case 'refused':
      return limit('refused');
  }
}
