import { html, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { hasEnded } from '../../src/shared/conversationState.ts';
import { prettyJson, visibleLine } from '../text/visibleText.ts';

const promptLimit = 20_000;
const rawLimit = 50_000;
/** Min time between updates while the conversation runs, in ms. */
const rawPauseMs = 1000;

/** The prompt exactly as it was sent. */
export function promptTab(
  { prompt, provider, model }: ConversationState,
  at: number | undefined,
): TemplateResult {
  return html`<p class="note">Sent to ${visibleLine(`${model} (${provider})`, 200)}. The heading in the prompt file is the name; it is not sent.</p>
    <interleave-clip prose .text=${prompt} .limit=${promptLimit} .at=${at}></interleave-clip>`;
}

/** The whole state of the conversation as JSON. */
export function rawTab(conversation: ConversationState, nowMs: number): TemplateResult {
  const due = hasEnded(conversation) ? conversation : Math.floor(nowMs / rawPauseMs);
  return html`${guard(
    [due],
    () =>
      html`<interleave-clip
        .text=${prettyJson(conversation)}
        .limit=${rawLimit}
      ></interleave-clip>`,
  )}`;
}
