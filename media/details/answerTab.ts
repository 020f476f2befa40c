import { html, nothing, type TemplateResult } from 'lit';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { hasEnded } from '../../src/shared/conversationState.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { icon } from '../panel/controls.ts';
import { capitalized } from '../text/labels.ts';
import { callText, runningCall } from '../text/preview.ts';
import { waitText } from '../text/waits.ts';
import { earlierOutcome, outcomeBox } from './errorBox.ts';
import { thinkingPart } from './thinkingPart.ts';

/** The answer, as far as there is one by `nowMs` of its run; `source` shows its text as it is. */
export function answerTab(
  conversation: ConversationState,
  source: boolean,
  nowMs: number,
): TemplateResult {
  const text = answerText(conversation);
  return html`${outcomeBox(conversation)}${earlierOutcome(conversation)}${thinkingPart(conversation)}
    ${text === '' ? nothing : answerBody(text, source, !hasEnded(conversation))}
    ${text === '' ? emptyNote(conversation, nowMs) : nothing}${progressNote(conversation)}`;
}

/** The final answer, or the text so far: of the turn under way, else of the last one. */
export function answerText(conversation: ConversationState): string {
  if (hasEnded(conversation)) return conversation.answer;
  return conversation.partial || (conversation.turns.at(-1)?.text ?? '');
}

function answerBody(text: string, source: boolean, live: boolean): TemplateResult {
  if (source) return html`<div class="plain-text answer-source">${revealHidden(text)}</div>`;
  return html`<interleave-markdown .source=${{ text, live }}></interleave-markdown>`;
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
  const call = runningCall(conversation);
  if (call !== undefined) {
    return html`<p class="note">${icon('tools')} <code>${callText(call)}</code></p>`;
  }
  const { partial, thinking } = conversation;
  return partial + thinking === '' ? html`<p class="note">Waiting for the model…</p>` : nothing;
}
