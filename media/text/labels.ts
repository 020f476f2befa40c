import type { LimitedEnd } from '../../src/shared/continuing.ts';
import type { ConversationPhase } from '../../src/shared/conversationState.ts';
import { errorWords } from '../../src/shared/errorWords.ts';
import { limitWords, limitWordsOf } from '../../src/shared/limitWords.ts';
import type { ErrorKind, FinishReason } from '../../src/shared/outcome.ts';

/** One word for each phase. */
export const phaseLabels: { readonly [P in ConversationPhase]: string } = {
  queued: 'queued',
  waiting: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  stopped: 'stopped',
  cancelled: 'cancelled',
};

/** The codicon of each phase, with its modifier. */
export const phaseIcons: { readonly [P in ConversationPhase]: string } = {
  queued: 'circle-outline',
  waiting: 'watch',
  running: 'loading codicon-modifier-spin',
  done: 'pass',
  failed: 'error',
  stopped: 'warning',
  cancelled: 'circle-slash',
};

/** What a paused run waits for. `internal` is used for a run that cannot be saved, and for nothing else. */
export function pauseLabel(kind: ErrorKind): string {
  return kind === 'internal' ? 'not saved' : errorWords[kind];
}

/** Why a run is paused, in full. */
export function pauseText(kind: ErrorKind, message: string): string {
  return kind === 'internal' ? message : `${errorWords[kind]}: ${message}`;
}

const limitLabels: { readonly [R in Exclude<FinishReason, ErrorKind>]: string } = {
  final: 'final answer',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
  ...limitWords,
};

/** Why a conversation ended, in words; `cancelled` where that is not known. */
export function reasonLabel(end: LimitedEnd): string {
  const labels: { readonly [R in FinishReason]: string } = { ...limitLabels, ...errorWords };
  return limitWordsOf(end) ?? labels[end.reason ?? 'cancelled'];
}

/** The text with an upper-case first letter, for the start of a line. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
