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

/** The answer so far. `source` shows the text instead of rendering it. */
export function answerTab(
  conversation: ConversationState,
  source: boolean,
  nowMs: number,
): TemplateResult {
  const text = answerText(conversation);
  return html`${outcomeBox(conversation)}${earlierOutcome(conversation)}${thinkingPart(conversation)}
    ${unfinishedNote(conversation)}${text === '' ? nothing : answerBody(text, source, !hasEnded(conversation))}
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
    ${answerBody(previous.answer, source, false)}
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

function answerBody(text: string, source: boolean, live: boolean): TemplateResult {
  if (source) {
    const limit = maxSource;
    return html`<interleave-clip class="answer-source" .text=${text} .limit=${limit}></interleave-clip>`;
  }
  return html`<interleave-markdown .source=${{ text, live }}></interleave-markdown>`;
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
