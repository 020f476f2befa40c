import type { RunListing } from '../host/runService.ts';
import type { RunEvent } from '../shared/conversationEvents.ts';
import type { ConversationPhase, ConversationState } from '../shared/conversationState.ts';
import { hasEnded, lastDiscarded, ownTimeMs } from '../shared/conversationState.ts';
import { formatCost } from '../shared/cost.ts';
import { errorWords } from '../shared/errorWords.ts';
import { limitWordsOf } from '../shared/limitWords.ts';
import { formatComparison, formatDuration, plural } from '../shared/quantities.ts';
import { callsForUser, decisionWaitWords, needsAnswer } from '../shared/question.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { PhaseCounts, RunState } from '../shared/runState.ts';
import { compareRun } from '../shared/runState.ts';
import { currentWait, needsDecision } from '../shared/span.ts';
import { currentCall } from '../shared/toolCall.ts';
import type { Wait, WaitReason } from '../shared/wait.ts';
import { repetitionWords, untilWords } from '../shared/waitWords.ts';

/** Max length of a text in a tree row, in UTF-16 units. The tooltip has more. */
const maxRowText = 160;

/** Texts for long waits, for the status bar and the *Runs* view. */
const heldWords = {
  rate_limit: 'waiting for the rate limit',
  offline: 'offline',
  retry: 'retrying',
} as const satisfies { readonly [R in WaitReason]?: string };

/** How many wait for a decision is said apart, also while others get on. */
type HeldReason = keyof typeof heldWords | 'decision';

/** The combined progress of some runs. */
export interface Progress {
  /** Conversations that are running or waiting. */
  readonly active: number;
  /** Those of them that wait for the user to decide on a tool call. */
  readonly undecided: number;
  /** Those of them that wait for the user to answer a question. */
  readonly asked: number;
  readonly ended: number;
  readonly total: number;
  readonly failed: number;
  readonly stopped: number;
  /** Conversations that the user cancelled, without interrupted ones. */
  readonly cancelled: number;
  /** What all running runs wait for; undefined while one of them makes progress. */
  readonly held: HeldReason | undefined;
  /** Whether a run is paused until the user acts. */
  readonly paused: boolean;
  /** US dollars; null when a price is not known. */
  readonly costUsd: number | null;
}

/** Adds up the progress of some runs. */
export function progressOf(runs: Iterable<RunState>): Progress {
  let [active, undecided, asked, ended, total, failed, stopped, cancelled] = [
    0, 0, 0, 0, 0, 0, 0, 0,
  ];
  let paused = false;
  let costUsd: number | null = 0;
  const holds: (HeldReason | undefined)[] = [];
  for (const { conversations, counts, ...run } of runs) {
    active += counts.running + counts.waiting;
    // Searched only where something waits: a run may have thousands of conversations.
    if (counts.waiting > 0) {
      const open = conversations.filter(needsDecision);
      const answerable = open.filter(needsAnswer).length;
      undecided += open.length - answerable;
      asked += answerable;
    }
    // Interrupted conversations count as cancelled in the state, but they can be resumed.
    const cancelledByUser =
      counts.cancelled - (run.state === 'interrupted' ? interruptedIn(conversations) : 0);
    ended += counts.done + counts.failed + counts.stopped + cancelledByUser;
    total += conversations.length;
    failed += counts.failed;
    stopped += counts.stopped;
    cancelled += cancelledByUser;
    if (run.state === 'running') holds.push(heldBy({ conversations, counts }));
    paused ||= run.paused !== undefined;
    costUsd = costUsd === null || run.costUsd === null ? null : costUsd + run.costUsd;
  }
  const held = holds.includes(undefined) ? undefined : holds[0];
  return {
    active,
    undecided,
    asked,
    ended,
    total,
    failed,
    stopped,
    cancelled,
    held,
    paused,
    costUsd,
  };
}

/** What all active conversations of a run wait for; undefined while one of them makes progress. */
export function heldBy({
  conversations,
  counts,
}: Pick<RunState, 'conversations' | 'counts'>): HeldReason | undefined {
  if (counts.running > 0 || counts.waiting === 0) return undefined;
  const reasons = [...Object.keys(heldWords), 'decision'] as readonly HeldReason[];
  return reasons.find((reason) =>
    conversations.some((conversation) => currentWait(conversation)?.reason === reason),
  );
}

