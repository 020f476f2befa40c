import * as z from 'zod';
import type { Answerer } from '../../shared/answerer.ts';
import type {
  ConversationError,
  RunEvent,
  RunStarted,
  ToolCallRequest,
  Usage,
} from '../../shared/conversationEvents.ts';
import { errorKinds, limitReasons, unfinishedAnswers } from '../../shared/conversationEvents.ts';
import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { PlannedConversation, RunAgent } from '../../shared/plannedRun.ts';
import type { RaisedLimits } from '../../shared/raisedLimits.ts';
import { raisableLimits } from '../../shared/raisedLimits.ts';
import type { RunOrigin } from '../../shared/runOrigin.ts';
import { waitReasons } from '../../shared/wait.ts';
import type { AssistantMessage, Message, ToolCall } from '../providers/message.ts';
import type { BlobRef } from './blobStore.ts';
import { isBlobRef } from './blobStore.ts';
import type { JournalEvent, JournalRecord } from './journalRecord.ts';

// Every schema is loose: fields that a later version adds are no damage. It only checks; the value
// that was read is used as it stands, so that nothing is lost of what a provider sent.
const text = z.string();
const flag = z.boolean();
const number = z.number();
const count = z.number().int().min(0);
const optional = z.exactOptional;
/** JSON leaves out what is undefined. */
const anything = z.unknown().default(null);

const errorKind = z.enum(errorKinds);
const limitReason = z.enum(limitReasons);
const turnStop = z.enum([
  'final',
  'tool_calls',
  'continue',
  'truncated',
  'context_full',
  'refused',
]);
const finishReason = z.union([
  z.enum(['final', 'cancelled', 'interrupted']),
  limitReason,
  errorKind,
]);

const error: z.ZodType<ConversationError> = z.looseObject({
  kind: errorKind,
  message: text,
  httpStatus: optional(number),
  requestId: optional(text),
  attempts: count,
});

const usage: z.ZodType<Usage> = z.looseObject({
  inputTokens: number,
  outputTokens: number,
  cacheReadTokens: number,
  cacheWriteTokens: number,
  incomplete: optional(z.literal(true)),
});

const price: z.ZodType<ModelPrice> = z.looseObject({
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite: number,
});

const answerer: z.ZodType<Answerer> = z.looseObject({
  agent: optional(text),
  provider: text,
  model: text,
  price: optional(price),
});

const callRequest: z.ZodType<ToolCallRequest> = z.looseObject({
  callId: text,
  name: text,
  input: anything,
});

/** Milliseconds since a run's start: at most some thousand years, so that they can be counted on. */
const time = z.number().min(0).max(1e14);
const stamp = { seq: count, atMs: time };
/** The calls that lead to a nested conversation. */
const within = optional(z.array(text));
const step = { ...stamp, conversation: count, within };
const turn = { ...step, turn: count };

const raised: z.ZodType<RaisedLimits> = z.looseObject(
  Object.fromEntries(raisableLimits.map((name) => [name, optional(number)])),
);

/** One schema for every event that is kept: a new event is a compile error here until it has one. */
const events: {
  readonly [T in JournalEvent['type']]: z.ZodType<Extract<JournalEvent, { readonly type: T }>>;
} = {
  'run.reopened': z.looseObject({ type: z.literal('run.reopened'), ...stamp }),
  'run.paused': z.looseObject({ type: z.literal('run.paused'), error, ...stamp }),
  'run.resumed': z.looseObject({ type: z.literal('run.resumed'), ...stamp }),
  'run.noted': z.looseObject({ type: z.literal('run.noted'), text, ...stamp }),
  'run.finished': z.looseObject({
    type: z.literal('run.finished'),
    state: z.enum(['finished', 'cancelled']),
    unsaved: optional(text),
    ...stamp,
  }),
  'conversation.requeued': z.looseObject({ type: z.literal('conversation.requeued'), ...step }),
  'conversation.resumed': z.looseObject({
    type: z.literal('conversation.resumed'),
    keptTurns: optional(count),
    raised: optional(raised),
    ...step,
  }),
  'conversation.started': z.looseObject({ type: z.literal('conversation.started'), ...step }),
  'conversation.waiting': z.looseObject({
    type: z.literal('conversation.waiting'),
    reason: z.enum(waitReasons),
    untilMs: optional(number),
    untilTime: optional(text),
    attempt: optional(count),
    of: optional(count),
    cause: optional(text),
    ...step,
  }),
  'turn.started': z.looseObject({ type: z.literal('turn.started'), attempt: count, ...turn }),
  'turn.discarded': z.looseObject({
    type: z.literal('turn.discarded'),
    attempt: count,
    error,
    usage: optional(usage),
    firstTokenMs: optional(time),
    ...turn,
  }),
  'turn.finished': z.looseObject({
    type: z.literal('turn.finished'),
    text,
    toolCalls: z.array(callRequest),
    usage,
    by: optional(answerer),
    stop: optional(turnStop),
    requestId: optional(text),
    firstTokenMs: optional(time),
    ...turn,
  }),
  'tool.checked': z.looseObject({
    type: z.literal('tool.checked'),
    callId: text,
    name: text,
    ...turn,
  }),
  'tool.waiting': z.looseObject({
    type: z.literal('tool.waiting'),
    callId: text,
    name: text,
    ...turn,
  }),
  'tool.started': z.looseObject({
    type: z.literal('tool.started'),
    callId: text,
    name: text,
    input: anything,
    ...turn,
  }),
  'tool.finished': z.looseObject({
    type: z.literal('tool.finished'),
    callId: text,
    name: text,
    output: text,
    isError: flag,
    wasRun: optional(z.literal(false)),
    wholeBytes: optional(count),
    ...turn,
  }),
  'agent.changed': z.looseObject({
    type: z.literal('agent.changed'),
    callId: text,
    to: answerer,
    ...turn,
  }),
  'agent.asked': z.looseObject({
    type: z.literal('agent.asked'),
    callId: text,
    by: answerer,
    prompt: text,
    ...turn,
  }),
  'conversation.finished': z.looseObject({
    type: z.literal('conversation.finished'),
    status: z.enum(['done', 'failed', 'stopped', 'cancelled']),
    reason: finishReason,
    answer: text,
    answerIs: optional(z.enum(unfinishedAnswers)),
    error: optional(error),
    usage: optional(usage),
    firstTokenMs: optional(time),
    ...step,
  }),
};

