import * as z from 'zod';
import type { RunEvent } from '../../../shared/conversationEvents.ts';
import type { KeptEvent } from '../../base/eventSchemas.ts';
import { eventSchemas } from '../../base/eventSchemas.ts';
import { lazily } from '../../base/lazily.ts';
import { plannedSchema, startedSchema } from '../../base/startSchemas.ts';
import type { OverlayFile } from '../../proposals/overlay.ts';
import { assistantMessageSchema, messageSchema } from '../../providers/messageSchema.ts';
import type { BlobRef } from './blobStore.ts';
import { isBlobRef } from './blobStore.ts';

/** Version of the format that this program writes. It reads all earlier ones; see docs/journal.md. */
export const journalVersion = 3;

// The schemas only check: the value that was read is used as it is, with fields of later versions.
const text = z.string();
const count = z.number().int().min(0);
const optional = z.exactOptional;
/** Far above the max number of conversations, so that an invented journal cannot ask for all memory. */
const conversation = count.max(100_000);
/** See `OriginMark`. Absent where runs are not marked. */
const mark = optional(text);
/**
 * `index` is the place of a message in its conversation, from 0. The message replaces the one at that place
 * and all after it.
 */
const at = { conversation: count, index: count };
const call = {
  ...{ conversation: count, callId: text, idempotencyKey: text },
  /** Absent in journals of earlier versions. */
  turn: optional(count),
};

const overlayFile = lazily(
  (): z.ZodType<OverlayFile> =>
    z.looseObject({
      path: text,
      base: z.nullable(text),
      text: z.nullable(text),
      from: optional(text),
    }),
);

function record<K extends string, F extends z.ZodRawShape>(kind: K, fields: F) {
  return z.object({ kind: z.literal(kind), ...fields });
}

const records = {
  /** The first record: what all conversations have in common. */
  'run.start': lazily(() =>
    record('run.start', {
      /** Without its conversations, each of which has a record. Up to version 2 they are in here. */
      started: startedSchema(),
      /** The number of conversations; absent up to version 2. */
      count: optional(conversation),
      /** JSON of whoever starts runs, with references in place of the prompts. JSON leaves out `undefined`. */
      definition: z.unknown().default(null),
      mark,
    }),
  ),
  /** One conversation as planned. The only record that holds its prompt. */
  planned: lazily(() => record('planned', { conversation, planned: plannedSchema(), mark })),
  event: lazily(() =>
    record('event', {
      event: z.custom<KeptEvent>(isJournalEvent),
      /** On disk, the answer of this `conversation.finished` is empty: it is the text of this turn. */
      answerTurn: optional(count),
    }),
  ),
  /** A complete turn: the message that goes back to the provider, and its event. */
  turn: lazily(() =>
    record('turn', {
      ...at,
      message: assistantMessageSchema(),
      event: eventSchemas['turn.finished'](),
    }),
  ),
  /** A message as it is sent, with the provider's own content, which resuming needs. */
  message: lazily(() =>
    record('message', {
      ...at,
      message: messageSchema(),
      /** On disk, the text is empty: it is the conversation's prompt. */
      isPrompt: optional(z.literal(true)),
      /** Tool calls whose content is empty on disk: it is the output of their last `tool.finished`. */
      outputs: optional(z.array(text).readonly()),
    }),
  ),
  /** A tool call is about to be made. On disk before the call. */
  intent: lazily(() =>
    record('intent', {
      ...call,
      name: text,
      /** SHA-256 of the arguments. */
      argsHash: text,
      /** A `read` may be repeated. A `change` may have happened, and is never repeated. */
      effect: z.enum(['read', 'change']),
    }),
  ),
  /** How that call ended. `skipped`: the user decided not to make it. */
  outcome: lazily(() =>
    record('outcome', { ...call, result: z.enum(['done', 'failed', 'skipped']) }),
  ),
  /** The whole result of a tool call that was too long for the model, in a file of its own. */
  output: lazily(() =>
    record('output', {
      ...{ conversation: count, turn: count, callId: text, name: text },
      content: z.custom<BlobRef>(isBlobRef),
    }),
  ),
  /**
   * What a tool call changed in the overlay of its conversation: the files as they are in it now, each with the
   * text that was read from disk. And which files on disk it has read, each with a hash of what was seen. It counts
   * when the `tool.finished` of the call is there.
   */
  proposal: lazily(() =>
    record('proposal', {
      ...{ conversation: count, turn: count, callId: text },
      files: z.array(overlayFile()).readonly(),
      /** Absent when there are none. */
      reads: optional(z.array(z.tuple([text, text]).readonly()).readonly()),
    }),
  ),
  /** For whoever reads the file; it has no effect. */
  note: lazily(() => record('note', { text })),
};

type Kind = keyof typeof records;
type RecordOf<K extends Kind> = Readonly<z.infer<ReturnType<(typeof records)[K]>>>;

export type JournalRecord = { readonly [K in Kind]: RecordOf<K> }[Kind];
export type StartRecord = RecordOf<'run.start'>;
export type PlannedRecord = RecordOf<'planned'>;
export type EventRecord = RecordOf<'event'>;
export type FinishedTurnRecord = RecordOf<'turn'>;
export type MessageRecord = RecordOf<'message'>;
export type IntentRecord = RecordOf<'intent'>;
export type OutcomeRecord = RecordOf<'outcome'>;
export type OutputRecord = RecordOf<'output'>;
export type ProposalRecord = RecordOf<'proposal'>;

/** A record as found in a journal. */
export interface StoredRecord {
  /** Its number, from 1 without gaps. */
  readonly seq: number;
  /** When it was written, ISO 8601. */
  readonly at: string;
  readonly record: JournalRecord;
}

function isJournalEvent(value: unknown): boolean {
  const type = tagOf(value, 'type');
  return isKey(eventSchemas, type) && eventSchemas[type]().safeParse(value).success;
}

/** Whether a value is a valid record of this version. */
export function isJournalRecord(value: unknown): value is JournalRecord {
  const kind = tagOf(value, 'kind');
  return isKey(records, kind) && records[kind]().safeParse(value).success;
}

/** Whether this version does not know a record's kind or the type of its event. */
export function isUnknownKind(value: object): boolean {
  const kind = tagOf(value, 'kind');
  if (kind !== 'event') return typeof kind === 'string' && !isKey(records, kind);
  const type = tagOf(tagOf(value, 'event'), 'type');
  return typeof type === 'string' && !isKey(eventSchemas, type);
}

/** Whether the journal keeps an event. It keeps no streamed text. */
export function isKeptEvent(event: RunEvent): event is KeptEvent {
  return isKey(eventSchemas, event.type);
}

function isKey<T extends object>(table: T, key: unknown): key is keyof T {
  return typeof key === 'string' && Object.hasOwn(table, key);
}

function tagOf(value: unknown, tag: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, tag)) return undefined;
  return (value as { readonly [key: string]: unknown })[tag];
}
