import type { ConversationState } from '../../src/shared/conversationState.ts';
import { currentWait } from '../../src/shared/span.ts';
import type { WaitReason } from '../../src/shared/wait.ts';

/** Conversations that wait for the same thing. */
export interface WaitGroup {
  readonly reason: WaitReason;
  readonly count: number;
  /** When the first of them continues, in ms since the run's start; undefined if unknown. */
  readonly untilMs: number | undefined;
  /** The same as an ISO time, for long waits. */
  readonly untilTime?: string | undefined;
}

/**
 * What most of the waiting conversations wait for; undefined if fewer than two wait for the same. Ignores a paused
 * run, which has a strip of its own, and times that have passed.
 */
export function commonWait(
  conversations: readonly ConversationState[],
  nowMs: number,
): WaitGroup | undefined {
  const groups = new Map<WaitReason, WaitGroup>();
  for (const conversation of conversations) {
    const wait = currentWait(conversation);
    if (wait === undefined || wait.reason === 'blocked') continue;
    const { reason } = wait;
    const known = groups.get(reason) ?? { reason, count: 0, untilMs: undefined };
    const untilMs = earliest(known.untilMs, wait.untilMs, nowMs);
    const { untilTime } = untilMs === wait.untilMs ? wait : known;
    groups.set(reason, { reason, count: known.count + 1, untilMs, untilTime });
  }
  const ranked = [...groups.values()].sort((a, b) => b.count - a.count);
  const [largest] = ranked;
  if (largest === undefined || largest.count < 2) return undefined;
  return largest.reason === 'warm_up' ? causeOf(largest, ranked) : largest;
}

/** Conversations that wait for the prompt cache wait for what delays the one that fills it. */
function causeOf(waiting: WaitGroup, groups: readonly WaitGroup[]): WaitGroup {
  const cause = groups.find(({ reason }) => reason !== 'warm_up' && reason !== 'slot');
  return cause === undefined ? waiting : { ...cause, count: cause.count + waiting.count };
}

function earliest(a: number | undefined, b: number | undefined, nowMs: number): number | undefined {
  if (b === undefined || b <= nowMs) return a;
  return a === undefined ? b : Math.min(a, b);
}
