import type { WorkCall } from '../workload/workload.ts';
import type { IssuedTurn } from './issuedTurns.ts';
import type { ReadRequest } from './readRequest.ts';

/** Tokens of one response. The three kinds of input add up to the whole prompt. */
export interface TurnTokens {
  readonly uncached: number;
  readonly read: number;
  readonly written: number;
  readonly output: number;
}

/** The content of one model turn. */
export type TurnContent =
  | { readonly kind: 'calls'; readonly calls: readonly WorkCall[] }
  | { readonly kind: 'answer'; readonly pieces: readonly string[] };

export interface TurnToStream {
  readonly request: ReadRequest;
  readonly content: TurnContent;
  readonly tokens: TurnTokens;
  /** Makes the ids of this response unique. */
  readonly serial: string;
}

/** A response as it goes over the wire. */
export interface StreamedTurn {
  /** Server-sent events; the last one is final. */
  readonly events: readonly string[];
  /** Number of events sent before a fault: some of the content, and no end. */
  readonly cutAt: number;
  /** What the client must send back; absent for an answer. */
  readonly issued?: IssuedTurn;
}

/** The approximate size of the model's output. */
export function outputTokens(content: TurnContent): number {
  return content.kind === 'calls' ? content.calls.length * 12 : content.pieces.length * 2;
}
