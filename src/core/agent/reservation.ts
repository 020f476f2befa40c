import type { Usage } from '../../shared/usage.ts';
import type { ModelRequest } from '../providers/provider.ts';

/** What the budget needs to know of a request. */
export interface BudgetNeed extends Pick<ModelRequest, 'messages' | 'maxOutputTokens'> {
  /** Whether the conversation has started. Started conversations go first. */
  readonly started: boolean;
  /** Called when the request waits, because the requests in flight may use up the budget. */
  onWait(): void;
}

/** The part of the budget that is reserved for one request. */
export interface Reservation {
  /** Max output tokens of the request: less than planned when the budget is nearly used up. */
  readonly maxOutputTokens: number;
  /** Checks again, right before the request is sent, whether the reservation suffices. */
  confirm(): boolean;
  /** Ends the reservation. `usage` is the request's usage, if the server reported it; it is counted already. */
  settle(usage?: Usage): void;
}