/** `7/20 · 2 failed · $0.31`: what the status bar and the title of the Runs view show. */
export function progressText(progress: Progress): string {
  const { ended, total, costUsd } = progress;
  const cost = costUsd === null || costUsd === 0 ? [] : [formatCost(costUsd)];
  return [`${ended}/${total}`, ...troubles(progress), ...cost].join(' · ');
}

/** Like `progressText`, for screen readers. */
export function progressSentence(progress: Progress): string {
  const ended = `${progress.ended} of ${plural(progress.total, 'conversation')} ended`;
  return [ended, ...troubles(progress)].join(', ');
}

type Troubles = Pick<
  Progress,
  'undecided' | 'asked' | 'failed' | 'stopped' | 'cancelled' | 'held' | 'paused'
>;

function troubles({
  undecided,
  asked,
  failed,
  stopped,
  cancelled,
  held,
  paused,
}: Troubles): readonly string[] {
  return [
    ...(paused ? ['paused'] : []),
    ...(undecided > 0 ? [`${undecided} waiting for a decision`] : []),
    ...(asked > 0 ? [`${asked} waiting for an answer`] : []),
    ...(held === undefined || held === 'decision' || paused ? [] : [heldWords[held]]),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(stopped > 0 ? [`${stopped} stopped`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
  ];
}

/** `14:02 · 18/20`. */
export function runLabel(run: RunState): string {
  const { ended, total } = progressOf([run]);
  return label(run.started.startedAt, ended, total);
}

/** Failures, title and, for a finished run, the duration. */
export function runDescription(run: RunState): string {
  const parts = [...troubles(progressOf([run])), oneLine(run.started.title)];
  if (run.state === 'interrupted') parts.unshift(run.state);
  if (run.state === 'cancelled' && run.counts.cancelled === 0) parts.push(run.state);
  if (run.state === 'finished') parts.push(formatComparison(compareRun(run)));
  return parts.join(' · ');
}

/** Like `runLabel`, for a saved run that is not open. */
export function listingLabel({ startedAt, state, counts, total }: RunListing): string {
  if (state === 'unreadable') return timeOfDay(startedAt);
  return label(startedAt, endedOf(counts), total);
}

/** Like `runDescription`, for a saved run that is not open. */
export function listingDescription(listing: RunListing): string {
  const { state, counts, title, comparison } = listing;
  const parts = [...listingWords(listing), oneLine(title)].filter(Boolean);
  if (state === 'cancelled' && counts.cancelled === 0) parts.push(state);
  if (state === 'finished' && comparison !== undefined) parts.push(formatComparison(comparison));
  return parts.join(' · ');
}

/** A saved run that is not open, for screen readers. */
export function listingSentence(listing: RunListing): string {
  const { state, number, counts, title, total } = listing;
  const name = number === undefined ? 'Run' : `Run ${number}`;
  const ended = `${endedOf(counts)} of ${plural(total, 'conversation')} ended`;
  const known = state === 'unreadable' ? [] : [ended];
  return [name, ...known, ...listingWords(listing), oneLine(title)].filter(Boolean).join(', ');
}

const stateWords: { readonly [S in RunListing['state']]?: string } = {
  interrupted: 'interrupted',
  running: 'running in another window',
  unreadable: 'cannot be read',
};

function listingWords({ state, counts }: RunListing): readonly string[] {
  const word = stateWords[state];
  return [
    ...(word === undefined ? [] : [word]),
    ...troubles({ ...counts, undecided: 0, asked: 0, held: undefined, paused: false }),
  ];
}

function label(startedAt: string, ended: number, total: number): string {
  return `${timeOfDay(startedAt)} · ${ended}/${total}`;
}

function endedOf({ done, failed, stopped, cancelled }: PhaseCounts): number {
  return done + failed + stopped + cancelled;
}

/** The folders of a run of another window: `in website, api`. */
export function originWords(folders: readonly OriginFolder[]): string {
  return folders.length === 0
    ? 'no folder'
    : `in ${oneLine(folders.map(({ name }) => name).join(', '))}`;
}

function interruptedIn(conversations: readonly ConversationState[]): number {
  return conversations.filter(({ reason }) => reason === 'interrupted').length;
}

function timeOfDay(startedAt: string): string {
  const started = new Date(startedAt);
  return started.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** What a conversation is doing, or how it ended, in a few words. */
export function conversationDescription(state: ConversationState, nowMs: number): string {
  switch (state.phase) {
    case 'queued':
      return '';
    case 'waiting':
      return waitingText(state, nowMs);
    case 'running':
      return runningText(state);
    case 'done':
      return spent(state, nowMs);
    case 'failed':
      return clip(`${reasonText(state)}: ${oneLine(state.error?.message ?? '')}`);
    case 'stopped':
      return `${reasonText(state)} · ${spent(state, nowMs)}`;
    case 'cancelled': {
      const why = state.reason === 'interrupted' ? ['interrupted'] : [];
      return [...why, ...(state.startMs === undefined ? [] : [spent(state, nowMs)])].join(' · ');
    }
  }
}

/** `rate limit`, `turn limit reached`. */
function reasonText(state: ConversationState): string {
  const { error, phase } = state;
  return limitWordsOf(state) ?? (error === undefined ? phase : errorWords[error.kind]);
}

/** Shows the end only for long waits, as a time of day: rows are not redrawn every second, so no countdown. */
function longWait({ untilTime, untilMs = 0 }: Wait, nowMs: number): string {
  return untilTime === undefined ? '' : `, ${untilWords(untilTime, untilMs - nowMs)}`;
}

function waitingText(state: ConversationState, nowMs: number): string {
  const wait = currentWait(state);
  const error = lastDiscarded(state)?.error;
  switch (wait?.reason) {
    case 'rate_limit':
      return `rate limit${longWait(wait, nowMs)}`;
    case 'retry': {
      const message = oneLine(error?.message ?? 'The request failed.');
      return clip(`${repetitionWords(wait, error?.kind)}: ${message}`);
    }
    case 'offline':
      return clip(`offline, retrying: ${oneLine(error?.message ?? '')}`);
    case 'warm_up':
      return 'waiting for the prompt cache';
    case 'budget':
      return 'waiting for the budget';
    case 'blocked':
      return 'paused';
    case 'decision':
      return decisionText(state);
    case 'slot':
    case undefined:
      return 'waiting for a free slot';
  }
}

/** `waiting for a decision: run_command`. */
function decisionText(state: ConversationState): string {
  const calls = callsForUser(state);
  const names = [...new Set(calls.map(({ name }) => oneLine(name)))].join(', ');
  const words = decisionWaitWords(calls);
  return clip(names === '' ? words : `${words}: ${names}`);
}

function runningText(state: ConversationState): string {
  const call = currentCall(state.toolCalls);
  const turn = state.turn === 0 ? 'starting' : `turn ${state.turn}`;
  return call === undefined ? turn : `${turn} · ${clip(oneLine(call.name))}`;
}

/** `8.1 s · 3 tools`. */
function spent(state: ConversationState, nowMs: number): string {
  const time = formatDuration(ownTimeMs(state, nowMs));
  const tools = state.toolCalls.length;
  return tools === 0 ? time : `${time} · ${plural(tools, 'tool')}`;
}

/** The tooltip of a conversation. Not yet plain text: parts of it come from a model. */
export function conversationTooltip(state: ConversationState, nowMs: number): string {
  const lines = [`${state.index + 1}. ${oneLine(state.name)}`, state.id];
  const description = conversationDescription(state, nowMs);
  lines.push(description === '' ? state.phase : `${state.phase} · ${description}`);
  if (state.error !== undefined) lines.push(state.error.message.slice(0, 1000));
  if (hasEnded(state) && state.answer !== '') lines.push('', clip(oneLine(state.answer)));
  return lines.join('\n');
}

function oneLine(text: string): string {
  return text.slice(0, 1000).replace(/\s+/g, ' ').trim();
}

function clip(text: string): string {
  return text.length <= maxRowText ? text : `${text.slice(0, maxRowText).trimEnd()}…`;
}

/** Whether this event may change the phase of a conversation. */
export function changesPhase(event: RunEvent): boolean {
  switch (event.type) {
    case 'conversation.requeued':
    case 'conversation.started':
    case 'conversation.waiting':
    case 'conversation.finished':
    case 'turn.started':
    // A wait for a decision ends with it.
    case 'tool.started':
      return true;
    default:
      return false;
  }
}

/** Whether an event only adds streamed text or thinking. Trees and documents do not show it. */
export function isPieceOfTurn(event: RunEvent): boolean {
  return event.type === 'turn.delta' || event.type === 'turn.thinking';
}

/** Phases in which a conversation can still be cancelled. */
export function isActive(phase: ConversationPhase): boolean {
  return phase === 'queued' || phase === 'waiting' || phase === 'running';
}
