import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { hasEnded } from '../../src/shared/conversationState.ts';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import type { ProposalKind, ProposedFile } from '../../src/shared/proposals.ts';
import { formatInteger } from '../../src/shared/quantities.ts';
import { icon, toolButton } from '../panel/controls.ts';
import { visibleLine } from '../text/visibleText.ts';
import { pagedRows } from './pagedRows.ts';

const maxPath = 500;

/** The codicon of each kind of change, and its word. */
const kinds: { readonly [K in ProposalKind]: readonly [icon: string, word: string] } = {
  create: ['diff-added', 'created'],
  change: ['diff-modified', 'changed'],
  rename: ['diff-renamed', 'renamed'],
  delete: ['diff-removed', 'deleted'],
};

type Send = (request: PanelRequest) => void;

/** The files that a conversation would create, change, rename or delete, with buttons to review and apply them. */
export function changesTab(conversation: ConversationState, send: Send): TemplateResult {
  const { index, proposals = [] } = conversation;
  if (proposals.length === 0) return html`<p class="note">No changes are proposed.</p>`;
  const isOver = hasEnded(conversation);
  return html`${guard([proposals, isOver], () => {
    const row = (file: ProposedFile): TemplateResult => changeRow(file, index, { isOver, send });
    return html`<p class="note changes-note">
        Nothing is written before it is applied.
        <button
          type="button"
          class="link"
          title="Show what Apply would change, in one editor"
          @click=${() => send({ type: 'reviewChanges', conversation: index })}
        >Review Changes</button>
        <button
          type="button"
          class="link"
          title=${isOver ? 'Write all of it into the files, as one change that can be undone' : stillRuns}
          ?disabled=${!isOver}
          @click=${() => send({ type: 'applyChanges', conversation: index })}
        >Apply</button>
      </p>
      <table class="details-table changes-table">
        <thead>
          <tr>
            <th scope="col">Change</th>
            <th scope="col">File</th>
            <th scope="col" class="number">Lines</th>
            <th scope="col"><span class="visually-hidden">Apply</span></th>
          </tr>
        </thead>
        <tbody>${pagedRows(proposals, 4, row)}</tbody>
      </table>`;
  })}`;
}

const stillRuns = 'Changes can be applied when the conversation has ended';

function changeRow(
  { path, kind, from, added, removed }: ProposedFile,
  conversation: number,
  { isOver, send }: { readonly isOver: boolean; readonly send: Send },
): TemplateResult {
  const [name, word] = kinds[kind];
  const shown = visibleLine(path, maxPath);
  return html`<tr>
    <td class="change-kind">${icon(name)} ${word}</td>
    <td class="change-path">${
      from === undefined ? nothing : html`<code>${visibleLine(from, maxPath)}</code> → `
    }<code>${shown}</code></td>
    <td class="number">${lineCounts(added, removed)}</td>
    <td>${toolButton({
      icon: 'check',
      label: isOver ? `Apply ${shown}` : stillRuns,
      disabled: !isOver,
      run: () => send({ type: 'applyFile', conversation, path }),
    })}</td>
  </tr>`;
}

/** `+12 −3`, which screen readers say in words. */
function lineCounts(added: number, removed: number): TemplateResult {
  return html`<span aria-hidden="true"
      ><span class="lines-added">+${formatInteger(added)}</span>
      <span class="lines-removed">−${formatInteger(removed)}</span></span
    ><span class="visually-hidden"
      >${formatInteger(added)} added, ${formatInteger(removed)} removed</span
    >`;
}

/** The changes as text for the clipboard, one a line. */
export function changesText({ proposals = [] }: ConversationState): string {
  return proposals
    .map(({ path, kind, from, added, removed }) => {
      const where = from === undefined ? path : `${from} → ${path}`;
      return `${kinds[kind][1]} ${where} (+${added} −${removed})`;
    })
    .join('\n');
}
