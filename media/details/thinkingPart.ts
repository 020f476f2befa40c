import { html, nothing, type TemplateResult } from 'lit';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';

/** How much of it is drawn, in UTF-16 units: its end, because it is written anew with every word. */
const maxShown = 4000;

/** What the model thinks in the turn under way, folded; nothing when there is none. */
export function thinkingPart(conversation: ConversationState): TemplateResult | typeof nothing {
  const { thinking } = conversation;
  if (thinking === '') return nothing;
  const start = thinking.length > maxShown ? '…' : '';
  return html`<details class="fold thinking">
    <summary>Thinking</summary>
    <div class="thinking-text">${start}${revealHidden(thinking.slice(-maxShown))}</div>
  </details>`;
}
