import type { ConversationState } from '../../src/shared/conversationState.ts';
import { lastDiscarded } from '../../src/shared/conversationState.ts';
import { errorWords } from '../../src/shared/errorWords.ts';
import type { ConversationError } from '../../src/shared/outcome.ts';
import { formatDuration } from '../../src/shared/quantities.ts';
import type { ToolCallRecord } from '../../src/shared/toolCall.ts';
import { currentCall } from '../../src/shared/toolCall.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { adviceFor } from './advice.ts';
import { capitalized, phaseLabels, reasonLabel } from './labels.ts';
import { compactJson, endOf, visibleLine } from './visibleText.ts';
import { waitText } from './waits.ts';

/** How a preview is drawn. `tail` and `thinking` show the end of the text, because it grows there. */
export type PreviewTone = 'answer' | 'muted' | 'error' | 'warning' | 'code' | 'tail' | 'thinking';

/** What a row says about its conversation, in one line. */
export interface Preview {
  readonly text: string;
  readonly tone: PreviewTone;
  /** More for a tooltip; absent if the line says everything. */
  readonly title?: string;
}

const maxPreview = 300;
const maxTitle = 2000;

/** The line for a conversation at `nowMs` of its run. `heardMs` is when something was last heard of it. */
export function previewOf(
  conversation: ConversationState,
  nowMs: number,
  heardMs?: number,
): Preview {
  switch (conversation.phase) {
    case 'queued':
      return { text: queuedText(conversation), tone: 'muted' };
    case 'waiting':
      return withCause(
        { text: waitText(conversation, nowMs), tone: 'muted' },
        lastDiscarded(conversation)?.error,
      );
    case 'running':
      return runningPreview(conversation, silence(conversation, nowMs, heardMs));
    case 'done':
      return { text: gist(conversation.answer), tone: 'answer' };
    case 'failed':
      return withCause({ text: errorLine(conversation.error), tone: 'error' }, conversation.error);
    case 'stopped':
      return stoppedPreview(conversation);
    case 'cancelled':
      return { text: cancelledText(conversation), tone: 'muted' };
  }
}

/** An error on one line: its kind in words, then its message. */
export function errorLine(error: ConversationError | undefined): string {
  if (error === undefined) return capitalized(errorWords.internal);
  return visibleLine(`${errorWords[error.kind]}: ${error.message}`, maxPreview);
}

function withCause(preview: Preview, error: ConversationError | undefined): Preview {
  if (error === undefined) return preview;
  const cause = `${errorWords[error.kind]}: ${error.message}`.slice(0, maxTitle);
  return { ...preview, title: revealHidden(cause) };
}

/** Lines that say nothing yet: `Sure! Here is the summary:`. */
const boilerplate =
  /^(?:(?:sure|certainly|of course|absolutely|okay|ok|great question|good question|understood|got it|no problem)\b[^.!:]*[.!:,]?\s*)?(?:(?:here(?:['’]s| is| are)|below (?:is|are)|let me|i(?:['’]ll| will| have|['’]ve)|based on)\b[^:]*:)?$/i;
const opening =
  /^(?:sure|certainly|of course|absolutely|okay|ok|great question|good question|understood|got it|no problem)[!.,]\s+(?=\S)/i;

/** The first sentence of an answer that says something, without its Markdown: no heading, no boilerplate. */
export function gist(markdown: string): string {
  let fallback = '';
  for (const line of markdown.slice(0, 8 * maxPreview).split('\n')) {
    const text = plainLine(line);
    if (text === '') continue;
    if (fallback === '') fallback = text;
    if (isHeading(line) || boilerplate.test(text)) continue;
    return visibleLine(text.replace(opening, ''), maxPreview);
  }
  return visibleLine(fallback, maxPreview);
}

function isHeading(line: string): boolean {
  return /^\s*(?:#{1,6}\s|(?:\*\*|__)[^*_]+(?:\*\*|__):?\s*$)/.test(line);
}

function plainLine(line: string): string {
  const text = line
    .replace(/^(?:\s|#{1,6}\s|>|[-*+]\s)+|^[-*_=\s|:]+$|^(?:```|~~~).*/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
  return withoutMarks(text).trim();
}

function withoutMarks(text: string): string {
  return text.replace(/\*\*|__|`/g, '');
}

function queuedText({ previous }: ConversationState): string {
  if (previous === undefined) return '';
  return `runs again; before: ${phaseLabels[previous.status]}, ${reasonLabel(previous)}`;
}

/** How long nothing was heard of a conversation before its row says so, in ms. */
const silenceMs = 5_000;

/** How long a running conversation has been silent, in words; empty for a moment, and while a tool runs. */
export function silence(
  { partial, thinking, spans }: ConversationState,
  nowMs: number,
  heardMs: number | undefined,
): string {
  const last = spans.at(-1);
  if (last?.kind !== 'request' || last.endMs !== undefined) return '';
  const silentMs = nowMs - Math.max(heardMs ?? 0, last.startMs);
  if (silentMs < silenceMs) return '';
  const seconds = formatDuration(Math.floor(silentMs / 1000) * 1000).replace('.0 s', ' s');
  return partial + thinking === '' ? `waiting for the model, ${seconds}` : `no data for ${seconds}`;
}

function runningPreview(conversation: ConversationState, silent: string): Preview {
  const call = currentCall(conversation.toolCalls);
  if (call !== undefined) return { text: callText(call), tone: 'code' };
  if (silent !== '' && conversation.partial + conversation.thinking !== '')
    return { text: silent, tone: 'warning' };
  if (conversation.partial !== '') return { text: tailOf(conversation.partial), tone: 'tail' };
  const { thinking, attempt } = conversation;
  if (thinking !== '') return { text: tailOf(thinking), tone: 'thinking' };
  if (attempt <= 1) return { text: silent || 'waiting for the model', tone: 'muted' };
  const error = lastDiscarded(conversation)?.error;
  const after = error === undefined ? '' : ` · after ${errorLine(error)}`;
  return withCause({ text: `attempt ${attempt}${after}`, tone: 'muted' }, error);
}

function tailOf(text: string): string {
  return visibleLine(withoutMarks(endOf(text, maxPreview)), maxPreview);
}

/** A tool call in one line: name and arguments. */
export function callText(call: ToolCallRecord): string {
  return visibleLine(`${call.name} ${compactJson(call.input)}`, maxPreview);
}

function stoppedPreview(conversation: ConversationState): Preview {
  const reason = conversation.reason === undefined ? 'stopped' : reasonLabel(conversation);
  const answer = gist(conversation.answer);
  const text = answer === '' ? reason : `${reason}: ${answer}`;
  const title = adviceFor(conversation);
  return { text, tone: 'warning', ...(title === undefined ? {} : { title }) };
}

function cancelledText(conversation: ConversationState): string {
  const reason = reasonLabel(conversation);
  const answer = gist(conversation.answer);
  return answer === '' ? reason : `${reason}: ${answer}`;
}
