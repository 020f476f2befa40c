import type { Usage } from '../../shared/conversationEvents.ts';
import type { ModelRequest } from '../providers/provider.ts';

/** A request that is about to be sent, as far as the budget is concerned. */
export interface BudgetNeed extends Pick<ModelRequest, 'messages' | 'maxOutputTokens'> {
  /** Conversations under way go before those that have not begun. */
  readonly started: boolean;
  /** Called when the requests in flight may use up the rest of the budget. */
  onWait(): void;
}

/** The part of the budget that is reserved for one request. */
export interface Reservation {
  /** What the request may ask for: less than planned where the budget has no more left. */
  readonly maxOutputTokens: number;
  /** Whether it still suffices when the request is about to be sent: others may have spent meanwhile. */
  confirm(): boolean;
  /** Ends it. `usage` is what the request took, where the server told; it is booked already. */
  settle(usage?: Usage): void;
}
