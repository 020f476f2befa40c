import type {
  ConversationError,
  ConversationStatus,
  FinishReason,
  RunAgent,
  UnfinishedAnswer,
  Usage,
} from './conversationEvents.ts';
import type { ConversationState, ToolCallRecord } from './conversationState.ts';
import { answerToKeep, hasEnded } from './conversationState.ts';
import type { ProposedFile } from './proposals.ts';
import type { RunOrigin } from './runOrigin.ts';
import type { RunState } from './runState.ts';
import { compareRun } from './runState.ts';

/** The schema's name and version; it changes when a field changes its meaning or goes. */
export const resultSchemaName = 'interleave/run@1';

/** One tool call of a result. Times are ms since the run's start. */
export interface ResultToolCall {
  readonly turn: number;
  readonly name: string;
  readonly input: unknown;
  readonly output: string;
  readonly isError: boolean;
  readonly startMs: number;
  readonly endMs: number;
  /** Position in the run-wide order of events: sorted by it, the calls of all conversations interleave. */
  readonly seq: number;
}

/** One conversation of a result. Times are ms since the run's start. */
export interface ConversationResult {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly prompt: string;
  /** SHA-256 of the prompt, in hex. Absent from runs of earlier versions, as is `agent`. */
  readonly promptHash?: string;
  /** Its agent: an index of the agents of the run's origin. */
  readonly agent?: number;
  readonly vars: { readonly [name: string]: string };
  readonly provider: string;
  readonly model: string;
  readonly status: ConversationStatus;
  readonly reason: FinishReason;
  readonly answer: string;
  /** What the answer is when it is none: text on the way to one, or the beginning of one. */
  readonly answerIs?: UnfinishedAnswer;
  readonly error?: ConversationError;
  readonly turns: number;
  readonly attempts: number;
  readonly toolCalls: readonly ResultToolCall[];
  /** The files that it would create, change, rename or delete, sorted by path; absent when there are none. */
  readonly proposals?: readonly ProposedFile[];
  readonly usage: Usage;
  readonly costUsd: number | null;
  /** The part of it that is known: the least that it can be. */
  readonly knownCostUsd: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** A finished run as scripts, exports and other extensions get it. */
export interface RunResult {
  readonly schema: typeof resultSchemaName;
  readonly id: string;
  readonly startedAt: string;
  readonly state: 'finished' | 'cancelled';
  /** Why the run could not be kept, where it could not: it cannot be resumed or looked at later. */
  readonly unsaved?: string;
  /** True when the answers come from the built-in demo model. */
  readonly simulated: boolean;
  readonly agent: RunAgent;
  /** Where the run was made, and with what. Absent from runs of earlier versions. */
  readonly origin?: RunOrigin;
  readonly wallMs: number;
  /** The sum of the conversations' own times: what one after another would have taken. */
  readonly conversationMs: number;
  readonly savedPercent: number;
  readonly counts: {
    readonly total: number;
    readonly done: number;
    readonly failed: number;
    readonly stopped: number;
    readonly cancelled: number;
  };
  readonly usage: Usage;
  /** Null when the price of a model that was used is not known. */
  readonly costUsd: number | null;
  /** The part of it that is known: the least that it can be. */
  readonly knownCostUsd: number;
  readonly conversations: readonly ConversationResult[];
}

/** The result of a run, its conversations in prompt order; those that have not ended count as cancelled. */
export function toRunResult(run: RunState): RunResult {
  const { wallMs, conversationMs, savedPercent } = compareRun(run);
  const conversations = run.conversations.map((state) => toConversationResult(state, run.atMs));
  const count = (status: ConversationStatus): number =>
    conversations.filter((conversation) => conversation.status === status).length;
  return {
    schema: resultSchemaName,
    id: run.started.id,
    startedAt: run.started.startedAt,
    state: run.state === 'finished' ? 'finished' : 'cancelled',
    ...(run.unsaved === undefined ? {} : { unsaved: run.unsaved }),
    simulated: run.started.simulated,
    agent: run.started.agent,
    ...(run.started.origin === undefined ? {} : { origin: run.started.origin }),
    wallMs: Math.round(wallMs),
    conversationMs: Math.round(conversationMs),
    savedPercent,
    counts: {
      total: conversations.length,
      done: count('done'),
      failed: count('failed'),
      stopped: count('stopped'),
      cancelled: count('cancelled'),
    },
    usage: run.usage,
    costUsd: run.costUsd,
    knownCostUsd: run.knownCostUsd,
    conversations,
  };
}

/** The result of one conversation, `nowMs` after the run's start. */
export function toConversationResult(state: ConversationState, nowMs: number): ConversationResult {
  const ended = hasEnded(state);
  return {
    index: state.index,
    id: state.id,
    name: state.name,
    prompt: state.prompt,
    ...(state.promptHash === undefined ? {} : { promptHash: state.promptHash }),
    ...(state.agent === undefined ? {} : { agent: state.agent }),
    vars: {},
    provider: state.provider,
    model: state.model,
    status: ended ? state.phase : 'cancelled',
    reason: state.reason ?? 'cancelled',
    answer: answerToKeep(state),
    ...(state.answerIs === undefined || state.previous?.answer !== undefined
      ? {}
      : { answerIs: state.answerIs }),
    ...(state.error === undefined ? {} : { error: state.error }),
    turns: state.turns.length,
    attempts: state.attempts,
    toolCalls: state.toolCalls.map((call) => toResultToolCall(call, state.endMs ?? nowMs)),
    ...(state.proposals === undefined ? {} : { proposals: state.proposals }),
    usage: state.usage,
    ...state.cost,
    startMs: Math.round(state.startMs ?? state.endMs ?? nowMs),
    endMs: Math.round(state.endMs ?? nowMs),
  };
}

function toResultToolCall(call: ToolCallRecord, endedMs: number): ResultToolCall {
  return {
    turn: call.turn,
    name: call.name,
    input: call.input,
    output: call.output ?? '',
    isError: call.isError,
    startMs: Math.round(call.startMs),
    endMs: Math.round(call.endMs ?? endedMs),
    seq: call.seq,
  };
}
