import type { ConversationState } from '../shared/conversationState.ts';
import { formatCost } from '../shared/cost.ts';
import { plural } from '../shared/quantities.ts';
import { needsAnswer } from '../shared/question.ts';
import type { RunState } from '../shared/runState.ts';
import { currentWait, needsDecision } from '../shared/span.ts';
import type { WaitReason } from '../shared/wait.ts';

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

/** What there is to say about a run besides how far it is. */
export function troubles({
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

function interruptedIn(conversations: readonly ConversationState[]): number {
  return conversations.filter(({ reason }) => reason === 'interrupted').length;
}
