import type { TurnStop } from './conversationEvents.ts';

/** What the journal says about a tool call of an earlier process. */
export type KnownCall =
  | { readonly kind: 'ended'; readonly content: string; readonly isError: boolean }
  /** It began, changes something and must not run again. `result` says how it ended, if known. */
  | { readonly kind: 'begun'; readonly result?: 'done' | 'failed' }
  /** The user saw its start, but the record of it may be damaged. */
  | { readonly kind: 'shown' };

/** The last complete turn of a conversation that an earlier process ran. */
export interface LastTurn {
  readonly turn: number;
  /** How it ended; absent if unknown. */
  readonly stop?: TurnStop;
  /** Its tool calls that had begun, by call id. */
  readonly calls: ReadonlyMap<string, KnownCall>;
}

/** What an earlier process did about a call. A model may use the id of a call again in a later turn. */
export function knownCallOf(
  last: LastTurn | undefined,
  turn: number,
  callId: string,
): KnownCall | undefined {
  return last?.turn === turn ? last.calls.get(callId) : undefined;
}
