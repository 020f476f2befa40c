import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/shared/quantities.ts';
import { toolButton } from '../panel/controls.ts';

/** A part of a long text that is shown: the whole would take too long to lay out. */
export interface Page {
  /** Counts from 0. */
  readonly page: number;
  readonly pages: number;
  /** The length of the whole text. */
  readonly length: number;
}

/** Which part of a long text is shown, with buttons to the others; nothing for a text of one page. */
export function pager(
  { page, pages, length }: Page,
  go: (page: number) => void,
): TemplateResult | typeof nothing {
  if (pages <= 1) return nothing;
  const button = (icon: string, label: string, to: number): TemplateResult =>
    toolButton({ icon, label, disabled: to < 0 || to >= pages || to === page, run: () => go(to) });
  return html`<div class="pager" role="group" aria-label="Pages">
    ${button('debug-reverse-continue', 'First Page', 0)}
    ${button('chevron-left', 'Previous Page', page - 1)}
    <span class="pager-place" aria-live="polite"
      >Page ${page + 1} of ${pages} (${formatBytes(length)})</span
    >
    ${button('chevron-right', 'Next Page', page + 1)}
    ${button('debug-continue', 'Last Page', pages - 1)}
  </div>`;
}
