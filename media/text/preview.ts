import type { ConversationState } from '../../src/shared/conversationState.ts';
import { lastDiscarded } from '../../src/shared/conversationState.ts';
import { errorWords } from '../../src/shared/errorWords.ts';
import type { ConversationError } from '../../src/shared/outcome.ts';
import type { ToolCallRecord } from '../../src/shared/toolCall.ts';
import { currentCall } from '../../src/shared/toolCall.ts';
import { adviceFor } from './advice.ts';
import { capitalized, phaseLabels, reasonLabel } from './labels.ts';
import { compactJson, visibleLine } from './visibleText.ts';
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

/** The line for a conversation at `nowMs` of its run. */
export function previewOf(conversation: ConversationState, nowMs: number): Preview {
  switch (conversation.phase) {
    case 'queued':
      return { text: queuedText(conversation), tone: 'muted' };
    case 'waiting':
      return withCause(
        { text: waitText(conversation, nowMs), tone: 'muted' },
        lastDiscarded(conversation)?.error,
      );
    case 'running':
      return runningPreview(conversation);
    case 'done':
      return { text: firstLine(conversation.answer), tone: 'answer' };
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
  return { ...preview, title: `${errorWords[error.kind]}: ${error.message}`.slice(0, maxTitle) };
}

/** The first line of an answer that is not blank, without its Markdown. */
export function firstLine(markdown: string): string {
  for (const line of markdown.slice(0, 4 * maxPreview).split('\n')) {
    const text = plainLine(line);
    if (text !== '') return visibleLine(text, maxPreview);
  }
  return '';
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

function runningPreview(conversation: ConversationState): Preview {
  const call = currentCall(conversation.toolCalls);
  if (call !== undefined) return { text: callText(call), tone: 'code' };
  if (conversation.partial !== '') return { text: tailOf(conversation.partial), tone: 'tail' };
  const { thinking, attempt } = conversation;
  if (thinking !== '') return { text: tailOf(thinking), tone: 'thinking' };
  if (attempt <= 1) return { text: 'waiting for the model', tone: 'muted' };
  const error = lastDiscarded(conversation)?.error;
  const after = error === undefined ? '' : ` · after ${errorLine(error)}`;
  return withCause({ text: `attempt ${attempt}${after}`, tone: 'muted' }, error);
}

function tailOf(text: string): string {
  return visibleLine(withoutMarks(text.slice(-maxPreview)), maxPreview);
}

/** A tool call in one line: name and arguments. */
export function callText(call: ToolCallRecord): string {
  return visibleLine(`${call.name} ${compactJson(call.input)}`, maxPreview);
}

function stoppedPreview(conversation: ConversationState): Preview {
  const reason = conversation.reason === undefined ? 'stopped' : reasonLabel(conversation);
  const answer = firstLine(conversation.answer);
  const text = answer === '' ? reason : `${reason}: ${answer}`;
  const title = adviceFor(conversation);
  return { text, tone: 'warning', ...(title === undefined ? {} : { title }) };
}

function cancelledText(conversation: ConversationState): string {
  const reason = reasonLabel(conversation);
  const answer = firstLine(conversation.answer);
  return answer === '' ? reason : `${reason}: ${answer}`;
}
