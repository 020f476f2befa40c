import * as z from 'zod';
import type { Answerer } from '../../shared/answerer.ts';
import type { CallDecision } from '../../shared/callDecision.ts';
import { rulePlaces, verdicts } from '../../shared/callDecision.ts';
import type { RunEvent, ToolCallRequest } from '../../shared/conversationEvents.ts';
import type { ConversationError } from '../../shared/outcome.ts';
import { errorKinds, limitReasons, unfinishedAnswers } from '../../shared/outcome.ts';
import type { ProposedFile } from '../../shared/proposals.ts';
import { proposalKinds } from '../../shared/proposals.ts';
import type { RaisedLimits } from '../../shared/raisedLimits.ts';
import { budgetLimits, raisableLimits } from '../../shared/raisedLimits.ts';
import type { Usage } from '../../shared/usage.ts';
import { waitReasons } from '../../shared/wait.ts';
import { lazily } from './lazily.ts';
import { priceSchema } from './startSchemas.ts';

// Events that come from a file. Every schema is loose: fields that a later version adds are no damage. It
// only checks; the value that was read is used as it stands.
const text = z.string();
const flag = z.boolean();
const number = z.number();
const count = z.number().int().min(0);
const optional = z.exactOptional;
/** JSON leaves out what is undefined. */
const anything = z.unknown().default(null);

/** The events that are kept. What streams in during a turn is not: the finished turn has all of it. */
export type KeptEvent = Exclude<
  RunEvent,
  { readonly type: 'run.started' | 'turn.delta' | 'turn.thinking' }
>;

const stops = ['final', 'tool_calls', 'continue', 'truncated', 'context_full', 'refused'] as const;
const endings = ['final', 'cancelled', 'interrupted', ...limitReasons, ...errorKinds] as const;

const error = lazily(
  (): z.ZodType<ConversationError> =>
    z.looseObject({
      kind: z.enum(errorKinds),
      message: text,
      httpStatus: optional(number),
      requestId: optional(text),
      attempts: count,
    }),
);

const usage = lazily(
  (): z.ZodType<Usage> =>
    z.looseObject({
      inputTokens: number,
      outputTokens: number,
      cacheReadTokens: number,
      cacheWriteTokens: number,
      incomplete: optional(z.literal(true)),
    }),
);

const answerer = lazily(
  (): z.ZodType<Answerer> =>
    z.looseObject({
      agent: optional(text),
      provider: text,
      model: text,
      price: optional(priceSchema()),
    }),
);

const request = { callId: text, name: text, input: anything };
const callRequest = lazily((): z.ZodType<ToolCallRequest> => z.looseObject(request));

const proposedFile = lazily(
  (): z.ZodType<ProposedFile> =>
    z.looseObject({
      path: text,
      kind: z.enum(proposalKinds),
      from: optional(text),
      added: count,
      removed: count,
    }),
);
const droppedProposal = lazily(() => z.looseObject({ path: text, kind: z.literal('none') }));

const raised = lazily(
  (): z.ZodType<RaisedLimits> =>
    z.looseObject(Object.fromEntries(raisableLimits.map((name) => [name, optional(number)]))),
);

const decider = lazily(
  (): z.ZodType<CallDecision['by']> =>
    z.discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('rule'), rule: text, place: z.enum(rulePlaces) }),
      z.looseObject({ kind: z.enum(['floor', 'default', 'nobody']), why: text }),
      z.looseObject({
        kind: z.literal('person'),
        reason: optional(text),
        isChanged: optional(z.literal(true)),
      }),
    ]),
);
const ruling = lazily(() => ({ verdict: z.enum(verdicts), by: decider() }));
const decision = lazily(
  (): z.ZodType<CallDecision> =>
    z.looseObject({
      ...ruling(),
      parts: optional(z.array(z.looseObject({ text, ...ruling() }))),
    }),
);

/** Milliseconds since a run's start: at most some thousand years, so that they can be added up. */
const time = z.number().min(0).max(1e14);
const stamp = { seq: count, atMs: time };

