/**
 * Why a conversation waits before its next model request or tool call:
 * - `slot`: other conversations use all slots
 * - `rate_limit`: the server's rate limit
 * - `retry`: backoff before the next attempt
 * - `warm_up`: the first conversation fills the prompt cache
 * - `budget`: requests in flight may use up what is left of the budget
 * - `offline`: the server cannot be reached
 * - `blocked`: the whole run is paused until the user acts
 * - `decision`: somebody has to decide whether tool calls may run; none of its calls runs meanwhile
 */
export const waitReasons = [
  'slot',
  'rate_limit',
  'retry',
  'warm_up',
  'budget',
  'offline',
  'blocked',
  'decision',
] as const;
export type WaitReason = (typeof waitReasons)[number];

/** What a conversation waits for, and for how long. */
export interface Wait {
  readonly reason: WaitReason;
  /** When the wait is expected to end, in ms since the run's start; absent when unknown. */
  readonly untilMs?: number;
  /** The same as an ISO time, for waits so long that a time of day says more than a count-down. */
  readonly untilTime?: string;
  /**
   * The number of the next attempt, from 2, and the maximum. Present with `retry`, and with `rate_limit`
   * from the second refusal in a row on.
   */
  readonly attempt?: number;
  readonly of?: number;
  /** With `retry`: what went wrong, where the kind of error says too little: `no data for 60 s`. */
  readonly cause?: string;
}
