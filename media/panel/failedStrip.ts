import { html, nothing, type TemplateResult } from 'lit';
import { errorWords } from '../../src/shared/errorWords.ts';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { type FailureGroup, groupFailures, nextFailed } from '../state/failureGroups.ts';
import { icon } from './controls.ts';

/** What the strip needs in addition to the run. */
export interface FailedStripContext {
  /** The failed conversation that was last shown; undefined before the first. */
  readonly shown: number | undefined;
  readonly show: (conversation: number) => void;
  readonly send: (request: PanelRequest) => void;
}

/** One line that says what failed and why, with links to it; nothing if nothing failed. */
export function failedStrip(
  run: RunState,
  context: FailedStripContext,
): TemplateResult | typeof nothing {
  if (run.counts.failed === 0) return nothing;
  const next = nextFailed(run.conversations, context.shown ?? -1);
  return html`<section class="strip failed-strip" aria-label="Failed conversations">
    ${icon('error', 'state-failed')}
    <strong class="failed-count">${run.counts.failed} failed</strong>
    <span class="failed-groups">${groupFailures(run.conversations).map((group) =>
      groupButton(group, context),
    )}</span>
    <span class="strip-actions">
      <button
        type="button"
        class="link"
        title="Rerun all conversations that failed or were stopped"
        @click=${() => context.send({ type: 'rerunFailed' })}
      >Rerun Failed</button>
      <button
        type="button"
        class="link show-failed"
        @click=${() => next !== undefined && context.show(next)}
      >${context.shown === undefined ? 'Show First' : 'Show Next'}</button>
    </span>
  </section>`;
}

function groupButton(group: FailureGroup, { show }: FailedStripContext): TemplateResult {
  const first = group.conversations[0];
  return html`<button
    type="button"
    class="link failed-group"
    title=${revealHidden(group.messages.slice(0, 5).join('\n'))}
    @click=${() => first !== undefined && show(first)}
  >${errorWords[group.kind]} (${group.conversations.length})</button>`;
}
