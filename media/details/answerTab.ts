import { html, nothing, type TemplateResult } from 'lit';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { hasEnded } from '../../src/shared/conversationState.ts';
import { currentCall } from '../../src/shared/toolCall.ts';
import { unfinishedWords } from '../../src/shared/unfinishedWords.ts';
import { icon } from '../panel/controls.ts';
import { capitalized } from '../text/labels.ts';
import { callText } from '../text/preview.ts';
import { waitText } from '../text/waits.ts';
import { earlierOutcome, outcomeBox } from './errorBox.ts';
import { thinkingPart } from './thinkingPart.ts';

/** How an answer is shown. */
export interface AnswerView {
  /** Whether its text is shown instead of rendered. */
  readonly source: boolean;
  readonly nowMs: number;
  /** The place to show first; undefined for the beginning. */
  readonly at: number | undefined;
}

/** The answer so far. `source` shows the text instead of rendering it. */
export function answerTab(
  conversation: ConversationState,
  { source, nowMs, at }: AnswerView,
): TemplateResult {
  const text = answerText(conversation);
  return html`${outcomeBox(conversation)}${earlierOutcome(conversation)}${thinkingPart(conversation)}
    ${unfinishedNote(conversation)}${text === '' ? nothing : answerBody(text, { source, live: !hasEnded(conversation), at })}
    ${text === '' ? emptyNote(conversation, nowMs) : nothing}${progressNote(conversation)}
    ${earlierAnswer(conversation, source)}`;
}

/** The final answer from before a rerun. It is kept until there is a new one. */
function earlierAnswer(
  { previous }: ConversationState,
  source: boolean,
): TemplateResult | typeof nothing {
  if (previous?.answer === undefined) return nothing;
  return html`<section class="earlier-answer" aria-label="Earlier answer">
    <div class="earlier">${icon('history')} The earlier answer is kept until there is a new one:</div>
    ${answerBody(previous.answer, { source, live: false, at: undefined })}
  </section>`;
}

/** What *Copy Answer* copies: the final answer, or else the text so far. */
export function answerToCopy(conversation: ConversationState): string {
  return conversation.previous?.answer ?? answerText(conversation);
}

/** The final answer, or else the text of the current or the last turn. */
function answerText(conversation: ConversationState): string {
  if (hasEnded(conversation)) return conversation.answer;
  return conversation.partial || (conversation.turns.at(-1)?.text ?? '');
}

/** Max characters of an answer's source that are shown at first. */
const maxSource = 30_000;

function answerBody(
  text: string,
  { source, live, at }: Pick<AnswerView, 'source' | 'at'> & { readonly live: boolean },
): TemplateResult {
  if (source) {
    const limit = maxSource;
    return html`<interleave-clip class="answer-source" .text=${text} .limit=${limit} .at=${at}></interleave-clip>`;
  }
  return html`<interleave-markdown .source=${{ text, live, ...(at === undefined ? {} : { at }) }}></interleave-markdown>`;
}

/** A note that the text is not a final answer. */
function unfinishedNote({ answerIs }: ConversationState): TemplateResult | typeof nothing {
  return answerIs === undefined ? nothing : html`<p class="note">${unfinishedWords[answerIs]}</p>`;
}

function emptyNote(
  conversation: ConversationState,
  nowMs: number,
): TemplateResult | typeof nothing {
  const { phase } = conversation;
  if (phase === 'done') return html`<p class="note">The final answer is empty.</p>`;
  if (phase === 'queued') return html`<p class="note">Not started yet.</p>`;
  if (phase === 'waiting') {
    return html`<p class="note">${capitalized(waitText(conversation, nowMs))}</p>`;
  }
  return nothing;
}

function progressNote(conversation: ConversationState): TemplateResult | typeof nothing {
  if (conversation.phase !== 'running') return nothing;
  const call = currentCall(conversation.toolCalls);
  if (call !== undefined) {
    return html`<p class="note">${icon('tools')} <code>${callText(call)}</code></p>`;
  }
  const { partial, thinking } = conversation;
  return partial + thinking === '' ? html`<p class="note">Waiting for the model…</p>` : nothing;
}
