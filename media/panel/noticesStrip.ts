import { html, type TemplateResult } from 'lit';
import type { Notice } from '../../src/shared/notice.ts';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { icon } from './controls.ts';

/** The questions that wait for the user, one a line, with their choices. */
export function noticesStrip(
  notices: readonly Notice[],
  send: (request: PanelRequest) => void,
): readonly TemplateResult[] {
  return notices.map(
    ({ id, text, choices }) => html`<section class="strip question-strip" aria-label="Question">
      ${icon('question', 'state-stopped')}
      <span class="question-text" title=${revealHidden(text)}><bdi>${revealHidden(text)}</bdi></span>
      <span class="strip-actions">${[...choices, 'Dismiss'].map(
        (choice) => html`<button
          type="button"
          class="link"
          @click=${() => send({ type: 'answerNotice', notice: id, choice })}
        >${choice}</button>`,
      )}</span>
    </section>`,
  );
}
