import { html, nothing, type TemplateResult } from 'lit';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import { countProposals } from '../../src/shared/proposals.ts';
import { plural } from '../../src/shared/quantities.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { icon } from './controls.ts';

/** What conversations propose to change, with buttons to review and apply all of it; nothing if none does. */
export function changesStrip(
  { conversations }: RunState,
  send: (request: PanelRequest) => void,
): TemplateResult | typeof nothing {
  const counts = countProposals(conversations);
  if (counts.conversations === 0) return nothing;
  const isAnyDone = conversations.some(
    ({ phase, proposals }) => phase === 'done' && proposals !== undefined,
  );
  return html`<section class="strip changes-strip" aria-label="Proposed changes">
    ${icon('diff-multiple')}
    <span class="changes-text"
      ><strong>${plural(counts.files, 'file')}</strong> proposed by ${plural(counts.conversations, 'conversation')}</span
    >
    <span class="strip-actions">
      <button
        type="button"
        class="link"
        title=${isAnyDone ? 'Show what Apply All would change, in one editor' : noneDone}
        ?disabled=${!isAnyDone}
        @click=${() => send({ type: 'reviewAllChanges' })}
      >Review Changes</button>
      <button
        type="button"
        class="link"
        title=${isAnyDone ? 'Write what all that are done propose into the files, in prompt order. Undo takes it back.' : noneDone}
        ?disabled=${!isAnyDone}
        @click=${() => send({ type: 'applyAllChanges' })}
      >Apply All</button>
    </span>
  </section>`;
}

const noneDone = 'No conversation with changes is done yet';
