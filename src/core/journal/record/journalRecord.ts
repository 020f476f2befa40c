import type { RunStarted } from '../../../shared/conversationEvents.ts';
import type { PlannedConversation } from '../../../shared/plannedRun.ts';
import type { KeptEvent } from '../../base/eventSchemas.ts';
import type { AssistantMessage, Message } from '../../providers/message.ts';
import type { BlobRef } from './blob.ts';

/** Version of the format that this program writes. It reads all before it; see docs/journal.md. */
export const journalVersion = 3;

/** An event that is kept. */
export type JournalEvent = KeptEvent;

/** The event of a complete turn. */
export type TurnFinished = Extract<JournalEvent, { readonly type: 'turn.finished' }>;

/** The first record: what all conversations have in common. */
export interface StartRecord {
  readonly kind: 'run.start';
  /** Without its conversations, each of which has a record. Up to version 2 they are in here. */
  readonly started: RunStarted;
  /** How many conversations there are; absent up to version 2. */
  readonly count?: number;
  /** JSON of whoever starts runs, with references in place of the prompts. Never holds a key. */
  readonly definition: unknown;
  /** Shows which installation started the run; see `OriginMark`. Absent where runs are not marked. */
  readonly mark?: string;
}

/** One conversation as it was planned. This is the only record that holds its prompt. */
export interface PlannedRecord {
  readonly kind: 'planned';
  readonly conversation: number;
  readonly planned: PlannedConversation;
  /** See `OriginMark`. */
  readonly mark?: string;
}

export interface EventRecord {
  readonly kind: 'event';
  readonly event: JournalEvent;
  /** On disk the answer of a `conversation.finished` is empty: it is the text of this turn. */
  readonly answerTurn?: number;
}

/** A complete turn: the message that goes back to the provider, and the event that told of it. */
export interface FinishedTurnRecord {
  readonly kind: 'turn';
  readonly conversation: number;
  /** See `MessageRecord`. */
  readonly index: number;
  readonly message: AssistantMessage;
  readonly event: TurnFinished;
}

/**
 * A message as it is sent, with the provider's own content: what resuming needs. `index` is its place in
 * the conversation, from 0. It replaces the message at that place and all after it.
 */
export interface MessageRecord {
  readonly kind: 'message';
  readonly conversation: number;
  readonly index: number;
  readonly message: Message;
  /** On disk the text is empty: it is the conversation's prompt. */
  readonly isPrompt?: true;
  /** Tool calls whose content is empty on disk: it is the output of their last `tool.finished`. */
  readonly outputs?: readonly string[];
}

/** A `read` may be repeated. A `change` may have happened once it was begun, and is never repeated. */
export type ToolEffect = 'read' | 'change';

/** A tool call is about to be made. This is on disk before the call is made. */
export interface IntentRecord {
  readonly kind: 'intent';
  readonly conversation: number;
  readonly callId: string;
  readonly name: string;
  /** A hash of the arguments. */
  readonly argsHash: string;
  readonly effect: ToolEffect;
  /** Unique to this one call of this run; its outcome has the same. */
  readonly idempotencyKey: string;
}

/** How a tool call ended. */
export interface OutcomeRecord {
  readonly kind: 'outcome';
  readonly conversation: number;
  readonly callId: string;
  readonly idempotencyKey: string;
  /** `skipped`: a person decided that it is not to be made. */
  readonly result: 'done' | 'failed' | 'skipped';
}

/** The whole result of a tool call that was too long for the model. It is in a file of its own. */
export interface OutputRecord {
  readonly kind: 'output';
  readonly conversation: number;
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly content: BlobRef;
}

/** Something for a person who reads the file; it has no effect. */
export interface NoteRecord {
  readonly kind: 'note';
  readonly text: string;
}

export type JournalRecord =
  | StartRecord
  | PlannedRecord
  | EventRecord
  | FinishedTurnRecord
  | MessageRecord
  | IntentRecord
  | OutcomeRecord
  | OutputRecord
  | NoteRecord;

/** A record as it was found in a journal. */
export interface StoredRecord {
  /** Its number: from 1, without gaps. */
  readonly seq: number;
  /** When it was written, ISO 8601. */
  readonly at: string;
  readonly record: JournalRecord;
}
