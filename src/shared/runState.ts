import type { CallDecision } from './callDecision.ts';
import type {
  ConversationEvent,
  DecidedCall,
  RunDecided,
  RunEvent,
  RunFinished,
  RunNoted,
  RunPaused,
  RunReopened,
  RunResumed,
  RunStarted,
} from './conversationEvents.ts';
import { isConversationEvent } from './conversationEvents.ts';
import type { ConversationPhase, ConversationState } from './conversationState.ts';
import { hasEnded, queuedConversation } from './conversationState.ts';
import { addCosts } from './cost.ts';
import { foldConversation } from './foldConversation.ts';
import { changeAsked } from './foldNested.ts';
import type { ConversationError } from './outcome.ts';
import type { Comparison } from './quantities.ts';
import { decidedCall } from './toolCall.ts';
import type { Usage } from './usage.ts';
import { addUsage, noUsage } from './usage.ts';
import type { KnownWork } from './work.ts';
import { workOf } from './work.ts';

/** How many conversations are in each phase. */
export type PhaseCounts = Readonly<Record<ConversationPhase, number>>;

/**
 * The state of a run. Mutable, so that an event costs the same with ten conversations and with thousands: it
 * replaces one conversation and adjusts the totals. Plain data: it can be posted to a webview, which folds
 * the next events itself.
 */
export interface RunState {
  readonly started: RunStarted;
  readonly conversations: ConversationState[];
  counts: PhaseCounts;
  usage: Usage;
  /** US dollars; null if the price of something that was used is unknown. */
  costUsd: number | null;
  /** The known part of the cost, a lower bound. */
  knownCostUsd: number;
  /** Model responses and ended tool calls of all conversations, those before a rerun included. */
  turns: number;
  toolCalls: number;
  /** `interrupted`: the process ended before the run did. */
  state: 'running' | 'finished' | 'cancelled' | 'interrupted';
  /** Why the run is paused until the user acts. */
  paused: ConversationError | undefined;
  /** Why the ended run could not be saved; it is lost when this process ends. */
  unsaved: string | undefined;
  /** Notes for people, in the order in which they came. */
  notes: readonly string[];
  /** `seq` and time of the last event. */
  seq: number;
  atMs: number;
  /** How long the run was active, without pauses and the idle time before reruns. */
  activeMs: number;
  /** When it was last started, reopened or resumed, in ms since its start. */
  activeSinceMs: number;
}

/** The state of a run that has just started. */
export function startRunState(started: RunStarted): RunState {
  const conversations = started.conversations.map(queuedConversation);
  return {
    started,
    conversations,
    counts: { ...noCounts, queued: conversations.length },
    usage: noUsage,
    costUsd: 0,
    knownCostUsd: 0,
    turns: 0,
    toolCalls: 0,
    state: 'running',
    paused: undefined,
    unsaved: undefined,
    notes: [],
    seq: 0,
    atMs: 0,
    activeMs: 0,
    activeSinceMs: 0,
  };
}

/** Applies one event to the run, in place. `startRunState` takes `run.started`. */
export function applyRunEvent(run: RunState, event: Exclude<RunEvent, RunStarted>): void {
  run.seq = event.seq;
  run.atMs = event.atMs;
  if (isConversationEvent(event)) applyConversationEvent(run, event);
  else applyOwnEvent(run, event);
}

type OwnEvent = RunReopened | RunPaused | RunResumed | RunNoted | RunDecided | RunFinished;

function applyOwnEvent(run: RunState, event: OwnEvent): void {
  switch (event.type) {
    case 'run.reopened':
      run.state = 'running';
      run.unsaved = undefined;
      run.activeSinceMs = event.atMs;
      break;
    case 'run.paused':
      // Waiting for the user does not count as time of the run.
      run.activeMs += event.atMs - run.activeSinceMs;
      run.activeSinceMs = event.atMs;
      run.paused = event.error;
      break;
    case 'run.resumed':
      run.activeSinceMs = event.atMs;
      run.paused = undefined;
      break;
    case 'run.noted':
      run.notes = [...run.notes, event.text];
      break;
    case 'run.decided':
      for (const call of event.calls) applyDecision(run, call, event.decision);
      break;
    case 'run.finished':
      run.state = event.state;
      run.unsaved = event.unsaved;
      if (run.paused === undefined) run.activeMs += event.atMs - run.activeSinceMs;
      run.paused = undefined;
      break;
  }
}

