/** Why a model request failed, in terms that hold for every provider. */
export const errorKinds = [
  'auth',
  'rate_limit',
  'quota',
  'overloaded',
  'network',
  'protocol',
  'invalid_request',
  'not_found',
  'approval',
  'internal',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** A limit that ended a conversation early. This is no failure; the answer so far is kept. */
export const limitReasons = [
  'max_turns',
  'max_tokens',
  'context_full',
  'refused',
  'budget',
  'loop',
  'max_tool_calls',
  'max_wait',
  'timeout',
  'max_run_turns',
  'max_run_tool_calls',
  'max_run_time',
  'denied',
  'needs_approval',
] as const;
export type LimitReason = (typeof limitReasons)[number];

/** How a conversation ended. */
export type ConversationStatus = 'done' | 'failed' | 'stopped' | 'cancelled';

/**
 * What the last text of a conversation is when it is no final answer: `interim` came before tool calls,
 * `broken_off` is the beginning of an answer that was cut off.
 */
export const unfinishedAnswers = ['interim', 'broken_off'] as const;
export type UnfinishedAnswer = (typeof unfinishedAnswers)[number];

/**
 * Why a conversation ended: `final` goes with the status `done`, a limit with `stopped`, an error kind with
 * `failed`. `interrupted` goes with `cancelled`: the process ended before the conversation did.
 */
export type FinishReason = 'final' | 'cancelled' | 'interrupted' | LimitReason | ErrorKind;

/** The error that ended a conversation or an attempt. `message` is for people and names a remedy. */
export interface ConversationError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly httpStatus?: number;
  readonly requestId?: string;
  /** Model requests made for the turn that failed. */
  readonly attempts: number;
}
