import { html, type TemplateResult } from 'lit';
import type { RunState } from '../../src/shared/runState.ts';

/** Shown instead of the list when it has no rows. */
export function nothingShown(run: RunState, showAll: () => void): TemplateResult {
  if (run.conversations.length === 0) return html`<p class="empty">This run has no prompts.</p>`;
  return html`<p class="empty">
    No conversation matches the filter.
    <button type="button" class="link" @click=${showAll}>Show All</button>
  </p>`;
}
