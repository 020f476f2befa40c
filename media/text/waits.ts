import type { ConversationState } from '../../src/shared/conversationState.ts';
import { lastDiscarded } from '../../src/shared/conversationState.ts';
import { errorWords } from '../../src/shared/errorWords.ts';
import { formatDuration } from '../../src/shared/quantities.ts';
import { callsForUser, decisionWaitWords } from '../../src/shared/question.ts';
import { currentWait } from '../../src/shared/span.ts';
import type { WaitReason } from '../../src/shared/wait.ts';
import { repetitionWords, untilWords } from '../../src/shared/waitWords.ts';
import type { WaitGroup } from '../state/waitGroups.ts';
import { visibleLine } from './visibleText.ts';

/** What several conversations wait for, in words that follow their number. */
const groupWords: { readonly [R in WaitReason]: string } = {
  slot: 'waiting for a free slot',
  rate_limit: 'waiting for the rate limit',
  retry: 'about to try again',
  warm_up: 'waiting for the prompt cache',
  budget: 'waiting for the budget',
  offline: 'offline',
  blocked: 'paused',
  decision: 'waiting for a decision',
};

/** Why a conversation waits, and how much longer. The reason comes first, because rows are narrow. */
export function waitText(conversation: ConversationState, nowMs: number): string {
  const wait = currentWait(conversation);
  const failure = lastDiscarded(conversation)?.error.kind;
  const cause = failure === undefined ? '' : errorWords[failure];
  const clock = endOf(wait ?? {}, nowMs);
  switch (wait?.reason) {
    case 'blocked':
      return cause === '' ? 'paused' : `paused: ${cause}`;
    case 'decision':
      return decisionText(conversation);
    case 'retry': {
      const lead = failure === 'network' || cause === '' ? '' : `${cause}, `;
      return `${lead}${repetitionWords(wait, failure)}${clock && `, ${clock}`}`;
    }
    case 'offline':
      return `offline${clock && `, next try ${clock}`}`;
    case 'rate_limit':
      return `rate limit${clock && `, ${clock}`}${nextAttempt(conversation)}`;
    case 'warm_up':
      return `waiting for the prompt cache${nextAttempt(conversation)}`;
    case 'budget':
      return `waiting for the budget${nextAttempt(conversation)}`;
    case 'slot':
    case undefined:
      return `waiting for a free slot${nextAttempt(conversation)}`;
  }
}

/** `waiting for 2 decisions: run_command, fetch_url`. */
function decisionText(conversation: ConversationState): string {
  const calls = callsForUser(conversation);
  const names = [...new Set(calls.map(({ name }) => name))];
  const of = names.length === 0 ? '' : `: ${visibleLine(names.join(', '), 200)}`;
  return `${decisionWaitWords(calls)}${of}`;
}

/** What several conversations wait for: `18 waiting for the rate limit, 12 s`. */
export function groupWaitText({ reason, count, ...end }: WaitGroup, nowMs: number): string {
  const clock = endOf(end, nowMs);
  const next = reason === 'offline' ? 'next try ' : '';
  return `${count} ${groupWords[reason]}${clock && `, ${next}${clock}`}`;
}

/** The number of the next attempt, if the previous one failed. */
function nextAttempt(conversation: ConversationState): string {
  const discarded = lastDiscarded(conversation);
  return discarded === undefined ? '' : ` · attempt ${discarded.attempt + 1}`;
}

/** The time of day if the end is far away, else a count-down. */
function endOf({ untilMs, untilTime }: WaitEnd, nowMs: number): string {
  const leftMs = (untilMs ?? nowMs) - nowMs;
  if (untilTime === undefined || leftMs <= 0) return countdown(untilMs, nowMs);
  return untilWords(untilTime, leftMs);
}

/** When a wait ends, if known. */
interface WaitEnd {
  readonly untilMs?: number | undefined;
  readonly untilTime?: string | undefined;
}

/** Seconds that are left, rounded up; empty if the end is unknown or has passed. */
function countdown(untilMs: number | undefined, nowMs: number): string {
  const seconds = untilMs === undefined ? 0 : Math.ceil((untilMs - nowMs) / 1000);
  if (seconds <= 0) return '';
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}
