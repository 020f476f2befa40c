import * as z from 'zod';
import type { RunEvent } from '../../../shared/conversationEvents.ts';
import { eventSchemas, plannedSchema, startedSchema } from '../../base/eventSchemas.ts';
import { assistantMessageSchema, messageSchema } from '../../providers/messageSchema.ts';
import type { BlobRef } from './blob.ts';
import { isBlobRef } from './blob.ts';
import type { JournalEvent, JournalRecord } from './journalRecord.ts';

// Every schema is loose: fields that a later version adds are no damage. It only checks; the value
// that was read is used as it stands.
const text = z.string();
const count = z.number().int().min(0);
const optional = z.exactOptional;
/** Far more than a run may have, so that a made-up journal cannot ask for all memory. */
const place = count.max(100_000);

const call = { conversation: count, callId: text, idempotencyKey: text };
const at = { conversation: count, index: count };

function record<K extends string, F extends z.ZodRawShape>(kind: K, fields: F) {
  return z.looseObject({ kind: z.literal(kind), ...fields });
}

const records: {
  readonly [K in JournalRecord['kind']]: z.ZodType<Extract<JournalRecord, { readonly kind: K }>>;
} = {
  'run.start': record('run.start', {
    started: startedSchema,
    count: optional(place),
    // JSON leaves out what is undefined.
    definition: z.unknown().default(null),
    mark: optional(text),
  }),
  planned: record('planned', {
    conversation: place,
    planned: plannedSchema,
    mark: optional(text),
  }),
  event: record('event', {
    event: z.custom<JournalEvent>(isJournalEvent),
    answerTurn: optional(count),
  }),
  turn: record('turn', {
    ...at,
    message: assistantMessageSchema,
    event: eventSchemas['turn.finished'],
  }),
  message: record('message', {
    ...at,
    message: messageSchema,
    isPrompt: optional(z.literal(true)),
    outputs: optional(z.array(text)),
  }),
  intent: record('intent', {
    ...call,
    name: text,
    argsHash: text,
    effect: z.enum(['read', 'change']),
  }),
  outcome: record('outcome', { ...call, result: z.enum(['done', 'failed', 'skipped']) }),
  output: record('output', {
    conversation: count,
    turn: count,
    callId: text,
    name: text,
    content: z.custom<BlobRef>(isBlobRef),
  }),
  note: record('note', { text }),
};

function isJournalEvent(value: unknown): boolean {
  const type = tagOf(value, 'type');
  return isKey(eventSchemas, type) && eventSchemas[type].safeParse(value).success;
}

/** Whether a value has the shape of a record of this version. */
export function isJournalRecord(value: unknown): value is JournalRecord {
  const kind = tagOf(value, 'kind');
  return isKey(records, kind) && records[kind].safeParse(value).success;
}

/** Whether a record is of a kind, or tells of an event, that this version does not know. */
export function isUnknownKind(value: object): boolean {
  const kind = tagOf(value, 'kind');
  if (kind !== 'event') return typeof kind === 'string' && !isKey(records, kind);
  const type = tagOf(tagOf(value, 'event'), 'type');
  return typeof type === 'string' && !isKey(eventSchemas, type);
}

/** Whether an event belongs into the journal, or only streams by. */
export function isKeptEvent(happened: RunEvent): happened is JournalEvent {
  return isKey(eventSchemas, happened.type);
}

function isKey<T extends object>(table: T, key: unknown): key is keyof T {
  return typeof key === 'string' && Object.hasOwn(table, key);
}

function tagOf(value: unknown, tag: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, tag)) return undefined;
  return (value as { readonly [key: string]: unknown })[tag];
}
