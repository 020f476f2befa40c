import type { TurnStop } from './conversationEvents.ts';

/** What is known of a tool call that an earlier process began. */
export type KnownCall =
  | { readonly kind: 'ended'; readonly content: string; readonly isError: boolean }
  /** It changes something and must not be made again; `result` says how it ended, if that is known. */
  | { readonly kind: 'begun'; readonly result?: 'done' | 'failed' }
  /** It was shown; the record that says whether it was begun may be damaged. */
  | { readonly kind: 'shown' };

/** The last complete turn of a conversation that an earlier process ran. */
export interface LastTurn {
  /** How it ended; absent when that is not known. */
  readonly stop?: TurnStop;
  /** Its calls that were begun, by their ids. */
  readonly calls: ReadonlyMap<string, KnownCall>;
}
