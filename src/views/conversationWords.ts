import type { ConversationState } from '../shared/conversationState.ts';
import { hasEnded, lastDiscarded, ownTimeMs } from '../shared/conversationState.ts';
import { errorWords } from '../shared/errorWords.ts';
import { limitWordsOf } from '../shared/limitWords.ts';
import { formatDuration, plural } from '../shared/quantities.ts';
import { callsForUser, decisionWaitWords } from '../shared/question.ts';
import { currentWait } from '../shared/span.ts';
import { currentCall } from '../shared/toolCall.ts';
import type { Wait } from '../shared/wait.ts';
import { repetitionWords, untilWords } from '../shared/waitWords.ts';
import { oneLine } from './oneLine.ts';

/** Max length of a text in a tree row, in UTF-16 units. The tooltip has more. */
const maxRowText = 160;

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

function clip(text: string): string {
  return text.length <= maxRowText ? text : `${text.slice(0, maxRowText).trimEnd()}…`;
}