const planned: z.ZodType<PlannedConversation> = z.looseObject({
  id: text,
  name: text,
  prompt: text,
  provider: text,
  model: text,
  price: optional(price),
  source: optional(z.looseObject({ uri: text, line: number })),
  promptHash: optional(text),
  agent: optional(count),
  agentName: optional(text),
});

const origin: z.ZodType<RunOrigin> = z.looseObject({
  program: z.looseObject({ name: text, version: text }),
  folders: z.array(z.looseObject({ name: text, path: text })),
  agents: z.array(
    z.looseObject({
      name: optional(text),
      provider: text,
      model: text,
      endpoint: optional(text),
      systemPromptHash: text,
      toolsHash: text,
    }),
  ),
});

const agent: z.ZodType<RunAgent> = z.looseObject({
  name: text,
  provider: text,
  model: text,
  tools: z.array(text),
  mode: z.enum(['concurrent', 'serial']),
  toolExecution: z.enum(['serial', 'parallel']),
  concurrency: z.union([z.enum(['auto', 'unlimited']), number]),
});

const started: z.ZodType<RunStarted> = z.looseObject({
  type: z.literal('run.started'),
  id: text,
  number,
  title: text,
  startedAt: z.iso.datetime(),
  simulated: flag,
  agent,
  conversations: z.array(planned),
  origin: optional(origin),
  estimate: optional(z.looseObject({ inputTokens: count, costUsd: z.nullable(number) })),
});

const toolCall: z.ZodType<ToolCall> = z.looseObject({
  callId: text,
  name: text,
  input: anything,
  inputError: optional(text),
});

const outcome = z.looseObject({ callId: text, name: text, content: text, isError: flag });

const assistantMessage: z.ZodType<AssistantMessage> = z.looseObject({
  role: z.literal('assistant'),
  text,
  answer: optional(text),
  responseId: optional(text),
  toolCalls: z.array(toolCall),
  native: z.array(z.unknown()),
});

const message: z.ZodType<Message> = z.union([
  z.looseObject({ role: z.literal('user'), text }),
  assistantMessage,
  z.looseObject({
    role: z.literal('tool'),
    outcomes: z.array(outcome),
    handOver: optional(z.looseObject({ agent: text, task: text })),
  }),
]);

const call = { conversation: count, callId: text, idempotencyKey: text };

const records: {
  readonly [K in JournalRecord['kind']]: z.ZodType<Extract<JournalRecord, { readonly kind: K }>>;
} = {
  'run.start': z.looseObject({
    kind: z.literal('run.start'),
    started,
    definition: anything,
    mark: optional(text),
  }),
  event: z.looseObject({
    kind: z.literal('event'),
    event: z.custom<JournalEvent>(isJournalEvent),
    answerTurn: optional(count),
  }),
  turn: z.looseObject({
    kind: z.literal('turn'),
    conversation: count,
    index: count,
    message: assistantMessage,
    event: events['turn.finished'],
  }),
  message: z.looseObject({
    kind: z.literal('message'),
    conversation: count,
    index: count,
    message,
  }),
  intent: z.looseObject({
    kind: z.literal('intent'),
    ...call,
    name: text,
    argsHash: text,
    effect: z.enum(['read', 'change']),
  }),
  outcome: z.looseObject({
    kind: z.literal('outcome'),
    ...call,
    result: z.enum(['done', 'failed', 'skipped']),
  }),
  output: z.looseObject({
    kind: z.literal('output'),
    conversation: count,
    turn: count,
    callId: text,
    name: text,
    content: z.custom<BlobRef>(isBlobRef),
  }),
  note: z.looseObject({ kind: z.literal('note'), text }),
};

function isJournalEvent(value: unknown): boolean {
  const type = tagOf(value, 'type');
  return isKey(events, type) && events[type].safeParse(value).success;
}

/** Whether a value has the shape of a record of this version. */
export function isJournalRecord(value: unknown): value is JournalRecord {
  const kind = tagOf(value, 'kind');
  return isKey(records, kind) && records[kind].safeParse(value).success;
}

/** Whether an event belongs into the journal, or only streams by. */
export function isKeptEvent(event: RunEvent): event is JournalEvent {
  return isKey(events, event.type);
}

function isKey<T extends object>(table: T, key: unknown): key is keyof T {
  return typeof key === 'string' && Object.hasOwn(table, key);
}

function tagOf(value: unknown, tag: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, tag)) return undefined;
  return (value as { readonly [key: string]: unknown })[tag];
}