/** The calls that lead to a nested conversation. */
const within = z.array(text).readonly();

function event<T extends string, F extends z.ZodRawShape>(type: T, fields: F) {
  return z.looseObject({ type: z.literal(type), ...stamp, ...fields });
}

function step<T extends string, F extends z.ZodRawShape>(type: T, fields: F) {
  return event(type, { conversation: count, within: optional(within), ...fields });
}

/** One schema for every event that is kept: a new event is a compile error here until it has one. */
export const eventSchemas: {
  readonly [T in KeptEvent['type']]: () => z.ZodType<Extract<KeptEvent, { readonly type: T }>>;
} = {
  'run.reopened': lazily(() => event('run.reopened', {})),
  'run.paused': lazily(() => event('run.paused', { error: error() })),
  'run.resumed': lazily(() => event('run.resumed', {})),
  'run.noted': lazily(() => event('run.noted', { text })),
  'run.decided': lazily(() =>
    event('run.decided', {
      decision: decision(),
      calls: z.array(
        z.looseObject({ conversation: count, turn: count, callId: text, within: optional(within) }),
      ),
    }),
  ),
  'run.finished': lazily(() =>
    event('run.finished', {
      state: z.enum(['finished', 'cancelled']),
      unsaved: optional(text),
    }),
  ),
  'conversation.requeued': lazily(() => step('conversation.requeued', {})),
  'conversation.resumed': lazily(() =>
    step('conversation.resumed', {
      keptTurns: optional(count),
      proposals: optional(z.array(proposedFile())),
      raised: optional(raised()),
    }),
  ),
  'conversation.started': lazily(() => step('conversation.started', {})),
  'conversation.waiting': lazily(() =>
    step('conversation.waiting', {
      reason: z.enum(waitReasons),
      untilMs: optional(number),
      untilTime: optional(text),
      attempt: optional(count),
      of: optional(count),
      cause: optional(text),
    }),
  ),
  'turn.started': lazily(() => step('turn.started', { turn: count, attempt: count })),
  'turn.discarded': lazily(() =>
    step('turn.discarded', {
      turn: count,
      attempt: count,
      error: error(),
      usage: optional(usage()),
      firstTokenMs: optional(time),
    }),
  ),
  'turn.finished': lazily(() =>
    step('turn.finished', {
      turn: count,
      text,
      toolCalls: z.array(callRequest()),
      usage: usage(),
      by: optional(answerer()),
      stop: optional(z.enum(stops)),
      requestId: optional(text),
      firstTokenMs: optional(time),
      lateMs: optional(time),
    }),
  ),
  'tool.checked': lazily(() => step('tool.checked', { turn: count, callId: text, name: text })),
  'tool.waiting': lazily(() =>
    step('tool.waiting', {
      turn: count,
      callId: text,
      name: text,
      decision: optional(decision()),
    }),
  ),
  'tool.started': lazily(() =>
    step('tool.started', {
      turn: count,
      ...request,
      decision: optional(decision()),
    }),
  ),
  'tool.finished': lazily(() =>
    step('tool.finished', {
      turn: count,
      callId: text,
      name: text,
      output: text,
      isError: flag,
      wasRun: optional(z.literal(false)),
      decision: optional(decision()),
      wholeBytes: optional(count),
      lateMs: optional(time),
      proposed: optional(z.array(z.union([proposedFile(), droppedProposal()]))),
    }),
  ),
  'agent.changed': lazily(() =>
    step('agent.changed', { turn: count, callId: text, to: answerer() }),
  ),
  'agent.asked': lazily(() =>
    step('agent.asked', { turn: count, callId: text, by: answerer(), prompt: text }),
  ),
  'conversation.finished': lazily(() =>
    step('conversation.finished', {
      status: z.enum(['done', 'failed', 'stopped', 'cancelled']),
      reason: z.enum(endings),
      limit: optional(z.enum(budgetLimits)),
      answer: text,
      answerIs: optional(z.enum(unfinishedAnswers)),
      error: optional(error()),
      usage: optional(usage()),
      firstTokenMs: optional(time),
    }),
  ),
};
