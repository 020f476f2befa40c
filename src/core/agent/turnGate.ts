import type { Usage, WaitReason } from '../../shared/conversationEvents.ts';
import type { ProviderError } from '../providers/providerError.ts';

/** What a conversation says when it wants to send a model request. */
export interface SlotRequest {
  /** Conversations that have begun go before those that have not. */
  readonly started: boolean;
  /** Whether it repeats a request that the server or the connection failed. */
  readonly again: boolean;
  /** Refusals in a row, whosever, after which nothing more is to be sent for this conversation. */
  readonly mostRefusals: number;
  /** Told, possibly more than once, why the request has to wait and for how long, if that is known. */
  onWait(reason: WaitReason, forMs?: number): void;
  /**
   * Told that nothing is sent to this server any more because of this error. `wait` keeps its place
   * until the error is mended; `fail` gives it up.
   */
  onBlocked(failure: ProviderError): 'wait' | 'fail';
  /** Told that the error mended itself: the server that nothing answered at answers again. */
  onUnblocked(failure: ProviderError): void;
}

/** The right to have one model request under way. */
export interface Slot {
  /** The response's head: rate-limit headers are learned from here. */
  onHead(status: number, header: (name: string) => string | undefined): void;
  /** The response's body has begun: from here on a shared prefix can be read from the cache. */
  onBegin(): void;
  /**
   * Gives the slot back, once, when the request has ended. Returns how often in a row the endpoint has
   * refused requests for their rate by now, whosever they were.
   */
  release(end: RequestEnd): number;
}

/** How a model request ended: with a response, with a failure, or aborted. */
export interface RequestEnd {
  readonly usage?: Usage;
  readonly failure?: ProviderError;
}

/** Decides when a model request may be sent. A slot is held during the request only. */
export interface TurnGate {
  /**
   * Resolves with a slot. Rejects with the signal's reason when it is aborted first, and with the
   * error it was told of when it answered `fail` to being blocked.
   */
  acquire(request: SlotRequest, signal: AbortSignal): Promise<Slot>;
}
