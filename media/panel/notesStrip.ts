import { html, nothing, type TemplateResult } from 'lit';
import type { RunState } from '../../src/shared/runState.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { icon } from './controls.ts';

/** The notes of the run, in one line; nothing if there are none. */
export function notesStrip({ notes }: RunState): TemplateResult | typeof nothing {
  if (notes.length === 0) return nothing;
  return html`<section class="strip notes-strip" aria-label="Notes">
    ${icon('info')}
    <span class="notes-text" title=${notes.map(revealHidden).join('\n')}>${notes.map(
      (note, index) => html`${index === 0 ? nothing : ' · '}<bdi>${revealHidden(note)}</bdi>`,
    )}</span>
  </section>`;
}
