import { stoppedBy } from './continuing.ts';
import type { ConversationState } from './conversationState.ts';
import { answerToKeep, hasEnded } from './conversationState.ts';
import type {
  ConversationError,
  ConversationStatus,
  FinishReason,
  UnfinishedAnswer,
} from './outcome.ts';
import type { RunAgent } from './plannedRun.ts';
import type { ProposedFile } from './proposals.ts';
import type { RaisableLimit } from './raisedLimits.ts';
import type { ResultAsked, ResultTurn } from './resultAgents.ts';
import { resultAsked, resultTurns } from './resultAgents.ts';
import type { ResultSpan } from './resultSpan.ts';
import { toResultSpan } from './resultSpan.ts';
import type { ResultToolCall } from './resultToolCall.ts';
import { resultToolCalls } from './resultToolCall.ts';
import type { RunOrigin } from './runOrigin.ts';
import type { RunState } from './runState.ts';
import { compareRun } from './runState.ts';
import type { Usage } from './usage.ts';

/** Name and version of the schema. The version rises when a field changes its meaning or is removed. */
export const resultSchemaName = 'interleave/run@1';

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
  /** The name of that agent; absent where none was chosen. */
  readonly agentName?: string;
  readonly vars: { readonly [name: string]: string };
  readonly provider: string;
  readonly model: string;
  readonly status: ConversationStatus;
  readonly reason: FinishReason;
  /** The limit that stopped it, by the name of its setting; absent where a higher limit does not help. */
  readonly limit?: RaisableLimit;
  readonly answer: string;
  /** What `answer` is when it is no final answer. */
  readonly answerIs?: UnfinishedAnswer;
  readonly error?: ConversationError;
  readonly turns: number;
  readonly attempts: number;
  /** Who answered each turn, and what that has cost. */
  readonly answeredBy: readonly ResultTurn[];
  readonly toolCalls: readonly ResultToolCall[];
  /** What its agents asked others; absent where they asked nothing. Usage and cost are part of its own. */
  readonly asked?: readonly ResultAsked[];
  /** The files that it would create, change, rename or delete, sorted by path; absent when there are none. */
  readonly proposals?: readonly ProposedFile[];
  /** What it spent its time on, in the order of the starts. */
  readonly spans: readonly ResultSpan[];
  readonly usage: Usage;
  readonly costUsd: number | null;
  /** The known part of the cost, a lower bound. */
  readonly knownCostUsd: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** The result of a run, for scripts, exports and other extensions. */
export interface RunResult {
  readonly schema: typeof resultSchemaName;
  readonly id: string;
  readonly startedAt: string;
  readonly state: 'finished' | 'cancelled';
  /** Why the run could not be saved, so that it cannot be resumed or opened later; absent if it was. */
  readonly unsaved?: string;
  /** True when the answers come from the built-in demo model. */
  readonly simulated: boolean;
  readonly agent: RunAgent;
  /** Where the run was made, and with what. Absent from runs of earlier versions. */
  readonly origin?: RunOrigin;
  readonly wallMs: number;
  /** What the model and the tools took, of all conversations together. */
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
  /** Null if the price of a model is unknown. */
  readonly costUsd: number | null;
  /** The known part of the cost, a lower bound. */
  readonly knownCostUsd: number;
  readonly conversations: readonly ConversationResult[];
}

/** The result of a run. Conversations are in prompt order; those that have not ended count as cancelled. */
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

/** Why a conversation ended, in the names of the schema: `budget: maxRunTokens`. */
export function reasonText({
  reason,
  limit,
}: Pick<ConversationResult, 'reason' | 'limit'>): string {
  return reason === 'budget' && limit !== undefined ? `${reason}: ${limit}` : reason;
}

/** The result of one conversation, `nowMs` after the run's start. */
export function toConversationResult(state: ConversationState, nowMs: number): ConversationResult {
  const ended = hasEnded(state);
  const endMs = state.endMs ?? nowMs;
  return {
    index: state.index,
    id: state.id,
    name: state.name,
    prompt: state.prompt,
    ...(state.promptHash === undefined ? {} : { promptHash: state.promptHash }),
    ...(state.agent === undefined ? {} : { agent: state.agent }),
    ...(state.agentName === undefined ? {} : { agentName: state.agentName }),
    vars: state.vars ?? {},
    provider: state.provider,
    model: state.model,
    status: ended ? state.phase : 'cancelled',
    reason: state.reason ?? 'cancelled',
    ...stoppedBy(state),
    answer: answerToKeep(state),
    ...(state.answerIs === undefined || state.previous?.answer !== undefined
      ? {}
      : { answerIs: state.answerIs }),
    ...(state.error === undefined ? {} : { error: state.error }),
    turns: state.turns.length,
    attempts: state.attempts,
    answeredBy: resultTurns(state.turns),
    toolCalls: resultToolCalls(state, endMs),
    ...(state.asked === undefined ? {} : { asked: resultAsked(state, nowMs) }),
    ...(state.proposals === undefined ? {} : { proposals: state.proposals }),
    spans: state.spans.map((span) => toResultSpan(span, endMs)),
    usage: state.usage,
    ...state.cost,
    startMs: Math.round(state.startMs ?? endMs),
    endMs: Math.round(endMs),
  };
}
