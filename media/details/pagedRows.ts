import { html, nothing, type TemplateResult } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { type DirectiveResult, directive } from 'lit/directive.js';

const pageSize = 200;

/** Rows of a table, drawn on demand. */
interface Rows {
  readonly count: number;
  readonly columns: number;
  /** Draws the first `count` rows. */
  readonly first: (count: number) => readonly TemplateResult[];
}

/**
 * Draws table rows a page at a time. A conversation can have thousands of tool calls; drawing all at once would
 * take seconds.
 */
export function pagedRows<T>(
  items: readonly T[],
  columns: number,
  row: (item: T) => TemplateResult,
): DirectiveResult {
  const first = (count: number): readonly TemplateResult[] => items.slice(0, count).map(row);
  return pages({ count: items.length, columns, first });
}

class Pages extends AsyncDirective {
  #shown = pageSize;

  override render(rows: Rows): TemplateResult {
    const more = (): void => {
      this.#shown += pageSize;
      this.setValue(this.render(rows));
    };
    const left = rows.count - this.#shown;
    return html`${rows.first(this.#shown)}${left <= 0 ? nothing : moreRow(left, rows, more)}`;
  }
}

const pages = directive(Pages);

function moreRow(left: number, { columns }: Rows, more: () => void): TemplateResult {
  return html`<tr>
    <td colspan=${columns}>
      <button type="button" class="link" @click=${more}>
        Show ${Math.min(left, pageSize)} more of ${left}
      </button>
    </td>
  </tr>`;
}
