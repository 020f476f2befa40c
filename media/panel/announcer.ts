import { callsForUser, needsAnswer } from '../../src/shared/question.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { commonWait } from '../state/waitGroups.ts';
import { pauseLabel } from '../text/labels.ts';
import { groupWaitText } from '../text/waits.ts';
import { progressOf } from './filterBar.ts';

const pauseMs = 3000;

/**
 * Announces the progress of the run to screen readers: at most every three seconds, and immediately when the run
 * ends or pauses.
 */
export class Announcer {
  #text = '';
  #saidMs = Number.NEGATIVE_INFINITY;

  /** The text of the live region at the local time `nowMs`. */
  textFor(run: RunState, nowMs: number): string {
    const text = announcement(run);
    const urgent = run.state !== 'running' || run.paused !== undefined;
    const due = nowMs - this.#saidMs >= pauseMs || urgent;
    if (text === this.#text || !due) return this.#text;
    this.#text = text;
    this.#saidMs = nowMs;
    return text;
  }
}

function announcement(run: RunState): string {
  const { total, ended, failed } = progressOf(run);
  if (run.paused !== undefined) return `Run paused: ${pauseLabel(run.paused.kind)}`;
  const wait = waitText(run);
  if (run.state === 'running' && ended === 0 && wait === '') return '';
  const trouble = failed === 0 ? '' : `, ${failed} failed`;
  const progress = `${ended} of ${total} finished${trouble}${wait}`;
  if (run.state === 'running') return progress;
  return `Run ${run.state}. ${progress}`;
}

/** What waits for the user or, while nothing makes progress, what the run waits for, without a count-down. */
function waitText({ conversations, counts, atMs }: RunState): string {
  const isActive = counts.waiting + counts.running > 0;
  const undecided = isActive ? conversations.filter((one) => callsForUser(one).length > 0) : [];
  const asked = undecided.filter(needsAnswer).length;
  // The user has to act, so it is said while others get on, too.
  if (undecided.length > 0) {
    const toDecide = undecided.length - asked;
    return [
      ...(toDecide > 0 ? [`, ${toDecide} waiting for a decision`] : []),
      ...(asked > 0 ? [`, ${asked} waiting for an answer`] : []),
    ].join('');
  }
  const group = counts.running > 0 ? undefined : commonWait(conversations, atMs);
  if (group === undefined) return '';
  const { reason, count } = group;
  return `, ${groupWaitText({ reason, count, untilMs: undefined }, atMs)}`;
}
