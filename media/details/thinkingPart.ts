import { html, nothing, type TemplateResult } from 'lit';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { endOf } from '../text/visibleText.ts';

/** Max length that is drawn, in UTF-16 units: the end of the text, because it is redrawn with every delta. */
const maxShown = 4000;

/** The thinking of the current turn, folded; nothing if there is none. */
export function thinkingPart(conversation: ConversationState): TemplateResult | typeof nothing {
  const { thinking } = conversation;
  if (thinking === '') return nothing;
  const start = thinking.length > maxShown ? '…' : '';
  return html`<details class="fold thinking">
    <summary>Thinking</summary>
    <div class="thinking-text">${start}${revealHidden(endOf(thinking, maxShown))}</div>
  </details>`;
}
