import type { Usage } from '../../shared/usage.ts';
import type { WaitReason } from '../../shared/wait.ts';
import type { ProviderError } from '../providers/providerError.ts';

/**
 * The reaction to an error that affects every request to a server, such as a refused key: `pause` waits until the
 * error is fixed, `fail` ends the conversation with it.
 */
export type WhenBlocked = 'pause' | 'fail';

/** A conversation's request for a slot. */
export interface SlotRequest {
  /** Whether the conversation has started. Started conversations go first. */
  readonly started: boolean;
  /**
   * Whether it is the conversation's first request to its present agent: what such requests of one agent share may be
   * in the provider's prompt cache by another one.
   */
  readonly isFirstOfAgent: boolean;
  /** Whether it retries a failed request. */
  readonly again: boolean;
  /** Max consecutive refusals by the endpoint before the conversation gives up. */
  readonly maxRefusals: number;
  readonly whenBlocked: WhenBlocked;
  /** Called, possibly more than once, with the reason of a wait and its length, if known. */
  onWait(reason: WaitReason, forMs?: number): void;
}

/** The right to have one model request in flight. */
export interface Slot {
  /** The head of the response arrived, with its rate-limit headers. */
  onHead(status: number, header: (name: string) => string | undefined): void;
  /** The body of the response has begun: from now on the prompt cache contains a shared prefix. */
  onBegin(): void;
  /** Releases the slot when the request has ended. Only the first call counts. */
  release(end: RequestEnd): Released;
}

/** The limiter's response to the end of a request. */
export interface Released {
  /** Consecutive rate-limit refusals by the endpoint, over all conversations. */
  readonly refusalsInRow: number;
  /** Wait of this conversation alone after a refusal, in ms; 0 when all conversations wait or none does. */
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
export interface RequestSlots {
  /**
   * Resolves with a slot. Rejects with the signal's reason when it is aborted first, and with the error that
   * blocks the server when `whenBlocked` is `fail`.
   */
  acquire(request: SlotRequest, signal: AbortSignal): Promise<Slot>;
}
