import type { RunEvent, RunStarted } from '../../shared/conversationEvents.ts';
import type { OverlayFile } from '../proposals/overlay.ts';
import type { AssistantMessage, Message } from '../providers/message.ts';
import type { BlobRef } from './blobStore.ts';

/**
 * The events that are kept. What streams in while a turn is under way is not: the finished turn has
 * all of it, and an attempt that was cut off counts for nothing.
 */
export type JournalEvent = Exclude<
  RunEvent,
  { readonly type: 'run.started' | 'turn.delta' | 'turn.thinking' }
>;

/** The event of a complete turn. */
export type TurnFinished = Extract<JournalEvent, { readonly type: 'turn.finished' }>;

/** The first record: what the run is, and what is needed to build its agents again. */
export interface StartRecord {
  readonly kind: 'run.start';
  readonly started: RunStarted;
  /** JSON of whoever starts runs; the journal only keeps it. Never a key: only where one is found. */
  readonly definition: unknown;
  /** Shows which installation started the run; see `OriginMark`. Absent where runs are not marked. */
  readonly mark?: string;
}

export interface EventRecord {
  readonly kind: 'event';
  readonly event: JournalEvent;
  /**
   * The answer of a `conversation.finished` is the text of this turn. It is not stored a second time:
   * `event.answer` is empty on disk, and reading fills it in.
   */
  readonly answerTurn?: number;
}

/**
 * A complete turn: the message as it is sent back to the provider, and the event that told of it. Both
 * are in one record, so that neither is there without the other and the text is stored once.
 */
export interface FinishedTurnRecord {
  readonly kind: 'turn';
  readonly conversation: number;
  /** Place of the message among those of the conversation, as in `MessageRecord`. */
  readonly index: number;
  readonly message: AssistantMessage;
  readonly event: TurnFinished;
}

/**
 * A message as it is sent, with the provider's own content: what resuming needs. `index` is its
 * place among the messages of the conversation, from 0. A message takes the place of the one that
 * was there and of all after it, so a conversation that is run again begins with index 0.
 */
export interface MessageRecord {
  readonly kind: 'message';
  readonly conversation: number;
  readonly index: number;
  readonly message: Message;
}

/** `read` may be repeated; a `change` may have happened once it was begun, and is never repeated. */
export type ToolEffect = 'read' | 'change';

/** A tool call is about to be made: on disk before it is. */
export interface IntentRecord {
  readonly kind: 'intent';
  readonly conversation: number;
  readonly callId: string;
  readonly name: string;
  /** A hash of the arguments, to tell whether a call that is asked for again is the same. */
  readonly argsHash: string;
  readonly effect: ToolEffect;
  /** Unique to this one call of this run; what ties the outcome to it. */
  readonly idempotencyKey: string;
}

/** What became of a tool call that was about to be made. */
export interface OutcomeRecord {
  readonly kind: 'outcome';
  readonly conversation: number;
  readonly callId: string;
  readonly idempotencyKey: string;
  /** `skipped`: a person decided that it is not to be made. */
  readonly result: 'done' | 'failed' | 'skipped';
}

/**
 * The result of a tool call of which the model got a shortened one: a text in a file of its own, which
 * is not read with the journal. It has no effect.
 */
export interface OutputRecord {
  readonly kind: 'output';
  readonly conversation: number;
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly content: BlobRef;
}

/**
 * What a tool call changed in the overlay of its conversation: the files as they are in it now, each with the
 * text that was read from disk. It counts when the `tool.finished` event of the call is there.
 */
export interface ProposalRecord {
  readonly kind: 'proposal';
  readonly conversation: number;
  readonly turn: number;
  readonly callId: string;
  readonly files: readonly OverlayFile[];
}

/** Something for a person who reads the file; it has no effect. */
export interface NoteRecord {
  readonly kind: 'note';
  readonly text: string;
}

export type JournalRecord =
  | StartRecord
  | EventRecord
  | FinishedTurnRecord
  | MessageRecord
  | IntentRecord
  | OutcomeRecord
  | OutputRecord
  | ProposalRecord
  | NoteRecord;

/** A record as it was found in a journal. */
export interface StoredRecord {
  /** Its number, from 1 without gaps as it was written. */
  readonly seq: number;
  /** When it was written, ISO 8601. */
  readonly at: string;
  readonly record: JournalRecord;
}