function applyDecision(run: RunState, call: DecidedCall, decision: CallDecision): void {
  const state = run.conversations[call.conversation];
  if (state === undefined) return;
  run.conversations[call.conversation] = changeAsked(state, call.within, (one) => {
    const at = one.toolCalls.findLastIndex(
      ({ turn, callId }) => turn === call.turn && callId === call.callId,
    );
    const found = one.toolCalls[at];
    if (found === undefined) return one;
    return { ...one, toolCalls: one.toolCalls.with(at, decidedCall(found, decision)) };
  });
}

function applyConversationEvent(run: RunState, event: ConversationEvent): void {
  const before = run.conversations[event.conversation];
  if (before === undefined) return;
  const after = foldConversation(before, event);
  run.conversations[event.conversation] = after;
  if (event.type === 'turn.finished') run.turns += 1;
  if (event.type === 'tool.finished') run.toolCalls += 1;
  if ('usage' in event && event.usage !== undefined) {
    run.usage = addUsage(run.usage, event.usage);
  }
  if (before.cost !== after.cost) {
    run.knownCostUsd += after.cost.knownCostUsd - before.cost.knownCostUsd;
    const more = addCosts(after.cost.costUsd, negative(before.cost.costUsd));
    run.costUsd = addCosts(run.costUsd, more);
  }
  if (before.phase === after.phase) return;
  const counts = { ...run.counts };
  counts[before.phase] -= 1;
  counts[after.phase] += 1;
  run.counts = counts;
}

function negative(costUsd: number | null): number | null {
  return costUsd === null ? null : -costUsd;
}

/** No conversation in any phase. */
export const noCounts: PhaseCounts = {
  queued: 0,
  waiting: 0,
  running: 0,
  done: 0,
  failed: 0,
  stopped: 0,
  cancelled: 0,
};

/** How long the run was active until `nowMs`, in ms since its start. */
export function activeMsAt(run: RunState, nowMs: number): number {
  const isActive = run.state === 'running' && run.paused === undefined;
  return run.activeMs + (isActive ? Math.max(0, nowMs - run.activeSinceMs) : 0);
}

/**
 * The comparison at `nowMs`, in ms since the run's start; a run that has ended ignores it. Requests and tool calls
 * count when they have ended. `work`: how the work of a conversation is found.
 */
export function compareRun(
  run: RunState,
  nowMs: number = run.atMs,
  work: KnownWork['of'] = workOf,
): Comparison {
  const wallMs = activeMsAt(run, nowMs);
  let [conversationMs, lateMs, worked] = [0, 0, 0];
  for (const conversation of run.conversations) {
    const own = work(conversation);
    conversationMs += own.ms;
    lateMs += own.lateMs;
    if (own.ms > 0) worked++;
  }
  // One conversation saves nothing. Where this program was slow for most of the time, nobody knows.
  const isKnown = worked > 1 && lateMs <= conversationMs;
  const saved = isKnown ? 1 - wallMs / conversationMs : 0;
  return {
    wallMs,
    conversationMs,
    savedPercent: Math.min(99, Math.max(0, Math.round(saved * 100))),
  };
}

/** Indices of the conversations that ended without a final answer, in prompt order. */
export function unsuccessful(run: RunState): readonly number[] {
  return run.conversations
    .filter((conversation) => hasEnded(conversation) && conversation.phase !== 'done')
    .map((conversation) => conversation.index);
}

/**
 * State of a run without a final record and without a live writer. It is interrupted, unless all of its
 * conversations had ended and only the final record is missing.
 */
export function stateWhenLeft({
  queued,
  waiting,
  running,
  cancelled,
}: PhaseCounts): Exclude<RunState['state'], 'running'> {
  if (queued + waiting + running > 0) return 'interrupted';
  return cancelled > 0 ? 'cancelled' : 'finished';
}

/**
 * Closes a run that was read from its journal and has no live writer. Conversations that have not ended are
 * interrupted; in a run that has ended this happens where the record of an end is damaged.
 */
export function interruptRun(run: RunState): void {
  const { queued, waiting, running } = run.counts;
  const wasRunning = run.state === 'running';
  if (!wasRunning && queued + waiting + running === 0) return;
  run.state = stateWhenLeft(run.counts);
  if (wasRunning && run.paused === undefined)
    run.activeMs += Math.max(0, run.atMs - run.activeSinceMs);
  run.paused = undefined;
  for (const conversation of run.conversations) {
    if (hasEnded(conversation)) continue;
    const { seq, atMs } = run;
    const { index, answer, partial } = conversation;
    applyConversationEvent(run, {
      type: 'conversation.finished',
      status: 'cancelled',
      reason: 'interrupted',
      answer: answer || partial,
      conversation: index,
      seq,
      atMs,
    });
  }
}
