import type { Usage } from '../../shared/conversationEvents.ts';
import type { WaitReason } from '../../shared/wait.ts';
import type { ProviderError } from '../providers/providerError.ts';

/**
 * What a conversation does about an error that holds for every request to a server, such as a refused key:
 * `pause` waits until the error is mended, `fail` ends the conversation with it.
 */
export type WhenBlocked = 'pause' | 'fail';

/** A conversation's request for a slot. */
export interface SlotRequest {
  /** Conversations under way go before those that have not begun. */
  readonly started: boolean;
  /** Whether it repeats a request that failed. */
  readonly again: boolean;
  /** Max refusals in a row at the endpoint; after them nothing is sent for this conversation. */
  readonly maxRefusals: number;
  readonly whenBlocked: WhenBlocked;
  /** Called, possibly more than once, with the reason of a wait and its length, where it is known. */
  onWait(reason: WaitReason, forMs?: number): void;
}

/** The right to have one model request in flight. */
export interface Slot {
  /** The response's head, with its rate-limit headers. */
  onHead(status: number, header: (name: string) => string | undefined): void;
  /** The response's body has begun: from now on the cache holds a shared prefix. */
  onBegin(): void;
  /** Gives the slot back, once, when the request has ended. */
  release(end: RequestEnd): Released;
}

/** What the end of a request means for its conversation. */
export interface Released {
  /** How often in a row the endpoint has refused requests for their rate, of any conversation. */
  readonly refusalsInRow: number;
  /** Wait that a refusal asks of this conversation alone, in ms; 0 where everyone waits or nobody does. */
  readonly ownWaitMs: number;
}

/** Nothing was refused. */
export const notRefused: Released = { refusalsInRow: 0, ownWaitMs: 0 };

/** How a model request ended: with a response, a failure, or (neither) aborted. */
export interface RequestEnd {
  readonly usage?: Usage;
  readonly failure?: ProviderError;
}

/** Decides when a model request may be sent. A slot is held during the request only. */
export interface TurnGate {
  /**
   * Resolves with a slot. Rejects with the signal's reason when it is aborted first, and with the error that
   * blocks the server when `whenBlocked` is `fail`.
   */
  acquire(request: SlotRequest, signal: AbortSignal): Promise<Slot>;
}
