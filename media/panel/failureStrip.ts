import { html, nothing, type TemplateResult } from 'lit';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { icon, toolButton } from './controls.ts';

/** Why the last request failed; nothing if it did not. The live region announces it as well. */
export function failureStrip(
  failure: string,
  dismiss: () => void,
): TemplateResult | typeof nothing {
  if (failure === '') return nothing;
  return html`<section class="strip failure-strip" aria-label="Not done">
    ${icon('warning', 'state-stopped')}
    <span class="failure-text" title=${revealHidden(failure)}><bdi>${revealHidden(failure)}</bdi></span>
    <span class="strip-actions">${toolButton({ icon: 'close', label: 'Dismiss', run: dismiss })}</span>
  </section>`;
}
