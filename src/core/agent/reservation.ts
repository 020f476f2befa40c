import type { LimitReason } from '../../shared/outcome.ts';
import type { BudgetLimit } from '../../shared/raisedLimits.ts';
import type { Usage } from '../../shared/usage.ts';
import type { ModelRequest } from '../providers/provider.ts';

/** What the budget needs to know of a request. */
export interface BudgetNeed extends Pick<ModelRequest, 'messages' | 'maxOutputTokens'> {
  /** Whether the conversation has started. Started conversations go first. */
  readonly started: boolean;
  /** Called when the request waits, because the requests in flight may use up the budget. */
  onWait(): void;
}

/** Why a request is never sent: a limit of the run or the conversation is reached. */
export interface Refusal {
  readonly reason: LimitReason;
  /** With `budget`: which one. */
  readonly limit?: BudgetLimit;
}

/** The part of the budget that is reserved for one request. */
export interface Reservation {
  /** Max output tokens of the request: less than planned when the budget is nearly used up. */
  readonly maxOutputTokens: number;
  /** The limit that leaves no room for the output that was planned. */
  readonly shortenedBy?: BudgetLimit;
  /** Checks again, right before the request is sent, whether the reservation suffices. */
  confirm(): boolean;
  /** Ends the reservation. `usage` is the request's usage, if the server reported it; it is counted already. */
  settle(usage?: Usage): void;
}
