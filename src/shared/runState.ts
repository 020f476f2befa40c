import type {
  ConversationError,
  ConversationEvent,
  RunEvent,
  RunFinished,
  RunNoted,
  RunPaused,
  RunReopened,
  RunResumed,
  RunStarted,
  Usage,
} from './conversationEvents.ts';
import { addUsage, isConversationEvent, noUsage } from './conversationEvents.ts';
import type { ConversationPhase, ConversationState } from './conversationState.ts';
import { hasEnded, ownTimeMs, queuedConversation } from './conversationState.ts';
import { addCosts } from './cost.ts';
import { foldConversation } from './foldConversation.ts';
import type { Comparison } from './quantities.ts';

/** How many conversations are in each phase. */
export type PhaseCounts = { readonly [P in ConversationPhase]: number };

/**
 * A run as it stands. It is the one mutable thing of the fold: an event replaces one conversation
 * and adjusts the totals, so its cost is the same for ten conversations and for thousands.
 * It is plain data: it can be posted to a webview and folded further there.
 */
export interface RunState {
  readonly started: RunStarted;
  readonly conversations: ConversationState[];
  counts: PhaseCounts;
  usage: Usage;
  /** US dollars; null as soon as something was used whose price is not known. */
  costUsd: number | null;
  /** The part of it that is known: the least that it can be. */
  knownCostUsd: number;
  /** `interrupted`: the process that ran it ended before the run did. */
  state: 'running' | 'finished' | 'cancelled' | 'interrupted';
  /** What holds the run back until a person has mended it. */
  paused: ConversationError | undefined;
  /** Why the run, which has ended, could not be kept; what it has is lost with this process. */
  unsaved: string | undefined;
  /** What a person should know of it, in the order in which it was noticed. */
  notes: readonly string[];
  /** The `seq` and time of the last event that was folded in. */
  seq: number;
  atMs: number;
  /** Time during which the run was going on, without the idle time before a rerun. */
  activeMs: number;
  /** When the run was started or reopened, in ms since its first start. */
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

/** Folds one event into the run, in place; `run.started` is not for here but for `startRunState`. */
export function applyRunEvent(run: RunState, event: Exclude<RunEvent, RunStarted>): void {
  run.seq = event.seq;
  run.atMs = event.atMs;
  if (isConversationEvent(event)) applyConversationEvent(run, event);
  else applyOwnEvent(run, event);
}

type OwnEvent = RunReopened | RunPaused | RunResumed | RunNoted | RunFinished;

function applyOwnEvent(run: RunState, event: OwnEvent): void {
  switch (event.type) {
    case 'run.reopened':
      run.state = 'running';
      run.unsaved = undefined;
      run.activeSinceMs = event.atMs;
      break;
    case 'run.paused':
      // Time that is spent waiting for a person is not time the run took.
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
    case 'run.finished':
      run.state = event.state;
      run.unsaved = event.unsaved;
      if (run.paused === undefined) run.activeMs += event.atMs - run.activeSinceMs;
      run.paused = undefined;
      break;
  }
}

function applyConversationEvent(run: RunState, event: ConversationEvent): void {
  const before = run.conversations[event.conversation];
  if (before === undefined) return;
  const after = foldConversation(before, event);
  run.conversations[event.conversation] = after;
  if ('usage' in event && event.usage !== undefined) {
    run.usage = addUsage(run.usage, event.usage);
  }
  if (before.cost !== after.cost) {
    run.knownCostUsd += after.cost.knownCostUsd - before.cost.knownCostUsd;
    const more = addCosts(after.cost.costUsd, negative(before.cost.costUsd));
    run.costUsd = addCosts(run.costUsd, more);
  }
  if (before.phase === after.phase) return;
  run.counts = {
    ...run.counts,
    [before.phase]: run.counts[before.phase] - 1,
    [after.phase]: run.counts[after.phase] + 1,
  };
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

/** The measured comparison at `nowMs` (ms since the run's start; ignored once the run has ended). */
export function compareRun(run: RunState, nowMs: number = run.atMs): Comparison {
  const running = run.state === 'running' && run.paused === undefined;
  const wallMs = run.activeMs + (running ? Math.max(0, nowMs - run.activeSinceMs) : 0);
  let conversationMs = 0;
  for (const conversation of run.conversations) conversationMs += ownTimeMs(conversation, nowMs);
  const saved = conversationMs > 0 ? 1 - wallMs / conversationMs : 0;
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
 * What a run is whose end was not written down and that nobody is at: interrupted, unless all of its
 * conversations had ended, and only the end of the run itself was still to be said.
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
 * Marks a run that was read from its journal as interrupted, with every conversation that has not ended;
 * as ended when there is none. A conversation of an ended run may lack its end: its record was damaged.
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
